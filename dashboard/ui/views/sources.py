"""The sources of a person: how each is doing in words, and how to add, mend, pause or remove one."""

from collections.abc import Callable
from datetime import timedelta

import streamlit as st

from dashboard.board import Board
from dashboard.board.records import Offer, Tried
from dashboard.i18n import Translator
from dashboard.store.records import Employee, Health, Source
from dashboard.ui.parts import empty, opml, source_form, verdict
from dashboard.ui.parts.plain import plain

REFRESH_SECONDS = 3
_SOON = timedelta(minutes=1)
_COLOURS = {Health.NEW: "blue", Health.OK: "green", Health.FAILING: "orange", Health.PAUSED: "red"}


def show(board: Board, person: Employee, t: Translator) -> None:
    """Show every source and the way to a new one."""
    st.header(t("sources.title"), anchor=False)
    _worker(board, t)
    sources = board.sources.all(person.id)
    if sources:
        st.fragment(_list, run_every=REFRESH_SECONDS)(board, person, t)
    else:
        empty.show(t, "sources.empty")
    st.subheader(t("sources.add"), anchor=False)
    _add(board, person, t)
    opml.show(board, person, t)


def _worker(board: Board, t: Translator) -> None:
    pulse = board.sources.pulse()
    if pulse.alive:
        return
    now = board.now()
    text = t("sources.worker_dead", ago=t.ago(pulse.last, now)) if pulse.last else t("sources.worker_never")
    st.error(text, icon=":material/sync_disabled:")


def _list(board: Board, person: Employee, t: Translator) -> None:
    for source in board.sources.all(person.id):
        with st.container(border=True):
            _card(board, person, source, t)


def _card(board: Board, person: Employee, source: Source, t: Translator) -> None:
    now = board.now()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(source.title)}**")
        st.badge(t(f"health.{source.health}"), color=_COLOURS[source.health])  # type: ignore[arg-type]
    facts = [t("sources.items", count=source.items)]
    facts.append(t("sources.synced", ago=t.ago(source.synced_at, now)) if source.synced_at else t("sources.never"))
    if source.newest_at:
        facts.append(t("sources.newest", ago=t.ago(source.newest_at, now)))
    if source.due_at:
        soon = source.due_at - now < _SOON
        facts.append(t("sources.due") if soon else t("sources.next", ago=t.ago(source.due_at, now)))
    st.caption(" · ".join(facts))
    if source.done is not None:
        total = source.total or 0
        st.progress(
            min(1.0, source.done / total) if total else 0.0,
            text=t("sources.reading", done=source.done, total=total or "?"),
        )
    if source.unreadable:
        st.caption(t("sources.unreadable", count=source.unreadable))
    if source.failure:
        sentence = t.find(f"failure.{source.failure}", t("failure.Bug"))
        since = t("sources.since", ago=t.ago(source.since, now)) if source.since else ""
        st.warning(f"{sentence} {since}", icon=":material/warning:")
        if source.detail:
            st.text(source.detail)
    if board.sources.editable(person.id, source.id):
        _buttons(board, person, source, t)


def _buttons(board: Board, person: Employee, source: Source, t: Translator) -> None:
    def ask() -> None:
        st.session_state["removing"] = source.id

    def do(verb: Callable[[int, int], bool]) -> None:
        verb(person.id, source.id)

    with st.container(horizontal=True):
        paused = source.health is Health.PAUSED
        key = f"source.{source.id}"
        st.button(
            t("sources.resume" if paused else "sources.sync_now"),
            key=f"{key}.sync",
            on_click=do,
            args=(board.sources.resume if paused else board.sources.sync_now,),
        )
        if not paused:
            st.button(t("sources.pause"), key=f"{key}.pause", on_click=do, args=(board.sources.pause,))
        with st.popover(t("sources.edit")):
            _edit(board, person, source, t)
        st.button(t("sources.remove"), key=f"{key}.remove", on_click=ask)
    if st.session_state.get("removing") == source.id:
        _confirm(board, person, source, t)


def _confirm(board: Board, person: Employee, source: Source, t: Translator) -> None:
    def remove() -> None:
        board.sources.remove(person.id, source.id)
        del st.session_state["removing"]

    st.warning(t("sources.remove_sure", title=plain(source.title), count=source.items))
    st.button(t("sources.remove_yes"), key=f"source.{source.id}.sure", type="primary", on_click=remove)


def _edit(board: Board, person: Employee, source: Source, t: Translator) -> None:
    fields = board.sources.form(source.connector)
    if fields is None:
        st.markdown(t("sources.broken", reason=plain(source.connector)))
        return
    key = f"edit.{source.id}"
    tried: Tried | None = st.session_state.get(f"{key}.tried")
    title = st.text_input(t("sources.name"), source.title, key=f"{key}.title")
    errors = tried.errors if tried else None
    values = source_form.show(source.connector, fields, t, values=source.options, errors=errors, key=key)
    if st.button(t("sources.edit_save"), key=f"{key}.save", type="primary"):
        with st.spinner(t("sources.test")):
            st.session_state[f"{key}.tried"] = board.sources.edit(person.id, source.id, title, values)
        st.rerun()
    if tried:
        verdict.show(tried, t)


def _add(board: Board, person: Employee, t: Translator) -> None:
    offers = {offer.name: offer for offer in board.sources.offers()}
    chosen = st.selectbox(
        t("sources.choose"),
        list(offers),
        index=None,
        key="connector",
        format_func=lambda name: _offer(offers[name], t),
        placeholder=t("sources.choose"),
        label_visibility="collapsed",
    )
    if not chosen:
        return
    fields = board.sources.form(chosen)
    if fields is None:
        st.error(t("sources.broken", reason=plain(offers[chosen].broken)))
        return
    tried: Tried | None = st.session_state.get(f"tried.{chosen}")
    values = source_form.show(chosen, fields, t, errors=tried.errors if tried else None)
    title = st.text_input(t("sources.name"), key=f"add.{chosen}.title", help=t("sources.name_help"))
    if st.button(t("sources.save"), type="primary", key="add.save"):
        with st.spinner(t("sources.test")):
            tried, source = board.sources.add(person.id, chosen, title, values)
        st.session_state[f"tried.{chosen}"] = tried
        if source:
            st.session_state.pop(f"tried.{chosen}")
            st.session_state["added"] = source.title
        st.rerun()
    if added := st.session_state.pop("added", None):
        st.success(t("sources.saved", title=plain(added)), icon=":material/check:")
    elif tried:
        verdict.show(tried, t)


def _offer(offer: Offer, t: Translator) -> str:
    name = t.find(f"option.{offer.name}.name", offer.name.replace("_", " ").capitalize())
    return f"{name} — {t.find(f'option.{offer.name}.summary', offer.summary)}"
