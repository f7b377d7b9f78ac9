"""The first page of a person: from an address to the first source right there, or a look around in a made-up day."""

import streamlit as st

from dashboard.board import Board
from dashboard.board.records import Tried
from dashboard.i18n import Translator
from dashboard.store.records import Employee
from dashboard.ui import navigation
from dashboard.ui.parts import bell, notice, verdict
from dashboard.ui.parts.plain import plain

_FEEDS, _ADDRESS = "feeds", "address"
_TRIED = "first.tried"


@st.fragment
def show(board: Board, person: Employee, t: Translator) -> None:
    """Show the way to a first source; make room for the list as soon as there is one, wherever it was added."""
    rev = board.listing.rev(person.id)
    if board.sources.all(person.id):
        st.rerun()
    with st.container(border=True):
        st.header(t("today.no_sources_title"), anchor=False)
        st.markdown(t("today.no_sources_text"))
        _feed(board, person, t)
        navigation.link("sources", t("today.no_sources_do"))
    if board.demo.offered:
        _demo(board, person, t)
    bell.show("first", rev)


def _feed(board: Board, person: Employee, t: Translator) -> None:
    with st.form("first", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        address = st.text_input(t("first.address"), placeholder="https://news.example.org", key="first.address")
        pressed = st.form_submit_button(t("first.add"), type="primary", icon=":material/add:")
    if pressed and address.strip():
        with st.spinner(t("sources.test")):
            st.session_state[_TRIED], source = board.sources.add(person.id, _FEEDS, "", {_ADDRESS: address})
        if source:
            del st.session_state[_TRIED]
            notice.keep(t("sources.saved", title=plain(source.title)))
            st.rerun()
    answer: Tried | None = st.session_state.get(_TRIED)
    if answer:
        verdict.show(answer, t)
        for problem in filter(None, (answer.errors.get(_ADDRESS),)):
            st.error(plain(problem), icon=":material/error:")


def _demo(board: Board, person: Employee, t: Translator) -> None:
    with st.container(border=True):
        st.markdown(t("first.demo_text"))
        if st.button(t("first.demo_do"), icon=":material/theater_comedy:", key="first.demo"):
            with st.spinner(t("first.demo_doing")):
                board.demo.add(person.id, t.language)
            st.rerun()
