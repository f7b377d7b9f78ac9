"""Sources for everyone or a group: added with the same form and test as one's own, then paused, mended, removed."""

from collections.abc import Callable

import streamlit as st

from dashboard.board import Board
from dashboard.board.admin import SharedSource
from dashboard.board.records import Tried
from dashboard.i18n import Translator
from dashboard.settings import MOST_DAYS
from dashboard.store.records import Health
from dashboard.ui.admin import audience
from dashboard.ui.admin.attempt import attempt
from dashboard.ui.admin.health import connector
from dashboard.ui.parts import detail, empty, notice, source_card, source_form, verdict
from dashboard.ui.parts.plain import plain


def show(board: Board, me: int, t: Translator) -> None:
    """Show every shared source, the way to a new one, and how many people have sources of their own."""
    source_card.style()
    shared = board.admin.sources.all(me)
    if not shared:
        empty.show(t, "admin.no_sources")
    for one in shared:
        with st.container(border=True):
            _card(board, me, one, t)
    with st.expander(t("admin.add_source"), icon=":material/add:", expanded=not shared):
        _add(board, me, t)
    personal = board.admin.sources.personal(me)
    if personal:
        counts = ", ".join(f"{plain(connector(row.connector, t))}: {row.sources}" for row in personal)
        st.caption(t("admin.personal", counts=counts))


def _card(board: Board, me: int, shared: SharedSource, t: Translator) -> None:
    source, now = shared.source, board.now()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(source.title)}**")
        source_card.badge(source, t)
    facts = [
        connector(source.connector, t),
        t("admin.for_group", group=source.group) if source.group else t("admin.for_everyone"),
        t("sources.items", count=source.items),
        t("sources.synced", ago=t.ago(source.synced_at, now)) if source.synced_at else t("sources.never"),
        _kept(source.keep_days, t),
    ]
    st.caption(" · ".join(plain(fact) for fact in facts))
    if source.failure:
        since = t("admin.since", ago=t.ago(shared.since, now)) if shared.since else ""
        told = (
            t.find(f"failure.{source.failure}", t("failure.Bug")),
            since,
            source_card.advice(source, now, t, mine=True),
        )
        st.warning(" ".join(filter(None, told)), icon=":material/warning:")
        detail.show(source.detail, t)
    _buttons(board, me, shared, t)


def _kept(days: int | None, t: Translator) -> str:
    if days is None:
        return t("admin.kept_default")
    return t("admin.kept", count=days) if days else t("admin.kept_always")


def _buttons(board: Board, me: int, shared: SharedSource, t: Translator) -> None:
    source, rooms = shared.source, board.admin.sources
    paused = source.health is Health.PAUSED
    acts: dict[str, Callable[[int, int], object]] = (
        {"resume": rooms.resume} if paused else {"sync_now": rooms.sync_now, "pause": rooms.pause}
    )
    with st.container(horizontal=True, key=f"source-acts-shared-{source.id}"):
        for name, act in acts.items():
            if st.button(t(f"sources.{name}"), key=f"shared.{source.id}.{name}"):
                with attempt(t):
                    act(me, source.id)
        with st.popover(t("sources.edit")):
            _edit(board, me, shared, t)
        with st.popover(t("sources.remove")):
            st.markdown(t("admin.remove_sure", title=plain(source.title), count=source.items))
            if st.button(t("sources.remove_yes"), key=f"shared.{source.id}.sure", type="primary"):
                with attempt(t, t("admin.removed", title=plain(source.title))):
                    rooms.remove(me, source.id)


def _edit(board: Board, me: int, shared: SharedSource, t: Translator) -> None:
    source, rooms = shared.source, board.admin.sources
    key = f"shared.{source.id}"
    group = audience.choose(board, me, t, key=key, group=source.group)
    days = _days(t, key=key, value=source.keep_days)
    fields = board.sources.form(source.connector)
    if fields is None:
        st.markdown(t("sources.broken", reason=plain(source.connector)))
        return
    tried: Tried | None = st.session_state.get(f"{key}.tried")
    title, values = source_form.show(
        source.connector, fields, t, title=source.title, values=source.options, tried=tried, key=key
    )
    if st.button(t("sources.edit_save"), key=f"{key}.save", type="primary", disabled=group is None):
        with st.spinner(t("sources.test")), attempt(t):
            tried = st.session_state[f"{key}.tried"] = rooms.edit(me, source.id, title, values)
            if tried.ok:
                rooms.audience(me, source.id, group or None)
                rooms.keep(me, source.id, days)
                notice.keep(t("admin.saved"))
    if tried and not tried.ok:
        verdict.show(tried, t)


def _add(board: Board, me: int, t: Translator) -> None:
    offers = [offer.name for offer in board.sources.offers() if not offer.broken]
    chosen = st.selectbox(
        t("sources.choose"), offers, index=None, key="shared.connector", format_func=lambda name: connector(name, t)
    )
    fields = board.sources.form(chosen) if chosen else None
    if not chosen or fields is None:
        return
    key = f"shared.tried.{chosen}"
    tried: Tried | None = st.session_state.get(key)
    title, values = source_form.show(chosen, fields, t, tried=tried, key="shared.add")
    group = audience.choose(board, me, t, key="shared.add")
    days = _days(t, key="shared.add")
    if st.button(t("sources.save"), type="primary", key="shared.add.save", disabled=group is None):
        with st.spinner(t("sources.test")), attempt(t):
            tried, added = board.admin.sources.add(me, chosen, title, values, group=group or None, keep_days=days)
            st.session_state[key] = tried
            if added:
                del st.session_state[key], st.session_state["shared.connector"]
                notice.keep(t("admin.added", title=plain(added.source.title)))
    if tried:
        verdict.show(tried, t)


def _days(t: Translator, *, key: str, value: int | None = None) -> int | None:
    return st.number_input(
        t("admin.keep_days"),
        value=value,
        min_value=0,
        max_value=MOST_DAYS,
        step=1,
        key=f"{key}.keep",
        help=t("admin.keep_days_help"),
        placeholder=t("admin.keep_days_none"),
    )
