"""Text of strangers where Streamlit would read Markdown: shown letter by letter, no link, picture or colour."""

import re

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_LINKED = re.compile(r"(?i)(?<=https://)|(?<=http://)|(?<=www)(?=\.)|(?<=@)(?=[-\w]+\.)")
_MARKS = re.compile(r"[][!`$:<>*_~|#\\]+")
_JOINER = "\N{WORD JOINER}"


def heard(text: object) -> str:
    """Return a text without what Markdown reads, for a label that is read aloud only: there a backslash is heard."""
    return " ".join(_MARKS.sub(" ", str(text)).split())


def plain(text: object) -> str:
    """Return a text that Markdown shows as it is written.

    CommonMark (2.4) lets a backslash stand before any ASCII punctuation; that also breaks
    Streamlit's own ``:red[]`` and ``$``. Bare addresses become links even so, for they are looked
    for once the backslashes are gone (mdast-util-gfm-autolink-literal): a character without
    width in each makes it none.
    """
    return _PUNCTUATION.sub(r"\\\1", _LINKED.sub(_JOINER, " ".join(str(text).split())))
