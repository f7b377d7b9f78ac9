"""Doing what an admin asked for: what cannot be done is said in a sentence, never raised into the page."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard.board.admin import LastAdmin
from dashboard.board.records import Invalid
from dashboard.i18n import Translator
from dashboard.ui.parts import notice
from dashboard.ui.parts.refusal import sentence


@contextmanager
def attempt(t: Translator, done: str = "") -> Iterator[None]:
    """Run the block; say ``done`` and draw the page anew where it succeeds, and why where it cannot be done."""
    try:
        yield
    except LastAdmin:
        st.error(t("admin.last"), icon=":material/error:")
    except Invalid as error:
        st.error(sentence(error, t), icon=":material/error:")
    else:
        if done:
            notice.keep(done)
        st.rerun()
