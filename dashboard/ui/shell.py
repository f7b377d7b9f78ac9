"""The frame around every view: who is asking, in which language, and where they can go."""

from datetime import UTC, tzinfo
from functools import partial
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from dashboard.board import Board, StoreError
from dashboard.i18n import Translator, negotiate
from dashboard.store.records import Employee
from dashboard.ui import navigation, wiring
from dashboard.ui.parts import account, demo, shell, triage
from dashboard.ui.views import admin, profile, search, sources, today

_LOGO = str(Path(__file__).with_name("logo.svg"))
_ITEM = "item"  # where a notification leads: the address of the page with the item to open
_VIEWS = {
    "today": (today.show, ":material/today:"),
    "search": (search.show, ":material/search:"),
    "sources": (sources.show, ":material/hub:"),
    "profile": (profile.show, ":material/tune:"),
    "admin": (admin.show, ":material/shield_person:"),
}


def main() -> None:
    """Run the view that the person chose."""
    st.set_page_config(page_title="Frontdesk", page_icon=_LOGO)
    st.logo(_LOGO, size="large")
    try:
        board = wiring.board()
        person = wiring.person(board)
    except StoreError:
        shell.show_alone(_translator(None))
        raise  # the hook of the application says so
    t = _translator(board.profiles.language(person) if person else None)
    if person is None:
        st.info(t("login.nobody"))
        return
    pages = _pages(board, person, t)
    navigation.remember(pages)
    chosen = st.navigation(list(pages.values()), position="top")
    layout: Literal["wide", "centered"] = "wide" if chosen is pages["profile"] else "centered"
    st.set_page_config(page_title=f"{chosen.title} · Frontdesk", layout=layout)  # once: a second one makes it jump
    shell.show(board, person, t, mending=chosen is pages["sources"])
    account.menu(board, person, t)
    demo.show(board, person, t)
    triage.open_named(st.query_params.pop(_ITEM, ""))
    chosen.run()


def _pages(board: Board, person: Employee, t: Translator) -> dict[str, st.Page]:
    return {
        name: st.Page(
            partial(show, board, person, t),
            title=t(f"{name}.title"),
            icon=icon,
            url_path=None if name == "today" else name,
            default=name == "today",
        )
        for name, (show, icon) in _VIEWS.items()
        if name != "admin" or person.admin
    }


def _translator(wanted: str | None) -> Translator:
    """Return the words of the person; before anybody knows who it is, those of the last run or of the browser."""
    language = negotiate(wanted or st.session_state.get("language") or st.context.locale)
    st.session_state["language"] = language
    return Translator(language, _zone())


def _zone() -> tzinfo:
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


main()
