"""The line below a failure: what its host did, in the language of the page, else what a technician can use."""

import streamlit as st

from dashboard.board.failures import met
from dashboard.i18n import Translator

_SAID = {401: "refused", 403: "refused", 404: "absent", 410: "gone", 429: "busy"}


def show(detail: str, t: Translator) -> None:
    """Show the detail of a failure; nothing where it has none."""
    if detail:
        st.text(sentence(detail, t))


def sentence(detail: str, t: Translator) -> str:
    """Say what happened, in the person's language as far as it is known."""
    found = met(detail)
    if found is None:
        return t("met.technical", detail=detail)
    if found.status is None:
        return t("met.silent", host=found.host)
    said = _SAID.get(found.status, "broken" if found.status >= 500 else "other")
    return t(f"met.{said}", host=found.host, status=found.status)
