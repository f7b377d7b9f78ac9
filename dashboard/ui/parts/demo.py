"""The banner over every view while the made-up day is there: that it is one, and the way out of it."""

import streamlit as st

from dashboard.board import Board
from dashboard.i18n import Translator
from dashboard.store.records import Employee

_NARROW = """<style>.st-key-demo-banner em { font-style: normal }
@media (max-width: 640px) { .st-key-demo-banner { flex-wrap: nowrap }
.st-key-demo-banner em { display: none } }</style>"""
"""One line also on a phone: what matters there is that it is a demo, and the way out."""


def show(board: Board, person: Employee, t: Translator) -> None:
    """Show the banner where the person has the demo; one click removes the demo and nothing else."""
    if not board.demo.on(person.id):
        return

    def remove() -> None:
        board.demo.remove(person.id)
        st.toast(t("demo.removed"), icon=":material/check:")

    st.html(_NARROW)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="demo-banner"):
        title, text = t("demo.title"), t("demo.text")
        st.markdown(f":material/theater_comedy: **{title}** *{text}*")
        st.button(t("demo.remove"), key="demo.remove", type="tertiary", icon=":material/close:", on_click=remove)
