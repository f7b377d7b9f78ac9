"""What decides the order, in the person's own hands: what they change is shown in their own list before it counts."""

import streamlit as st

from dashboard.board import Board
from dashboard.i18n import Translator
from dashboard.store.records import Employee
from dashboard.ui.person import device, known, matters, moves, never, oneself
from dashboard.ui.person.editing import Editing

_WIDTH = 1100
_PARTS = {
    "matters": matters.show,
    "never": never.show,
    "oneself": oneself.show,
    "known": known.show,
    "device": device.show,
}
_FIRST, _NOT_OF_THE_ORDER = "matters", "device"
_PART = "part"


def show(board: Board, person: Employee, t: Translator) -> None:
    """Show one part of the profile, and beside it what the list becomes."""
    editing = Editing(board, person, t)
    with st.container(width=_WIDTH):
        st.title(t("profile.title"), anchor=False)
        part = _part(t)
        if part == _NOT_OF_THE_ORDER:
            device.show(editing)
            return
        left, right = st.columns([3, 2], gap="large")
        with left:
            editing.problem()
            _PARTS[part](editing)
        with right:
            moves.show(editing)


def _part(t: Translator) -> str:
    """Let the person choose a part; the address names it, in no language, so that it can be kept and linked to."""
    wanted = st.query_params.get(_PART, "")
    part = st.pills(
        t("profile.parts"),
        list(_PARTS),
        default=wanted if wanted in _PARTS else _FIRST,
        required=True,
        key="profile.part",
        label_visibility="collapsed",
        format_func=lambda name: t(f"profile.part_{name}"),
    )
    if part != wanted:
        st.query_params[_PART] = part
    return part
