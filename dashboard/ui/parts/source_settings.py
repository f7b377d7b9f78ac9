"""The forms of a source: choosing a connector and adding a source, or changing one, each tested at the backend."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard.board import Board
from dashboard.board.records import Offer, Tried
from dashboard.i18n import Translator
from dashboard.store.records import Employee, Source
from dashboard.ui import navigation
from dashboard.ui.parts import source_form, verdict
from dashboard.ui.parts.plain import plain
from dashboard.ui.parts.source_card import EDITING, icon

_CHOSEN, _ADDED, _SAVED = "sources.connector", "sources.added", "sources.saved"
_IN_A_ROW = 3


def name(offer: Offer, t: Translator) -> str:
    """Return what a connector is called."""
    return t.find(f"option.{offer.name}.name", offer.name.replace("_", " ").capitalize())


def said(t: Translator) -> None:
    """Say once that a source was changed or added just now, and where to look at what it brings."""
    if title := st.session_state.pop(_SAVED, None):
        st.success(t("sources.edit_saved", title=plain(title)), icon=":material/check:")
    if title := st.session_state.pop(_ADDED, None):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.success(t("sources.saved", title=plain(title)), icon=":material/check:")
            navigation.link("today", t("sources.to_list"))


def begun() -> bool:
    """Whether the person has chosen what to connect."""
    return bool(st.session_state.get(_CHOSEN))


def add(board: Board, person: Employee, t: Translator) -> None:
    """Show what can be connected, then the form of what was chosen."""
    offers = {offer.name: offer for offer in board.sources.offers()}
    chosen = offers.get(st.session_state.get(_CHOSEN, ""))
    if chosen:
        _form(board, person, chosen, t)
    else:
        _gallery(list(offers.values()), t)


def edit(board: Board, person: Employee, source: Source, t: Translator) -> None:
    """Show the settings of a source in a drawer until they work or the person closes it."""

    def close() -> None:
        st.session_state.pop(EDITING, None)

    @st.dialog(plain(source.title), position="right", width="medium", on_dismiss=close)
    def drawer() -> None:
        fields = board.sources.form(source.connector)
        if fields is None:
            st.error(t("sources.broken", reason=plain(source.connector)))
            return
        key = f"edit.{source.id}"
        tried: Tried | None = st.session_state.get(f"{key}.tried")
        title, values = source_form.show(
            source.connector, fields, t, title=source.title, values=source.options, tried=tried, key=key
        )
        if tried:
            verdict.show(tried, t)
        if st.button(t("sources.edit_save"), key=f"{key}.save", type="primary"):
            with st.spinner(t("sources.testing")):
                tried = board.sources.edit(person.id, source.id, title, values)
            st.session_state[f"{key}.tried"] = tried
            if tried.ok:
                del st.session_state[f"{key}.tried"]
                close()
                st.session_state[_SAVED] = title.strip() or source.title
            st.rerun()

    drawer()


def _gallery(offers: Sequence[Offer], t: Translator) -> None:
    for start in range(0, len(offers), _IN_A_ROW):
        for column, offer in zip(st.columns(_IN_A_ROW), offers[start : start + _IN_A_ROW], strict=False):
            with column.container(border=True, height="stretch", gap="xsmall"):
                st.button(
                    plain(name(offer, t)),
                    icon=icon(offer.kind),
                    key=f"connect.{offer.name}",
                    width="stretch",
                    disabled=bool(offer.broken),
                    on_click=_choose,
                    args=(offer.name,),
                )
                summary = t.find(f"option.{offer.name}.summary", offer.summary)
                st.caption(t("sources.broken", reason=plain(offer.broken)) if offer.broken else plain(summary))


def _form(board: Board, person: Employee, offer: Offer, t: Translator) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{icon(offer.kind)} **{plain(name(offer, t))}**", width="content")
            st.button(
                t("sources.choose_other"),
                key="add.back",
                type="tertiary",
                icon=":material/arrow_back:",
                on_click=_choose,
            )
        fields = board.sources.form(offer.name)
        if fields is None:
            st.error(t("sources.broken", reason=plain(offer.broken)))
            return
        key = f"tried.{offer.name}"
        tried: Tried | None = st.session_state.get(key)
        title, values = source_form.show(offer.name, fields, t, tried=tried)
        if tried:
            verdict.show(tried, t)
        with st.container(horizontal=True):
            test = st.button(t("sources.test"), key="add.test")
            save = st.button(t("sources.save"), type="primary", key="add.save")
        if test or save:
            with st.spinner(t("sources.testing")):
                st.session_state[key] = _tried(board, person, offer.name, title, values, save=save)
            st.rerun()


def _tried(
    board: Board, person: Employee, connector: str, title: str, values: Mapping[str, Any], *, save: bool
) -> Tried | None:
    """Test what was typed, and with ``save`` add it as a source; return what is still to be told."""
    if not save:
        return board.sources.check(connector, values)
    tried, source = board.sources.add(person.id, connector, title, values)
    if source is None:
        return tried
    st.session_state[_ADDED] = source.title
    _choose()
    return None


def _choose(connector: str = "") -> None:
    st.session_state[_CHOSEN] = connector
