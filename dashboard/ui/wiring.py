"""The board that every view works on: made once a process, and the one thing that tests replace."""

import streamlit as st

from dashboard.board import Board
from dashboard.opening import open_house


@st.cache_resource
def board() -> Board:
    """Return the board of this process."""
    return Board(open_house())
