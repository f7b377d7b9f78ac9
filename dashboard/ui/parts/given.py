"""Whose default a setting is, and the way back to it for whoever decided otherwise."""

from collections.abc import Callable

import streamlit as st

from dashboard.i18n import Translator
from dashboard.ui.parts.plain import plain


def whose(group: str | None, t: Translator) -> str:
    """Return who gave a value: a group, ``""`` for everyone; ``""`` where nobody did (None)."""
    if group is None:
        return ""
    return t("profile.given_group", group=group) if group else t("profile.given")


def show(group: str | None, t: Translator, *, own: bool, key: str, reset: Callable[[], None]) -> None:
    """Say under a setting whose default it is; where the person's ``own`` word counts, offer the default again."""
    if group is None:
        return
    if own:
        told = t("profile.reset", whose=plain(whose(group, t)))
        st.button(told, key=key, icon=":material/undo:", type="tertiary", on_click=reset)
    else:
        st.caption(plain(whose(group, t)))
