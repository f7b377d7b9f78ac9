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
_FIRST, _ROOM = "health", "room"


def show(board: Board, person: Employee, t: Translator) -> None:
    """Show the chosen room; who is no admin gets a sentence, from here and from every method of the board."""
    st.title(t("admin.title"), anchor=False)
    if not person.admin:
        st.error(t("admin.refused"), icon=":material/lock:")
        return
    st.markdown(t("admin.intro"))
    if not board.logins.on:
        st.caption(t("admin.alone"))
    try:
        _ROOMS[_room(t)](board, person.id, t)
    except PermissionError:  # they were an admin when the page was opened
        st.error(t("admin.refused"), icon=":material/lock:")


def _room(t: Translator) -> str:
    """Let an admin choose a room; the address names it, in no language, so that it can be kept and passed on."""
    wanted = st.query_params.get(_ROOM, "")
    room = st.pills(
        t("admin.rooms"),
        list(_ROOMS),
        key=_ROOM,
        default=wanted if wanted in _ROOMS else _FIRST,
        required=True,
        label_visibility="collapsed",
        format_func=lambda name: t(f"admin.{name}"),
    )
    if room != wanted:
        st.query_params[_ROOM] = room
    return room
