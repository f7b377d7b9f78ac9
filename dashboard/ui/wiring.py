"""The board that every view and every route works on: opened once a process, and the one thing that tests replace."""

from functools import cache
from threading import Lock

import streamlit as st

from dashboard.board import Board
from dashboard.opening import open_house
from dashboard.store.records import Employee

_opening = Lock()


def board() -> Board:
    """Return the board of this process, from any thread. Raises what ``open_house`` does, and tries anew next time."""
    with _opening:  # two first visitors would otherwise open it twice
        return _open()


@cache
def _open() -> Board:
    return Board(open_house())


def person(board: Board) -> Employee | None:
    """Return who looks at the page: whom the web server found a login for, the one person where nobody logs in.

    None where people log in and this one has not: then nothing may be shown.
    """
    if not board.logins.on:
        return board.me()
    told = st.user.get("person")
    found = board.store.employee(int(str(told))) if told else None
    return None if found is None or found.blocked else found
