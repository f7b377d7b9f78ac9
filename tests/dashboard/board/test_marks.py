"""What a person does with an item can be seen at once and taken back."""

from datetime import timedelta

import pytest
from board_letters import NOW, letter


@pytest.fixture
def entry(letters, arrive):
    return arrive(letters, letter("x"))["x"]


def listed(board, ada):
    return [row.entry.id for row in board.listing.today(ada).rows]


@pytest.mark.parametrize("act", ["done", "snooze"])
def test_what_is_done_or_put_off_leaves_the_list_and_comes_back_with_undo(board, ada, entry, act):
    assert listed(board, ada) == [entry]
    if act == "done":
        board.marks.done(ada, [entry])
    else:
        board.marks.snooze(ada, [entry], until=NOW + timedelta(days=1))
    assert listed(board, ada) == []
    undone = board.marks.undo(ada)
    assert (undone.step.verb, undone.entry.id) == (act, entry)
    assert listed(board, ada) == [entry]


def test_a_pin_holds_until_it_is_taken_off_however_often_either_is_sent(board, ada, entry):
    for _ in range(2):
        board.marks.pin(ada, [entry])
        assert board.store.entries(ada, [entry])[0].mark.pinned
    for _ in range(2):
        board.marks.unpin(ada, [entry])
        assert not board.store.entries(ada, [entry])[0].mark.pinned
    board.marks.undo(ada)
    assert board.store.entries(ada, [entry])[0].mark.pinned


def test_undo_brings_back_the_marks_of_before_and_not_none(board, ada, entry):
    board.marks.pin(ada, [entry])
    board.marks.done(ada, [entry])
    board.marks.undo(ada)
    mark = board.store.entries(ada, [entry])[0].mark
    assert mark.pinned
    assert mark.done_at is None


def test_what_was_done_at_noon_is_still_done_at_noon_when_it_is_sent_again(board, ada, entry, clock):
    board.marks.done(ada, [entry])
    first = board.store.entries(ada, [entry])[0].mark.done_at
    clock.pass_(hours=1)
    board.marks.done(ada, [entry])
    assert board.store.entries(ada, [entry])[0].mark.done_at == first
    board.marks.undo(ada)
    assert listed(board, ada) == [entry]
    assert board.marks.undo(ada) is None


@pytest.mark.parametrize("act", ["done", "snooze"])
def test_what_was_done_or_put_off_can_be_put_back_later(board, ada, entry, act):
    if act == "done":
        board.marks.done(ada, [entry])
    else:
        board.marks.snooze(ada, [entry], until=NOW + timedelta(days=1))
    board.marks.back(ada, [entry])
    assert listed(board, ada) == [entry]
    board.marks.undo(ada)
    assert listed(board, ada) == []


def test_the_last_step_is_told_until_it_is_taken_back(board, ada, entry):
    assert board.marks.last(ada) is None
    board.marks.done(ada, [entry])
    last = board.marks.last(ada)
    title = board.store.entries(ada, [entry])[0].item.title
    assert (last.verb, last.subject) == ("done", title)
    assert title
    board.marks.undo(ada)
    assert board.marks.last(ada) is None


def test_looking_at_an_item_is_nothing_to_take_back(board, ada, entry):
    board.marks.seen(ada, [entry])
    assert board.marks.undo(ada) is None
