"""The part of a page that nobody sees: its language, its manifest, and its ear for what the server tells."""

from pathlib import Path

import streamlit as st

from dashboard.i18n import Translator

_JS = Path(__file__).with_suffix(".js")
_UNSEEN = '<style>[class*="st-key-unseen-"]{position:absolute;height:0;overflow:hidden}</style>'


def show(t: Translator) -> None:
    """Put it into the page; once, before anything that waits for news."""
    st.html(_UNSEEN)
    component = st.components.v2.component("frontdesk.shell", html="<i hidden></i>", js=_JS.read_text(encoding="utf-8"))
    with st.container(key="unseen-shell"):
        component(key="shell", data={"language": t.language})
