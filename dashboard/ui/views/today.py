"""What matters now: the ranked list, what was held back, and a line that adds up."""

from datetime import datetime, timedelta, tzinfo

import streamlit as st

from dashboard.board import Board
from dashboard.board.marks import Before
from dashboard.board.records import Today
from dashboard.i18n import Translator
from dashboard.store.records import Employee, Health
from dashboard.ui.parts import empty, first, inbox, opened, undo
from dashboard.ui.parts.plain import plain

REFRESH_SECONDS = 10
_ALL, _PAGE = "all", 50


def show(board: Board, person: Employee, t: Translator) -> None:
    """Show the list of the person and carry out what they do with it."""
    st.header(t("today.title"), anchor=False)
    if not board.sources.all(person.id):
        first.show(board, person, t)
        return
    _filters(board, person, t)
    st.fragment(_list, run_every=REFRESH_SECONDS)(board, person, t)


def _filters(board: Board, person: Employee, t: Translator) -> None:
    kinds = [_ALL, *board.listing.kinds(person.id)]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.pills(
            t("today.kinds"),
            kinds,
            key="kind",
            default=_ALL,
            required=True,
            bind="query-params",
            label_visibility="collapsed",
            format_func=lambda kind: t("today.all") if kind == _ALL else t(f"kind.{kind}"),
        )
        st.toggle(t("today.show_held"), key="held", bind="query-params")


def _list(board: Board, person: Employee, t: Translator) -> None:
    now = board.now()
    kind = st.session_state.get("kind", _ALL)
    held = bool(st.session_state.get("held"))

    def act(action: inbox.Action) -> None:
        before = carry_out(board, person, action, t.zone)
        if action.verb == "open":
            st.session_state["opened"] = action.id
        else:
            undo.remember(before)

    limit = st.session_state.get("limit", _PAGE)
    today = board.listing.today(person.id, kind=None if kind == _ALL else kind, held=held, limit=limit)
    _sum(today, t)
    undo.show(board, person, t)
    if today.rows:
        inbox.show("inbox", today.rows, t, now, act)
        if today.waiting > len(today.rows):
            st.button(t("today.more"), key="more", on_click=_more, width="stretch")
    elif not today.total.arrived and any(source.health is Health.NEW for source in today.sources):
        empty.show(t, "today.reading")
    else:
        empty.show(t, "today.nothing_held" if held else "today.all_done")
    if chosen := st.session_state.pop("opened", None):
        opened.show(board, person, t, chosen)


def _more() -> None:
    st.session_state["limit"] = st.session_state.get("limit", _PAGE) + _PAGE


def carry_out(board: Board, person: Employee, action: inbox.Action, zone: tzinfo) -> Before:
    """Do what the person did with a row to its whole conversation; return what :meth:`Marks.restore` takes."""
    entries = board.listing.conversation(person.id, action.id)
    if action.verb == "done":
        return board.marks.done(person.id, entries)
    if action.verb == "snooze":
        return board.marks.snooze(person.id, entries, until=_tomorrow(board.now().astimezone(zone)))
    if action.verb == "pin":
        return board.marks.pin(person.id, [action.id])
    return board.marks.seen(person.id, entries)


def _sum(today: Today, t: Translator) -> None:
    total = today.total
    st.caption(
        t(
            "today.sum",
            arrived=total.arrived,
            shown=total.shown,
            held=total.held,
            done=total.done,
            snoozed=total.snoozed,
            muted=total.muted,
        )
    )
    for source in today.sources:
        if source.health is Health.PAUSED:
            st.warning(t("today.paused", source=plain(source.title)), icon=":material/pause_circle:")
        elif source.done is not None and source.health is Health.NEW:
            st.progress(
                min(1.0, source.done / source.total) if source.total else 0.0,
                text=t("today.first_sync", source=plain(source.title), done=source.done, total=source.total or "?"),
            )


def _tomorrow(now: datetime) -> datetime:
    return now.replace(hour=6, minute=0, second=0, microsecond=0) + timedelta(days=1)
