"""The frame that nobody looks at: what a page needs once, what is wrong, and what may interrupt."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import streamlit as st

from dashboard.board import Board
from dashboard.i18n import Translator, catalog
from dashboard.store.records import Employee, Health, Source
from dashboard.ui import navigation
from dashboard.ui.parts import notice, triage
from dashboard.ui.parts.assets import Part, read
from dashboard.ui.parts.plain import plain
from dashboard.web.manifest import DARK, LIGHT

_HTML = '<div class="banner" role="status" hidden></div><p class="live" role="status"></p>'
_JS = ("ear.js", "keep.js", "focus.js", "words.js", "ring.js", "shell.js")
_SHELL = Part("frontdesk.shell", _JS, html=_HTML, css="shell.css")
_WRAPPER = '[data-testid="stLayoutWrapper"]'
_UNSEEN = (
    f"<style>{_WRAPPER}:has(> [class*='st-key-unseen-'], .st-key-unseen-frame){{position:absolute;width:1px}}</style>"
)
"""Parts that are not seen take no room either: the gap between two parts is room, and so is width beyond the edge."""
_READABLE = f"<style>{read('readable.css')}</style>"
_TROUBLES = ("store", "worker")
_STREAMLIT = "streamlit."
_LONG = timedelta(days=1)
_NAMED = 3
_SESSION, _OPENING = "shell.session", "shell.opening"
_LOOK = 60
"""Seconds between two looks whether the time of something has come that may interrupt."""


def show(board: Board, person: Employee, t: Translator, *, mending: bool = False) -> None:
    """Put it into the page, before the view; ``mending`` where the view itself says how the sources are."""
    st.html(_UNSEEN + _READABLE)
    notice.show()
    watchful = board.alerts.choice(person.id).first
    st.fragment(_frame, run_every=_LOOK if watchful else None)(board, person, t, mending=mending)


def show_alone(t: Translator) -> None:
    """Put into the page what works without the database."""
    st.html(_UNSEEN + _READABLE)
    with st.container(key="unseen-frame"):
        _component(t, rev=None, session="", count=0, alerts=[])


def _frame(board: Board, person: Employee, t: Translator, *, mending: bool) -> None:
    if st.session_state.pop(_OPENING, False):
        st.rerun()
    rev = board.listing.rev(person.id)
    today = board.listing.today(person.id, limit=0)
    ill = [source for source in today.sources if _ill(board, source)]
    told = bool(ill) and not mending
    if told:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(_sentence(board, ill, t), icon=":material/sync_problem:")
            navigation.link("sources", t("trouble.sources_do"))

    def on_told() -> None:
        entries = [int(entry) for entry in st.session_state["shell"].get("told") or ()]
        board.alerts.told(person.id, entries, t.zone)

    def on_open() -> None:
        st.session_state[_OPENING] = triage.open_named(st.session_state["shell"].get("open"))

    alerts = [
        {"id": str(alert.entry), "title": alert.author, "body": alert.title}
        for alert in board.alerts.due(person.id, t.zone)
    ]
    with st.container(key="unseen-parts" if told else "unseen-frame"):
        session = st.session_state.setdefault(_SESSION, secrets.token_hex(8))
        heard = {"on_told_change": on_told, "on_open_change": on_open, "on_rung_change": _rung}
        _component(t, rev=rev, session=session, count=today.total.shown, alerts=alerts, **heard)


def _rung() -> None:
    """Let the trigger run the fragment; there is nothing else to do."""


def _component(
    t: Translator, *, rev: int | None, session: str, count: int, alerts: Sequence[dict[str, str]], **heard: Any
) -> None:
    data = {
        "rev": rev,
        "session": session,
        "language": t.language,
        "colours": {"light": LIGHT, "dark": DARK},
        "texts": {name: t(f"trouble.{name}", since="{since}") for name in _TROUBLES},
        "words": _words(t.language),
        "away": {"title": t("trouble.away"), "text": t("trouble.away_text")},
        "count": count,
        "alerts": list(alerts),
    }
    _SHELL.show(data, "shell", **heard)


def _words(language: str) -> dict[str, str]:
    """Return what this language says for each of Streamlit's own words."""
    ours = catalog(language)
    return {text: ours[name] for name, text in catalog("en").items() if name.startswith(_STREAMLIT)}


def _ill(board: Board, source: Source) -> bool:
    """Say whether a source has not been readable for a day; of one that stands still the first page tells at once."""
    lasting = source.since is not None and board.now() - source.since > _LONG
    return lasting and source.health is Health.FAILING and not source.muted


def _sentence(board: Board, ill: Sequence[Source], t: Translator) -> str:
    names = [plain(source.title) for source in ill[:_NAMED]]
    if len(ill) > _NAMED:
        names.append(t("trouble.more"))
    since = min(source.since or board.now() for source in ill)
    return t("trouble.sources", count=len(ill), names=", ".join(names), span=t.span(board.now() - since))
