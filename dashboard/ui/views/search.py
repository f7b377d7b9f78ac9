"""Search over everything a person may see, also what is held, done or far down."""

import streamlit as st

from dashboard.board import Board
from dashboard.i18n import Translator
from dashboard.store.records import Employee
from dashboard.ui.parts import empty, inbox, opened, triage
from dashboard.ui.parts.plain import plain


def show(board: Board, person: Employee, t: Translator) -> None:
    """Show the search box, what was found, and what could not be understood."""
    st.header(t("search.title"), anchor=False)
    text = st.text_input(
        t("search.box"),
        type="search",
        key="q",
        live=True,
        bind="query-params",
        placeholder=t("search.placeholder"),
        label_visibility="collapsed",
    )
    if not text or not text.strip():
        st.markdown(t("search.help"))
        return
    found = board.listing.search(person.id, text, zone=t.zone)
    for problem in found.problems:
        st.warning(t("search.problem", part=plain(problem)), icon=":material/help:")
    if not found.rows:
        empty.show(t, "search.nothing")
        return
    st.caption(t("search.found", shown=len(found.rows), count=found.total))

    act = triage.handler(board, person, t)
    inbox.show("found", found.rows, t, board.now(), act, person=person.id, view=text, failed=triage.failed())
    if chosen := triage.opened():
        opened.show(board, person, t, *chosen)
