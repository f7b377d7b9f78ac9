"""The switch for notifications: off until the person or a default turns it on; only then the browser is asked."""

from dataclasses import replace
from pathlib import Path

import streamlit as st

from dashboard.board import Board
from dashboard.board.records import MOST_ALERTS
from dashboard.i18n import Translator
from dashboard.store.records import Employee
from dashboard.ui.parts import given

_JS = Path(__file__).with_suffix(".js")
_HTML = '<p role="status" hidden></p><button type="button" hidden></button>'
_CSS = """p, button { margin: 0; font: .95rem var(--st-font); color: var(--st-text-color); }
button { padding: .5rem .75rem; min-height: 2.5rem; background: none; cursor: pointer;
border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius, .5rem); }
[hidden] { display: none; }"""
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
    component = st.components.v2.component("frontdesk.notify", html=_HTML, js=_JS.read_text(encoding="utf-8"), css=_CSS)
    texts = {name: t(f"notify.{name}") for name in ("allow", "blocked", "insecure")}
    component(key="notify.permission", data=[{"wanted": wanted, "texts": texts}])  # in a list: see bell.py
