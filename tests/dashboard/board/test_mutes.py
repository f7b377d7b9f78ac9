"""What a person never wants to see leaves the list, is still counted, and comes back exactly."""

import pytest
from board_letters import NOW, letter

from connectors.kit import Person
from dashboard.board.records import Invalid, Place
from dashboard.relevance import thread_name

TOM = Person("Tom Okafor", "tom@example.org")


@pytest.fixture
def ids(letters, arrive):
    return arrive(
        letters,
        letter("talk 1", thread="t", hours=3),
        letter("talk 2", thread="t", hours=2),
        letter("by tom", author=TOM),
        letter("in general", channel="General"),
        letter("alone"),
    )


def listed(board, ada, place=Place.SHOWN):
    return {row.entry.item.id for row in board.listing.today(ada, place=place).rows}


LEAVES = {
    "thread": ("talk 2", {"talk 1", "talk 2"}, "Letter talk 2"),
    "person": ("by tom", {"by tom"}, "Tom Okafor"),
    "channel": ("in general", {"in general"}, "General"),
    "source": ("alone", {"talk 1", "talk 2", "by tom", "in general", "alone"}, "Letters"),
}


@pytest.mark.parametrize("what", LEAVES)
def test_what_is_muted_leaves_is_counted_and_comes_back_exactly(board, ada, ids, what):
    key, leaving, subject = LEAVES[what]
    before, profile = board.listing.today(ada), board.profiles.get(ada)
    board.mutes.mute(ada, ids[key], what)
    today = board.listing.today(ada)
    assert listed(board, ada).isdisjoint(leaving)
    assert today.total.muted == len(leaving)
    assert today.total.arrived == before.total.arrived
    assert listed(board, ada, Place.MUTED) == leaving
    undone = board.marks.undo(ada)
    assert (undone.step.verb, undone.step.subject) == ("mute", subject)
    after = board.listing.today(ada)
    assert [row.entry for row in after.rows] == [row.entry for row in before.rows]
    assert board.profiles.get(ada) == profile


@pytest.mark.parametrize("what", LEAVES)
def test_a_muted_item_can_be_let_out_where_it_is_found(board, ada, ids, what):
    key, leaving, _ = LEAVES[what]
    board.mutes.mute(ada, ids[key], what)
    board.mutes.release(ada, ids[key])
    assert listed(board, ada, Place.MUTED) == set()
    board.marks.undo(ada)
    assert listed(board, ada, Place.MUTED) == leaving


def test_what_comes_later_in_a_muted_conversation_stays_away_too(board, ada, letters, arrive, ids):
    board.mutes.mute(ada, ids["talk 2"], "thread")
    arrive(letters, letter("talk 3", thread="t"))
    assert listed(board, ada).isdisjoint({"talk 1", "talk 2", "talk 3"})


def test_muted_conversations_are_listed_by_title_even_when_nothing_is_known_of_them(board, ada, letters, ids):
    board.mutes.mute(ada, ids["talk 2"], "thread")
    board.mutes.mute(ada, ids["alone"], "thread")
    unknown = thread_name(letters.id, "long gone", "")
    profile = board.profiles.read(ada)
    board.profiles.save(
        ada, profile | {"muted": profile["muted"] | {"threads": [*profile["muted"]["threads"], unknown]}}
    )
    told = [(thread.title, thread.source) for thread in board.mutes.threads(ada)]
    assert told == [("", ""), ("Letter alone", "Letters"), ("Letter talk 2", "Letters")]
    board.mutes.unmute(ada, "threads", board.mutes.threads(ada)[1].name)
    assert "alone" in listed(board, ada)


def test_an_item_without_a_channel_or_of_somebody_else_mutes_nothing(board, ada, bob, ids):
    board.mutes.mute(ada, ids["alone"], "channel")
    board.mutes.mute(ada, 12345, "person")
    board.mutes.mute(bob, ids["alone"], "person")
    board.mutes.mute(bob, ids["alone"], "source")
    assert board.marks.last(ada) is None
    assert board.marks.last(bob) is None
    assert len(listed(board, ada)) == 4


def test_a_source_given_to_all_is_muted_for_oneself_alone(board, ada, bob, letters, ids):
    board.store.change_source(ada, letters.id, audience="everyone")
    board.mutes.mute(bob, ids["alone"], "source")
    assert listed(board, bob) == set()
    assert len(listed(board, ada)) == 4
    assert board.listing.today(ada).total.arrived == 5
    assert board.marks.last(bob).at == NOW


def test_a_name_that_is_too_long_to_be_kept_is_refused_and_changes_nothing(board, ada, letters, arrive):
    ids = arrive(letters, letter("x", author=Person("A" * 300)))
    with pytest.raises(Invalid):
        board.mutes.mute(ada, ids["x"], "person")
    assert board.marks.last(ada) is None
    assert listed(board, ada) == {"x"}
