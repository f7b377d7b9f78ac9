"""Taking back what was done with rows, the last first."""

import streamlit as st

from dashboard.board import Board
from dashboard.board.marks import Before
from dashboard.i18n import Translator
from dashboard.store.records import Employee

_KEY = "undo"


def remember(before: Before) -> None:
    """Keep the marks as they were before something was done."""
    st.session_state.setdefault(_KEY, []).append(before)


def show(board: Board, person: Employee, t: Translator) -> None:
    """Show the button where there is something to take back."""

    def take_back() -> None:
        board.marks.restore(person.id, st.session_state[_KEY].pop())

    if st.session_state.get(_KEY):
        st.button(
            t("today.undo"),
            icon=":material/undo:",
            shortcut="Ctrl+Z",
            key="undo_last",
            type="tertiary",
            on_click=take_back,
        )
