"""One item in full beside the list: its text, why it stands there, where it came from."""

import streamlit as st

from dashboard.board import Board
from dashboard.board.records import Opened
from dashboard.i18n import Translator
from dashboard.store.records import Employee
from dashboard.ui.parts import acts, why
from dashboard.ui.parts.plain import plain

_LINKS = ("http://", "https://", "mailto:")


def show(board: Board, person: Employee, t: Translator, entry: int, at_reasons: bool = False) -> None:
    """Open the item in a drawer, its reasons first where those were asked for; a sentence where it is gone."""
    found = board.listing.open(person.id, entry)

    @st.dialog(_title(found, t), width="medium")
    def drawer() -> None:
        if found is None:
            st.markdown(t("opened.gone_text"))
            return
        _head(found, t, board)
        if at_reasons:
            why.show(found.why, board.pictures.standing(person.id, found.entry.id), t)
        _body(found)
        acts.show(board, person, found, t)
        _foot(board, person, found, t, reasons=not at_reasons)

    drawer()


def _title(found: Opened | None, t: Translator) -> str:
    if found is None:
        return t("opened.gone")
    item = found.entry.item
    return plain(item.title or item.channel or t("inbox.untitled"))


def _head(found: Opened, t: Translator, board: Board) -> None:
    item = found.entry.item
    author = getattr(item.author, "name", "") or getattr(item.author, "address", "")
    told = (author, item.channel, found.source, t.ago(found.entry.at, board.now()))
    st.caption(" · ".join(plain(part) for part in told if part))
    if item.url and item.url.lower().startswith(_LINKS):
        st.link_button(t("opened.at_source"), item.url, icon=":material/open_in_new:")


def _body(found: Opened) -> None:
    if found.html:
        st.html(f'<div style="overflow-wrap:anywhere">{found.html}</div>')
    else:
        st.text(found.entry.item.text)
    for attachment in found.entry.item.attachments:
        st.caption(f":material/attach_file: {plain(attachment.name)}")


def _foot(board: Board, person: Employee, found: Opened, t: Translator, *, reasons: bool) -> None:
    told = [t("opened.why")] if reasons else []
    *why_tab, conversation, record = st.tabs([*told, t("opened.thread"), t("opened.raw")])
    for tab in why_tab:
        with tab:
            why.show(found.why, board.pictures.standing(person.id, found.entry.id), t)
    with conversation:
        for entry in found.thread:
            author = getattr(entry.item.author, "name", "") or getattr(entry.item.author, "address", "")
            st.markdown(f"**{t.moment(entry.at)}**")
            st.text(f"{author}\n{entry.item.text[:400]}")
    with record:
        st.text(found.raw)
