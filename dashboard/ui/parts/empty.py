"""What a list says when there is nothing in it: why, and what to do next."""

import streamlit as st

from dashboard.i18n import Translator
from dashboard.ui import navigation


def show(t: Translator, key: str, page: str | None = None) -> None:
    """Show the title and text of ``key``, with a way on to ``page`` where one is given."""
    with st.container(border=True, horizontal_alignment="center"):
        st.header(t(f"{key}_title"), anchor=False, text_alignment="center")
        st.markdown(t(f"{key}_text"), text_alignment="center")
        if page:
            navigation.link(page, t(f"{key}_do"))
