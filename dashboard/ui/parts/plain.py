"""Text of strangers where Streamlit would read Markdown: shown letter by letter, no link, picture or colour."""

import re

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: object) -> str:
    """Return a text that Markdown shows as it is written.

    CommonMark (2.4) lets a backslash stand before any ASCII punctuation; that also breaks bare
    addresses, which would become links, and Streamlit's own ``:red[]`` and ``$``.
    """
    return _PUNCTUATION.sub(r"\\\1", " ".join(str(text).split()))
