"""Choosing a file with the browser's own field: it speaks the person's language and every screen reader knows it."""

import base64
from pathlib import Path

import streamlit as st

from dashboard.i18n import Translator

_HTML = '<label><span></span><input type="file"></label>'
_HERE = Path(__file__)
MOST = 5_000_000
"""Bytes that are taken; the page sends no more."""
_LONGEST = MOST * 4 // 3 + 4  # letters of base64


def show(label: str, accept: str, key: str, t: Translator) -> bytes | None:
    """Return what is in the chosen file, None where none is; a sentence where it is too large.

    ``accept`` is a list as HTML has it, ``.csv,text/csv``.
    """
    component = st.components.v2.component(
        "frontdesk.upload",
        html=_HTML,
        css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
        js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
    )
    data = {"label": label, "accept": accept, "most": MOST}
    chosen = component(key=key, data=data, default={"file": None}, on_file_change=_chosen).file
    if chosen is None:
        return None
    try:
        written = str(chosen["data"])
        if len(written) <= _LONGEST:
            return base64.b64decode(written, validate=True)
    except (KeyError, TypeError, ValueError):
        pass
    st.error(t("upload.large", most=MOST // 1_000_000), icon=":material/error:")
    return None


def _chosen() -> None:
    """Let the choice run the page; there is nothing else to do."""
