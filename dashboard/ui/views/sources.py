"""The sources of a person: how each is doing in words, and how to add, mend, pause or remove one."""

from datetime import UTC, datetime, timedelta

import streamlit as st

from dashboard.board import Board
from dashboard.i18n import Translator
from dashboard.store.records import Employee
from dashboard.ui.parts import bell, empty, opml, source_card, source_settings

_REFRESH_SECONDS = 60
_LENGTHS = (7, 30)


def show(board: Board, person: Employee, t: Translator) -> None:
    """Show every source and the way to a new one."""
    st.title(t("sources.title"), anchor=False)
    with st.container():  # what comes and goes has its own place: whatever it would move is drawn anew, and folded
        _worker(board, t)
        source_settings.said(t)
    if board.sources.all(person.id):
        with st.expander(t("sources.add"), icon=":material/add:", expanded=source_settings.begun()):
            source_settings.add(board, person, t)
        st.fragment(_list, run_every=_REFRESH_SECONDS)(board, person, t)
    else:
        empty.show(t, "sources.empty")
        source_settings.add(board, person, t)
        st.fragment(_first)(board, person)
    opml.show(board, person, t)


def _first(board: Board, person: Employee) -> None:
    """Make room for the list as soon as there is a source, wherever it was added."""
    rev = board.listing.rev(person.id)
    if board.sources.all(person.id):
        st.rerun()
    bell.show("sources", rev)


def _worker(board: Board, t: Translator) -> None:
    pulse = board.sources.pulse()
    if pulse.alive:
        return
    now = board.now()
    text = t("sources.worker_dead", ago=t.ago(pulse.last, now)) if pulse.last else t("sources.worker_never")
    st.error(text, icon=":material/sync_disabled:")


def _list(board: Board, person: Employee, t: Translator) -> None:
    rev = board.listing.rev(person.id)
    sources = board.sources.all(person.id)
    if not sources:
        st.rerun()  # the last one was removed, here or on another device: the whole page says what to do next
    kinds = {offer.name: offer.kind for offer in board.sources.offers()}
    silent = {
        source: t(
            "sources.silent",
            when=t.moment(datetime.fromtimestamp(one.since, UTC)),
            span=t.span(timedelta(seconds=one.usual)),
        )
        for source, one in board.pictures.silent(person.id).items()
    }
    source_card.style()
    source_card.said()
    days = _days(t)
    for source in sources:
        kind, silence = kinds.get(source.connector, ""), silent.get(source.id, "")
        source_card.show(board, person, source, t, kind=kind, silence=silence, days=days)
    if editing := next((one for one in sources if one.id == st.session_state.get(source_card.EDITING)), None):
        source_settings.edit(board, person, editing, t)
    bell.show("sources", rev, progress=True)


def _days(t: Translator) -> int:
    return (
        st.segmented_control(
            t("sources.span"),
            _LENGTHS,
            key="days",
            default=_LENGTHS[0],
            required=True,
            bind="query-params",
            label_visibility="collapsed",
            format_func=lambda days: t("sources.days", days=days),
        )
        or _LENGTHS[0]
    )
