"""Choosing a file with the browser's own field: it speaks the person's language and every screen reader knows it."""

import base64

import streamlit as st

from dashboard.i18n import Translator
from dashboard.ui.parts.assets import Part

_HTML = '<label><span></span><input type="file"></label>'
_UPLOAD = Part("frontdesk.upload", ("upload.js",), html=_HTML, css="upload.css")
MOST = 5_000_000
"""Bytes that are taken; the page sends no more."""
_LONGEST = MOST * 4 // 3 + 4  # letters of base64


def show(label: str, accept: str, key: str, t: Translator) -> bytes | None:
    """Return what is in the chosen file, None where none is; a sentence where it is too large.

    ``accept`` is a list as HTML has it, ``.csv,text/csv``.
    """
    data = {"label": label, "accept": accept, "most": MOST}
    chosen = _UPLOAD.show(data, key, default={"file": None}, on_file_change=_chosen).file
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
