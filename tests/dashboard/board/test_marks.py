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
        before = board.marks.done(ada, [entry])
    else:
        before = board.marks.snooze(ada, [entry], until=NOW + timedelta(days=1))
    assert listed(board, ada) == []
    board.marks.restore(ada, before)
    assert listed(board, ada) == [entry]


def test_a_pin_is_set_by_the_first_and_taken_off_by_the_second(board, ada, entry):
    board.marks.pin(ada, [entry])
    assert board.store.entries(ada, [entry])[0].mark.pinned
    board.marks.pin(ada, [entry])
    assert not board.store.entries(ada, [entry])[0].mark.pinned


def test_undo_brings_back_the_marks_of_before_and_not_none(board, ada, entry):
    board.marks.pin(ada, [entry])
    before = board.marks.done(ada, [entry])
    board.marks.restore(ada, before)
    mark = board.store.entries(ada, [entry])[0].mark
    assert mark.pinned
    assert mark.done_at is None
