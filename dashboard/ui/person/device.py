"""The page itself: its language, where one is signed in, and how to have it as an application."""

from dataclasses import replace

import streamlit as st

from dashboard.i18n import LANGUAGES
from dashboard.ui.parts import account, notify
from dashboard.ui.parts.given import whose
from dashboard.ui.person.editing import Editing

_BROWSER = ""


def show(editing: Editing) -> None:
    """Show what is set for the page and not for the order; every change counts at once."""
    t, person = editing.t, editing.person
    decided = editing.board.profiles.language(replace(person, language=None))
    unchosen = t(f"device.language_{decided or 'browser'}")
    if decided:
        unchosen = t("device.language_given", language=unchosen, whose=whose(editing.givers.get(("language", "")), t))
    choices = [_BROWSER, *LANGUAGES]

    def take() -> None:
        editing.board.privacy.speak(person.id, st.session_state["device.language"] or None)

    st.header(t("device.language"), anchor=False)
    st.selectbox(
        t("device.language_of_page"),
        choices,
        index=choices.index(person.language or _BROWSER),
        key="device.language",
        format_func=lambda language: t(f"device.language_{language}") if language else unchosen,
        on_change=take,
    )
    notify.show(editing.board, person, t)
    account.devices(editing.board, person, t)
    st.header(t("device.install"), anchor=False)
    st.markdown(t("device.install_help"))
