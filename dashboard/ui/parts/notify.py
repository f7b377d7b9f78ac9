"""The switch for notifications: off until the person or a default turns it on; only then the browser is asked."""

from dataclasses import replace

import streamlit as st

from dashboard.board import Board
from dashboard.board.records import MOST_ALERTS
from dashboard.i18n import Translator
from dashboard.store.records import Employee
from dashboard.ui.parts import given
from dashboard.ui.parts.assets import Part

_HTML = '<p role="status" hidden></p><button type="button" hidden></button>'
_PERMISSION = Part("frontdesk.notify", ("notify.js",), html=_HTML, css="notify.css")
_NOTHING, _FIRST = "nothing", "first"


def show(board: Board, person: Employee, t: Translator) -> None:
    """Show what may interrupt the person and how often; every change is kept at once."""
    choice = board.alerts.choice(person.id)
    st.header(t("notify.title"), anchor=False)

    def keep() -> None:
        board.alerts.choose(
            person.id,
            replace(
                choice,
                first=st.session_state["notify.choice"] == _FIRST,
                budget=int(st.session_state.get("notify.budget") or choice.budget),
            ),
        )

    texts = {_NOTHING: t("notify.nothing"), _FIRST: t("notify.first")}
    st.radio(
        t("notify.choice"),
        list(texts),
        index=list(texts).index(_FIRST if choice.first else _NOTHING),
        key="notify.choice",
        format_func=texts.__getitem__,
        on_change=keep,
    )
    if choice.first:
        st.number_input(
            t("notify.budget"), 1, MOST_ALERTS, choice.budget, key="notify.budget", on_change=keep, width=160
        )

    def reset() -> None:
        board.alerts.choose(person.id, None)
        for name in ("notify.choice", "notify.budget"):
            st.session_state.pop(name, None)

    group = board.profiles.givers(person.id).get(("notify", ""))
    given.show(group, t, own=board.alerts.chosen(person.id), key="notify.reset", reset=reset)
    _permission(t, wanted=choice.first)


def _permission(t: Translator, *, wanted: bool) -> None:
    """Let the browser ask for its permission, and say where it does not give it."""
    texts = {name: t(f"notify.{name}") for name in ("allow", "blocked", "insecure")}
    _PERMISSION.show({"wanted": wanted, "texts": texts}, "notify.permission")
