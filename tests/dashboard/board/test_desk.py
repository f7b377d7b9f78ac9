"""What stays in memory between two looks: never older than what the store says."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from board_letters import NOW, letter

from connectors.kit import Change, Gone
from dashboard.board import Board
from dashboard.relevance import Profile
from dashboard.store.records import Batch


def shown(board, person):
    return {row.entry.item.id: row.entry for row in board.listing.today(person).rows}


def tell(board, source, *events):
    board.store.engine.commit(source.id, None, Batch(events=list(events)), now=NOW)


@pytest.fixture
def bodies():
    """Gather the statements that read whole items."""
    read = []

    def gather(_connection, _cursor, statement, parameters, *_):
        if "bodies.text" in statement:
            read.append(parameters)

    sa.event.listen(sa.Engine, "before_cursor_execute", gather)
    yield read
    sa.event.remove(sa.Engine, "before_cursor_execute", gather)


def test_rows_that_have_not_changed_are_read_once(board, ada, letters, arrive, bodies):
    ids = arrive(letters, letter("one", hours=1), letter("two", hours=2), letter("three", hours=3))
    shown(board, ada)
    bodies.clear()
    assert set(shown(board, ada)) == {"one", "two", "three"}
    assert bodies == []
    board.marks.pin(ada, [ids["two"]])
    shown(board, ada)
    assert len(bodies) == 1
    assert ids["two"] in bodies[0]
    assert not {ids["one"], ids["three"]} & set(bodies[0])


def test_what_changes_at_the_source_is_shown_as_it_is_now(board, ada, letters, arrive):
    arrive(letters, letter("one"), letter("two", hours=2, unread=True))
    assert shown(board, ada)["two"].item.unread
    tell(board, letters, Change(id="two", unread=False))
    assert shown(board, ada)["two"].item.unread is False
    arrive(letters, replace(letter("one"), title="Another title"))
    assert shown(board, ada)["one"].item.title == "Another title"


def test_a_mark_is_seen_at_once_and_so_is_its_undo(board, ada, letters, arrive):
    ids = arrive(letters, letter("one"), letter("two", hours=2))
    shown(board, ada)
    board.marks.pin(ada, [ids["two"]])
    assert shown(board, ada)["two"].mark.pinned
    board.marks.undo(ada)
    assert not shown(board, ada)["two"].mark.pinned


def test_what_is_gone_and_what_a_removed_source_held_is_not_shown_from_memory(board, ada, letters, arrive):
    arrive(letters, letter("one"), letter("two", hours=2))
    shown(board, ada)
    tell(board, letters, Gone("two"))
    assert set(shown(board, ada)) == {"one"}
    board.sources.remove(ada, letters.id)
    assert shown(board, ada) == {}
    assert not board.listing.desk(ada)._entries


def test_the_order_is_made_anew_also_after_the_clock_was_put_back(board, ada, letters, arrive, clock):
    ids = arrive(letters, letter("one"))
    clock.pass_(days=2)
    board.marks.snooze(ada, [ids["one"]], until=clock() + timedelta(hours=1))
    clock.pass_(hours=2)
    assert list(shown(board, ada)) == ["one"]
    clock.pass_(hours=-2)
    assert list(shown(board, ada)) == []


def rows(board, person):
    return [(row.entry.id, row.score, row.count, row.place, row.why) for row in board.listing.today(person).rows]


def test_the_list_after_each_action_is_the_one_that_a_new_process_shows(board, house, ada, letters, arrive, clock):
    ids = arrive(letters, *(letter(str(n), hours=n, thread=f"t{n // 2}") for n in range(12)))
    actions = [
        lambda: board.marks.done(ada, [ids["3"]]),
        lambda: board.marks.pin(ada, [ids["7"]]),
        lambda: board.marks.snooze(ada, [ids["5"], ids["4"]], until=clock() + timedelta(days=1)),
        lambda: board.marks.undo(ada),
        lambda: board.mutes.mute(ada, ids["9"], "thread"),
        lambda: board.marks.done(ada, [ids["0"], ids["1"]]),
        lambda: board.mutes.mute(ada, ids["2"], "source"),
        lambda: board.mutes.hear(ada, letters.id),
        lambda: arrive(letters, letter("new", hours=0)),
        lambda: board.marks.back(ada, [ids["3"]]),
    ]
    rows(board, ada)
    for number, act in enumerate(actions):
        act()
        if number % 2:  # who looks at what another profile would do has seen what is new before the list has
            board.listing.desk(ada).compare(Profile())
        assert rows(board, ada) == rows(Board(house, clock), ada), number
    clock.pass_(seconds=29)
    board.marks.pin(ada, [ids["8"]])
    rows(board, ada)
    clock.pass_(seconds=2)  # the order is half a minute old: what the time did to it counts as well
    assert rows(board, ada) == rows(Board(house, clock), ada)
