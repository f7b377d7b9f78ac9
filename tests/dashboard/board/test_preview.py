"""What a change of the profile would do is told exactly, and nothing of it counts before it is saved."""

import random
from datetime import time

import pytest
from board_letters import NOW, letter

from connectors.kit import Kind, Person
from dashboard.board.records import Place
from dashboard.relevance import Hours, Muted, Profile, Uses, mute, thread_name, weigh
from dashboard.store.records import Step

PEOPLE = [Person(name, f"{name.lower()}@example.org") for name in ("Mira", "Tom", "Ines", "Jo", "Kim")]
WORDS = ("budget", "harbour", "canteen", "release", "holiday")
CHANNELS = ("sales", "ops", "lunch")


@pytest.fixture
def day(letters, arrive):
    dice = random.Random(5)
    items = [
        letter(
            f"l{n}",
            hours=dice.random() * 90,
            author=dice.choice(PEOPLE),
            kind=dice.choice([Kind.MAIL, Kind.CHAT, Kind.TASK]),
            channel=dice.choice(CHANNELS),
            thread=f"t{dice.randrange(40)}",
            title=f"{dice.choice(WORDS)} {dice.choice(WORDS)}",
            bulk=dice.random() < 0.1,
        )
        for n in range(80)
    ]
    return arrive(letters, *items)


def chosen(dice: random.Random, source: int) -> Profile:
    """Return any profile."""

    def some(names):
        return {name: round(dice.uniform(-3, 3), 2) for name in dice.sample(names, dice.randrange(len(names)))}

    def few(names):
        return frozenset(dice.sample(names, dice.randrange(2)))

    addresses = [one.address for one in PEOPLE]
    return Profile(
        me=few(addresses),
        people=some([*addresses, "tom"]),
        topics=some(list(WORDS)),
        channels=some(list(CHANNELS)),
        kinds=some(["mail", "chat", "task"]),
        sources=some([source, 99]),
        muted=Muted(
            people=few(addresses),
            words=few(list(WORDS)),
            channels=few(list(CHANNELS)),
            threads=few([thread_name(source, f"t{n}", "") for n in range(40)]),
        ),
        hours=dice.choice([None, None, Hours(), Hours(start=time(13)), Hours(start=time(13), private={source})]),
        uses=Uses(written=dice.random() < 0.5, opened=dice.random() < 0.5),
    )


def listed(board, person):
    return [row.entry.id for row in board.listing.today(person, limit=1000).rows]


@pytest.mark.parametrize("given", [{}, {"topics": {"budget": 2.0, "canteen": -1.0}, "muted.words": ["holiday"]}])
def test_what_is_shown_before_saving_is_the_order_after_saving(board, ada, letters, day, given):
    for name, value in given.items():
        board.admin.defaults.set(ada, name, value)
    dice = random.Random(11)
    for _ in range(60):
        profile = chosen(dice, letters.id)
        before = listed(board, ada)
        moves = board.preview.moves(ada, profile)
        assert listed(board, ada) == before
        board.preview.edit(ada, profile)
        board.preview.save(ada)
        assert board.profiles.get(ada) == profile
        after = listed(board, ada)
        assert moves.order == after
        assert [move.item for move in moves.first] == after[:10]
        told = {move.item: move for move in (*moves.first, *moves.gone)}
        assert {move.after for move in moves.first} == set(range(1, len(moves.first) + 1))
        assert {move.before for move in told.values()} >= set(range(1, min(10, len(before)) + 1))
        for move in told.values():
            same = {entry.id for entry in board.store.thread(ada, move.item)}
            assert move.after is None or after[move.after - 1] in same
            assert (move.place is Place.SHOWN) == (move.after is not None)


def test_a_draft_outlives_the_page_and_counts_for_nothing_until_it_is_saved(board, ada, bob, day):
    before = listed(board, ada)
    board.preview.edit(ada, weigh(Profile(), "topics", "canteen", 3))
    assert board.preview.changed(ada)
    assert not board.preview.changed(bob)
    assert listed(board, ada) == before
    assert board.preview.draft(ada).topics == {"canteen": 3}
    board.preview.discard(ada)
    assert not board.preview.changed(ada)
    assert board.preview.draft(ada) == Profile()


def test_saving_a_draft_leaves_what_was_done_elsewhere_meanwhile(board, ada, day):
    board.profiles.save(ada, {"topics": {"budget": 1, "harbour": 2}, "hours": None})
    board.preview.edit(ada, Profile(topics={"canteen": 3, "harbour": 1}))  # budget goes, harbour counts less
    board.mutes.mute(ada, day["l1"], "thread")
    board.profiles.save(ada, board.profiles.read(ada) | {"me": ["ada@example.org"]})
    assert board.preview.changed(ada)
    assert board.preview.draft(ada).muted.threads == board.profiles.get(ada).muted.threads
    board.preview.save(ada)
    saved = board.profiles.get(ada)
    assert saved.topics == {"canteen": 3, "harbour": 1}
    assert saved.me == {"ada@example.org"}
    assert len(saved.muted.threads) == 1
    assert not board.preview.changed(ada)


def test_a_draft_that_was_changed_back_is_none(board, ada):
    board.preview.edit(ada, weigh(Profile(), "topics", "canteen", 3))
    board.preview.edit(ada, Profile())
    assert not board.preview.changed(ada)
    assert [line["name"] for line in board.store.export(ada) if line["record"] == "document"] == []


def test_muting_somebody_says_what_disappears_and_how_much_shorter_the_list_becomes(board, ada, letters, arrive):
    arrive(letters, letter("a", author=PEOPLE[0]), letter("b", author=PEOPLE[1], hours=2), letter("c", hours=3))
    moves = board.preview.moves(ada, mute(Profile(), "people", "tom@example.org"))
    (gone,) = moves.gone
    assert (gone.title, gone.before, gone.after, gone.place) == ("Letter b", 2, None, Place.MUTED)
    assert [(move.title, move.before, move.after) for move in moves.first] == [("Letter a", 1, 1), ("Letter c", 3, 2)]
    assert moves.shown == -1
    assert not moves.none


def test_a_conversation_whose_newest_message_is_muted_is_still_the_same_conversation(board, ada, letters, arrive):
    arrive(letters, letter("a", author=PEOPLE[0], thread="t", hours=2), letter("b", author=PEOPLE[1], thread="t"))
    moves = board.preview.moves(ada, mute(Profile(), "people", "tom@example.org"))
    assert [(move.before, move.after) for move in moves.first] == [(1, 1)]
    assert not moves.gone


def test_a_change_that_moves_nothing_says_so(board, ada, letters, arrive):
    arrive(letters, letter("a"), letter("b", hours=2))
    assert board.preview.moves(ada, weigh(Profile(), "topics", "nowhere", 3)).none


def test_a_letter_without_a_title_is_named_by_how_it_begins(board, ada, letters, arrive):
    arrive(letters, letter("a", title="", text="Dear all, the lift is broken."))
    assert board.preview.moves(ada, Profile()).first[0].title == "Dear all, the lift is broken."


def test_nobody_sees_what_another_is_editing(board, ada, bob, day):
    assert board.preview.moves(bob, Profile()).first == []


def test_a_save_is_taken_back_as_long_as_nothing_was_done_since(board, ada, day):
    assert not board.preview.undoable(ada)
    before = listed(board, ada)
    board.preview.edit(ada, weigh(Profile(), "topics", "canteen", 3))
    board.preview.save(ada)
    assert listed(board, ada) != before
    assert board.preview.undoable(ada)
    board.preview.undo(ada)
    assert listed(board, ada) == before
    assert board.profiles.get(ada) == Profile()
    assert not board.preview.undoable(ada)


def test_what_was_done_in_the_list_since_is_not_taken_back_in_its_place(board, ada, day):
    board.preview.edit(ada, weigh(Profile(), "topics", "canteen", 3))
    board.preview.save(ada)
    board.store.mark(ada, [listed(board, ada)[0]], step=Step(verb="done", at=NOW), done_at=NOW)
    assert not board.preview.undoable(ada)
    board.preview.undo(ada)
    assert board.profiles.get(ada).topics == {"canteen": 3}


def test_a_draft_of_another_release_is_begun_anew(board, ada):
    board.store.keep(ada, "profile draft", {"saved": {}, "draft": {"colours": ["red"]}})
    assert board.preview.draft(ada) == Profile()
    assert not board.preview.changed(ada)
