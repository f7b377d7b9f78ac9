"""What a test of a source's settings found, as a sentence with the technical line under it."""

import streamlit as st

from dashboard.board.records import Tried
from dashboard.i18n import Translator
from dashboard.ui.parts import detail
from dashboard.ui.parts.plain import plain


def show(tried: Tried, t: Translator) -> None:
    """Say that it works, or why it does not; what is wrong with one field stands beside that field."""
    if tried.ok:
        st.success(t("sources.works_found", found=plain(tried.detail)) if tried.detail else t("sources.works"))
        return
    if tried.failure:
        sentence = t.find(f"tried.{tried.failure}", t("tried.Bug"))
        st.error(t.find(f"tried.met.{tried.cause}", sentence), icon=":material/error:")
        detail.show(tried.detail, t)
    for problem in filter(None, (tried.errors.get(""),)):
        st.error(plain(problem))
