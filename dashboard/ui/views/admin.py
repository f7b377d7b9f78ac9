"""What an admin looks after for everybody, one room at a time."""

from collections.abc import Callable, Mapping

import streamlit as st

from dashboard.board import Board
from dashboard.i18n import Translator
from dashboard.store.records import Employee
from dashboard.ui.admin import backup, defaults, health, log, people, sources

_ROOMS: Mapping[str, Callable[[Board, int, Translator], None]] = {
    "health": health.show,
    "sources": sources.show,
    "people": people.show,
    "defaults": defaults.show,
    "log": log.show,
    "backup": backup.show,
}


def show(board: Board, person: Employee, t: Translator) -> None:
    """Show the chosen room; who is no admin gets a sentence, from here and from every method of the board."""
    st.title(t("admin.title"), anchor=False)
    if not person.admin:
        st.error(t("admin.refused"), icon=":material/lock:")
        return
    st.markdown(t("admin.intro"))
    if not board.logins.on:
        st.caption(t("admin.alone"))
    room = st.pills(
        t("admin.rooms"),
        list(_ROOMS),
        key="room",
        default="health",
        required=True,
        bind="query-params",
        label_visibility="collapsed",
        format_func=lambda name: t(f"admin.{name}"),
    )
    try:
        _ROOMS[room or "health"](board, person.id, t)
    except PermissionError:  # they were an admin when the page was opened
        st.error(t("admin.refused"), icon=":material/lock:")
