"""The frame around every view: who is asking, in which language, and where they can go."""

from datetime import UTC, tzinfo
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from dashboard.i18n import Translator, negotiate
from dashboard.ui import navigation, wiring
from dashboard.ui.parts import demo, shell
from dashboard.ui.views import profile, search, sources, today

_LOGO = str(Path(__file__).with_name("logo.svg"))
_VIEWS = {
    "today": (today.show, ":material/today:"),
    "search": (search.show, ":material/search:"),
    "sources": (sources.show, ":material/hub:"),
    "profile": (profile.show, ":material/tune:"),
}


def main() -> None:
    """Run the view that the person chose."""
    st.set_page_config(page_title="Frontdesk", page_icon=_LOGO, layout="centered")
    st.logo(_LOGO, size="large")
    board = wiring.board()
    person = board.me()
    t = Translator(negotiate(person.language or st.context.locale), _zone())
    shell.show(t)
    pages = {
        name: st.Page(
            partial(show, board, person, t),
            title=t(f"{name}.title"),
            icon=icon,
            url_path=None if name == "today" else name,
            default=name == "today",
        )
        for name, (show, icon) in _VIEWS.items()
    }
    navigation.remember(pages)
    chosen = st.navigation(list(pages.values()), position="top")
    demo.show(board, person, t)
    chosen.run()


def _zone() -> tzinfo:
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


main()
