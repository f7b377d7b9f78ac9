"""Choosing whom something is for: everyone, or a group that is known or named anew."""

import streamlit as st

from dashboard.board import Board
from dashboard.i18n import Translator


def choose(board: Board, me: int, t: Translator, *, key: str, group: str | None = None) -> str | None:
    """Return the name of the group, ``""`` for everyone, None while a group is still to be named."""
    wide = st.radio(
        t("admin.audience"),
        [True, False],
        index=1 if group else 0,
        key=f"{key}.audience",
        horizontal=True,
        format_func=lambda everyone: t("admin.for_everyone" if everyone else "admin.for_one_group"),
    )
    if wide:
        return ""
    counts = board.admin.people.groups(me)
    known = sorted({*counts, *([group] if group else [])})
    chosen: str | None = st.selectbox(
        t("admin.group"),
        known,
        index=known.index(group) if group else None,
        key=f"{key}.group",
        accept_new_options=True,
        placeholder=t("admin.group_choose"),
        format_func=lambda name: f"{name} ({counts.get(name, 0)})",
    )
    return chosen.strip() or None if chosen else None
