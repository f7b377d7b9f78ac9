"""A word about what was just done, shown in the run that follows: one that ends the run itself may take it along."""

import streamlit as st

_KEPT = "notice.kept"


def keep(text: str) -> None:
    """Say so once the page is drawn anew."""
    st.session_state.setdefault(_KEPT, []).append(text)


def show() -> None:
    """Show what was kept, once."""
    for text in st.session_state.pop(_KEPT, ()):
        st.toast(text, icon=":material/check:")
