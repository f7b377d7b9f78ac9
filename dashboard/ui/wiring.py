"""The board that every view and every route works on: opened once a process, and the one thing that tests replace."""

from functools import cache
from threading import Lock

from dashboard.board import Board
from dashboard.opening import open_house

_opening = Lock()


def board() -> Board:
    """Return the board of this process, from any thread. Raises what ``open_house`` does, and tries anew next time."""
    with _opening:  # two first visitors would otherwise open it twice
        return _open()


@cache
def _open() -> Board:
    return Board(open_house())
