"""What matters now: the ranked list, what was held back, and a line that adds up."""

import streamlit as st

from dashboard.board import Board
from dashboard.board.records import EVERYTHING, Place, Today
from dashboard.i18n import Translator
from dashboard.store.records import Employee, Health
from dashboard.ui import navigation
from dashboard.ui.parts import empty, first, inbox, opened, overview, pictures, triage
from dashboard.ui.parts.overview import Look
from dashboard.ui.parts.plain import plain

REFRESH_SECONDS = 60
"""How often the list is put in order anew although nothing happened: what was put off comes back, hours pass."""
TRAY = 7
"""How many things a break hands out at once."""
LONGEST = 2000
"""How many rows are on the page at once; further ones take the place of the first, so that none costs more."""
_PAGE = 50
_KEY, _END = "inbox", "today.end"


def show(board: Board, person: Employee, t: Translator) -> None:
    """Show the list of the person and carry out what they do with it."""
    if not board.sources.all(person.id):
        st.title(t("today.title"), anchor=False)
        first.show(board, person, t)
        return
    inbox.begin(_KEY)
    st.fragment(_list, run_every=REFRESH_SECONDS)(board, person, t)


def _list(board: Board, person: Employee, t: Translator) -> None:
    at = overview.look(st.query_params.to_dict())
    end = TRAY if at.tray else st.session_state.get(_END, _PAGE)
    start = max(0, end - LONGEST)
    known = inbox.delivery(_KEY).known((at, t.language))
    limit = end - start
    today = board.listing.today(person.id, place=at.place, only=at.only, start=start, limit=limit, known=known)
    overview.show(today, at, t, board.now(), _choose)
    _trouble(today, t)
    _resting(board, today, t)
    if at.tray:
        _tray(board, person, today, t)
    elif at.place is Place.HELD and today.versions:
        st.button(t("today.take_break"), icon=":material/coffee:", key="break", on_click=_choose, args=(_TRAY,))
    if start:
        st.button(t("today.before"), key="before", on_click=_more, args=(-_PAGE,), width="stretch")
    if triage.stays_muted():
        st.warning(t("today.stays_muted"), icon=":material/notifications_off:")
        navigation.link("profile", t("today.to_words"), query={"part": "never"})
    extras = _extras(board, person, at, today)
    inbox.show(_KEY, today.rows, t, board.now(), triage.handler(board, person, t), **extras)
    if not today.versions:
        _nothing(today, at, t)
    elif not at.tray and today.waiting > end:
        st.button(t("today.more"), key="more", on_click=_more, args=(_PAGE,), width="stretch")
    day = st.expander(t("pictures.day"), icon=":material/bar_chart:", key="today.day", on_change="rerun")
    if day.open:
        with day:
            pictures.flow(board, person, t)
    if chosen := triage.opened():
        opened.show(board, person, t, chosen, among=today.listed[:TRAY] if at.tray else today.listed)


_TRAY = Look(Place.HELD, tray=True)


def _extras(board: Board, person: Employee, at: Look, today: Today) -> inbox.Extras:
    return {
        "person": person.id,
        "view": at.name,
        "place": at.place,
        "last": board.marks.last(person.id),
        "failed": triage.failed(),
        "versions": today.versions,
        "rev": today.rev,
    }


def _choose(at: Look) -> None:
    st.session_state[_END] = _PAGE
    st.query_params.from_dict(at.query())


def _more(rows: int) -> None:
    st.session_state[_END] = st.session_state.get(_END, _PAGE) + rows


def _tray(board: Board, person: Employee, today: Today, t: Translator) -> None:
    """Say what a break hands out, and how it ends: done with these, or all of it later."""
    rows = [entry for item in today.versions for entry in board.listing.conversation(person.id, item)]

    def done() -> None:
        board.marks.done(person.id, rows)
        _choose(Look())

    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(t("today.tray", count=len(today.versions), rest=today.waiting - len(today.versions)))
        if rows:
            st.button(t("today.tray_done"), key="tray.done", icon=":material/done_all:", on_click=done)
        st.button(t("today.tray_later"), key="tray.later", on_click=_choose, args=(Look(),))


def _nothing(today: Today, at: Look, t: Translator) -> None:
    if at.only != EVERYTHING:
        empty.show(t, "today.nothing_fits")
    elif at.place is not Place.SHOWN:
        empty.show(t, f"today.nothing_{at.place}")
    elif not today.total.arrived and any(source.health is Health.NEW for source in today.sources):
        empty.show(t, "today.reading")
    elif not today.total.arrived:
        empty.show(t, "today.nothing_yet")
    else:
        empty.show(t, "today.all_done")


def _resting(board: Board, today: Today, t: Translator) -> None:
    """Say that work waits because it is after hours, and until when."""
    hours, now = today.hours, board.now()
    if hours and not hours.working(now):
        begins = hours.begins(now)
        st.info(
            t("profile.resting", when=t.moment(begins)) if begins else t("profile.resting_always"),
            icon=":material/bedtime:",
        )


def _trouble(today: Today, t: Translator) -> None:
    for source in today.sources:
        if source.health is Health.PAUSED:
            st.warning(t("today.paused", source=plain(source.title)), icon=":material/pause_circle:")
        elif source.done is not None and source.health is Health.NEW:
            st.progress(
                min(1.0, source.done / source.total) if source.total else 0.0,
                text=t("today.first_sync", source=plain(source.title), done=source.done, total=source.total or "?"),
            )
