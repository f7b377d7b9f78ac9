"""One source as a card: how it is doing in words and over time, and what its owner can do with it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import streamlit as st

from dashboard.board import Board
from dashboard.i18n import Translator
from dashboard.store.records import Audience, Employee, Health, Source
from dashboard.ui.parts import detail, pictures
from dashboard.ui.parts.plain import plain

EDITING = "sources.editing"
"""Which source is being edited, in the state of the session."""
_REMOVING, _TOLD = "sources.removing", "sources.told"
_SOON, _LONG = timedelta(minutes=1), timedelta(days=1)
_NARROW = """<style>@media (max-width: 640px) { [class*="st-key-source-acts-"] { display: grid;
grid-template-columns: 1fr 1fr; row-gap: .25rem; justify-items: start } }</style>"""
"""On a phone two by two under one another: in one row the last of them would wrap alone."""
_COLOURS = {Health.NEW: "blue", Health.OK: "green", Health.FAILING: "orange", Health.PAUSED: "red"}
_MENDED_BY_PERSON = ("Unauthorized", "Misconfigured")
_ICONS = {
    "mail": "mail",
    "chat": "chat",
    "news": "rss_feed",
    "event": "calendar_month",
    "task": "task_alt",
    "file": "folder",
    "note": "description",
    "call": "call",
    "social": "group",
}


def icon(kind: str) -> str:
    """Return the icon of a kind as Streamlit names it."""
    return f":material/{_ICONS.get(kind, 'hub')}:"


def style() -> None:
    """Let the cards of this run look as they should; once is enough for all of them."""
    pictures.style()
    st.html(_NARROW)


def said() -> None:
    """Say once what a button of a card has just done; its callback itself may draw nothing in a fragment."""
    if told := st.session_state.pop(_TOLD, None):
        text, symbol = told
        st.toast(text, icon=symbol)


def editable(person: Employee, source: Source) -> bool:
    """Whether to offer changing a source; the store itself lets nobody else."""
    return source.owner == person.id if source.audience is Audience.PERSON else person.admin


def badge(source: Source, t: Translator) -> None:
    """Show how a source is in one word; one that somebody paused on purpose is in no trouble."""
    own_pause = source.health is Health.PAUSED and not source.failure
    st.badge(t(f"health.{source.health}"), color="blue" if own_pause else _COLOURS[source.health])  # type: ignore[arg-type]


def show(board: Board, person: Employee, source: Source, t: Translator, *, kind: str, silence: str, days: int) -> None:
    """Show a source; ``kind`` is that of its connector, ``silence`` a sentence where it is silent for too long."""
    with st.container(border=True, gap="xsmall"):
        _head(source, kind, t)
        _facts(board, source, t)
        _trouble(board, person, source, t)
        if source.owner == person.id and board.consents.due(source):
            address = f"/oauth/start?source={source.id}"
            st.link_button(t("consent.connect"), address, icon=":material/link:", type="primary")
        if silence and not source.failure:
            st.info(silence, icon=":material/hourglass_empty:")
        spans = board.pictures.health(person.id, source.id, timedelta(days=days))
        st.html(pictures.strip(spans, source.title, days, t))
        if editable(person, source):
            _buttons(board, person, source, t)
        else:
            _given(board, person, source, t)


def _head(source: Source, kind: str, t: Translator) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{icon(kind)} **{plain(source.title)}**", width="content")
        badge(source, t)
        if source.muted:
            st.badge(t("sources.muted"), icon=":material/notifications_off:", color="violet")


def _facts(board: Board, source: Source, t: Translator) -> None:
    now = board.now()
    facts = [t("sources.items", count=source.items)]
    facts.append(t("sources.synced", ago=t.ago(source.synced_at, now)) if source.synced_at else t("sources.never"))
    if source.newest_at:
        facts.append(t("sources.newest", ago=t.ago(source.newest_at, now)))
    if source.due_at and not source.failure:
        soon = source.due_at - now < _SOON
        facts.append(t("sources.due") if soon else t("sources.next", ago=t.ago(source.due_at, now)))
    if source.unreadable:
        facts.append(t("sources.unreadable", count=source.unreadable))
    st.caption(" · ".join(facts))
    if source.done is not None:
        total = source.total or 0
        st.progress(
            min(1.0, source.done / total) if total else 0.0,
            text=t("sources.reading", done=source.done, total=total or "?"),
        )


def _trouble(board: Board, person: Employee, source: Source, t: Translator) -> None:
    """Say since when it fails, how often it was tried, when again, why, and what to do about it."""
    if not source.failure:
        return
    now = board.now()
    said = (
        [t("sources.failing_since", when=t.moment(source.since), ago=t.ago(source.since, now))] if source.since else []
    )
    if source.failures > 1:
        said.append(t("sources.tried", times=source.failures))
    if source.health is Health.PAUSED:
        said.append(t("sources.waits_for_you"))
    elif source.due_at:
        soon = source.due_at - now < _SOON
        said.append(t("sources.next_try_now") if soon else t("sources.next_try", ago=t.ago(source.due_at, now)))
    sentence = t.find(f"failure.{source.failure}", t("failure.Bug"))
    box = st.error if source.health is Health.PAUSED else st.warning
    lines = [sentence, f"{', '.join(said)}." if said else "", advice(source, now, t, mine=editable(person, source))]
    box("  \n".join(filter(None, lines)), icon=":material/warning:")
    detail.show(source.detail, t)
    if source.failure in _MENDED_BY_PERSON and editable(person, source) and not board.consents.due(source):
        st.button(
            t("sources.mend"),
            icon=":material/link:",
            type="primary",
            key=f"source.{source.id}.mend",
            on_click=_edit,
            args=(source.id,),
        )


def advice(source: Source, now: datetime, t: Translator, *, mine: bool) -> str:
    """Return what to do about a source that has failed for days, ``""`` while waiting is all there is to do."""
    if source.since is None or now - source.since < _LONG:
        return ""
    return t.find(f"failure.long.{source.failure if mine else 'given'}", span=t.span(now - source.since))


def _buttons(board: Board, person: Employee, source: Source, t: Translator) -> None:
    def button(text: str, symbol: str, name: str, do: Callable[[], object], told: str = "") -> None:
        def press() -> None:
            do()
            if told:
                st.session_state[_TOLD] = f"{plain(source.title)}: {told}", f":material/{symbol}:"

        key = f"source.{source.id}.{name}"
        st.button(t(f"sources.{text}"), icon=f":material/{symbol}:", key=key, type="tertiary", on_click=press)

    sources, whose = board.sources, (person.id, source.id)
    with st.container(horizontal=True, gap="medium", key=f"source-acts-{source.id}"):
        if source.health is Health.PAUSED:
            button("resume", "play_arrow", "pause", lambda: sources.resume(*whose), t("sources.due"))
        else:
            button("pause", "pause", "pause", lambda: sources.pause(*whose), t("health.paused"))
            button("sync_now", "refresh", "sync", lambda: sources.sync_now(*whose), t("sources.due"))
        button("edit", "settings", "edit", lambda: _edit(source.id))
        button("remove", "delete", "remove", lambda: _ask(source.id))
    if st.session_state.get(_REMOVING) == source.id:
        _confirm(board, person, source, t)


def _given(board: Board, person: Employee, source: Source, t: Translator) -> None:
    """Say whose source it is, and let the person keep it off their own list."""

    def switch() -> None:
        board.sources.mute(person.id, source.id, muted=not source.muted)

    group = source.group if source.audience is Audience.GROUP else None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(t("sources.given_group", group=plain(group)) if group else t("sources.given_all"))
        st.button(
            t("sources.unmute" if source.muted else "sources.mute"),
            icon=":material/notifications:" if source.muted else ":material/notifications_off:",
            key=f"source.{source.id}.mute",
            type="tertiary",
            on_click=switch,
        )


def _confirm(board: Board, person: Employee, source: Source, t: Translator) -> None:
    def remove() -> None:
        board.sources.remove(person.id, source.id)
        del st.session_state[_REMOVING]

    st.warning(t("sources.remove_sure", title=plain(source.title), count=source.items), icon=":material/delete:")
    with st.container(horizontal=True):
        st.button(t("sources.remove_yes"), key=f"source.{source.id}.sure", type="primary", on_click=remove)
        st.button(t("sources.remove_no"), key=f"source.{source.id}.keep", on_click=_ask, args=(None,))


def _edit(source: int) -> None:
    st.session_state[EDITING] = source


def _ask(source: int | None) -> None:
    st.session_state[_REMOVING] = source
