"""The banner over every view while the made-up day is there: that it is one, and the way out of it."""

import streamlit as st

from dashboard.board import Board
from dashboard.i18n import Translator
from dashboard.store.records import Employee


def show(board: Board, person: Employee, t: Translator) -> None:
    """Show the banner where the person has the demo; one click removes the demo and nothing else."""
    if not board.demo.on(person.id):
        return

    def remove() -> None:
        board.demo.remove(person.id)
        st.toast(t("demo.removed"), icon=":material/check:")

    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="demo-banner"):
        title, text = t("demo.title"), t("demo.text")
        st.markdown(f":material/theater_comedy: **{title}** {text}")
        st.button(t("demo.remove"), key="demo.remove", type="tertiary", icon=":material/close:", on_click=remove)
