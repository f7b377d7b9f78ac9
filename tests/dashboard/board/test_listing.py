"""The lists of a person: ordered, explained, complete, and theirs alone."""

import pytest
from board_letters import NOW, letter

from connectors.kit import Person
from dashboard.board.records import Filter, Place


def titles(rows):
    return [row.entry.item.title for row in rows]


def test_what_is_meant_for_me_stands_above_what_is_not(board, ada, letters, arrive):
    arrive(letters, letter("for all", bulk=False), letter("for me", direct=True, mention=True, hours=2))
    assert titles(board.listing.today(ada).rows)[0] == "Letter for me"


def test_the_reasons_of_every_row_add_up_to_its_score(board, ada, letters, arrive):
    arrive(letters, *(letter(str(n), hours=n, direct=n % 2 == 0, mention=n % 3 == 0) for n in range(1, 30)))
    rows = board.listing.today(ada).rows
    assert len(rows) == 29
    for row in rows:
        assert sum(reason.points for reason in row.why) == pytest.approx(row.score, abs=1e-9)


def test_newsletters_and_notifications_wait_apart(board, ada, letters, arrive):
    arrive(letters, letter("letter"), letter("news", bulk=True), letter("notice", automated=True))
    assert titles(board.listing.today(ada).rows) == ["Letter letter"]
    assert sorted(titles(board.listing.today(ada, place=Place.HELD).rows)) == ["Letter news", "Letter notice"]


def test_the_line_of_sums_always_adds_up(board, ada, letters, arrive):
    ids = arrive(
        letters, *(letter(str(n), hours=n) for n in range(1, 8)), letter("bulk", bulk=True), letter("own", own=True)
    )
    board.marks.done(ada, [ids["1"], ids["2"]])
    board.marks.snooze(ada, [ids["3"]], until=NOW.replace(hour=20))
    total = board.listing.today(ada).total
    assert (total.shown, total.held, total.done, total.snoozed, total.muted) == (4, 1, 2, 1, 0)
    assert total.arrived == 8


def test_a_chosen_kind_leaves_out_all_others(board, ada, letters, arrive):
    arrive(letters, letter("mail"), letter("second"))
    assert board.listing.kinds(ada) == ["mail"]
    assert board.listing.today(ada, only=Filter(kind="news")).rows == []
    assert len(board.listing.today(ada, only=Filter(kind="mail")).rows) == 2


def test_a_conversation_is_one_row_with_its_newest_message(board, ada, letters, arrive):
    ids = arrive(letters, letter("old", hours=5, thread="t"), letter("new", hours=1, thread="t"))
    (row,) = board.listing.today(ada).rows
    assert (row.entry.item.id, row.count) == ("new", 2)
    assert board.listing.conversation(ada, ids["new"]) == [ids["new"], ids["old"]]


@pytest.mark.parametrize("author", [Person("Ada Groß"), Person("Ada Groß", "Ada@Example.org"), "Ada Groß"])
def test_who_asks_is_called_as_they_write_their_name(board, ada, letters, arrive, author):
    ids = arrive(letters, letter("1", text="Do you come?", direct=True, author=author))
    (row,) = board.listing.today(ada).rows
    for why in (row.why, board.listing.open(ada, ids["1"]).why):
        assert {reason.args["name"] for reason in why if "name" in reason.args} == {"Ada Groß"}


def test_an_edit_of_the_profile_reorders_the_list_at_once(board, ada, letters, arrive):
    other = {"author": Person("Jonas")}
    arrive(letters, letter("newer", hours=1), letter("by jonas", hours=3, **other))
    assert titles(board.listing.today(ada).rows)[0] == "Letter newer"
    board.profiles.save(ada, board.profiles.read(ada) | {"people": {"jonas": 3}})
    first = board.listing.today(ada).rows[0]
    assert first.entry.item.title == "Letter by jonas"
    assert any(reason.key == "why.person" for reason in first.why)


def test_search_finds_what_is_done_and_what_waits(board, ada, letters, arrive):
    ids = arrive(letters, letter("budget"), letter("budget news", bulk=True, text="The budget again."))
    board.marks.done(ada, [ids["budget"]])
    found = board.listing.search(ada, "budget")
    assert sorted(titles(found.rows)) == ["Letter budget", "Letter budget news"]
    assert all("\x02" in row.snippet for row in found.rows)


def test_search_says_which_part_it_did_not_understand(board, ada):
    assert board.listing.search(ada, "after:yesterdayish").problems == ["after:yesterdayish"]


def test_an_opened_item_is_clean_complete_and_explained(board, ada, letters, arrive):
    ids = arrive(letters, letter("x", html="<p onclick='evil()'>Hello <script>evil()</script><b>you</b></p>"))
    opened = board.listing.open(ada, ids["x"])
    assert "evil" not in opened.html
    assert "<b>you</b>" in opened.html
    assert opened.raw == "raw x"
    assert opened.actions == ("reply",)
    assert sum(reason.points for reason in opened.why) == pytest.approx(opened.score)


def test_nobody_sees_the_items_of_somebody_else(board, ada, bob, letters, arrive):
    ids = arrive(letters, letter("secret"))
    assert board.listing.today(bob).rows == []
    assert board.listing.search(bob, "secret").rows == []
    assert board.listing.open(bob, ids["secret"]) is None
    board.marks.done(bob, [ids["secret"]])
    assert len(board.listing.today(ada).rows) == 1
