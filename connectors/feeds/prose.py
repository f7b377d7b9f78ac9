"""The texts of feeds as plain text: a short way for the simple HTML that most of them are, else the kit's."""

import re
from html import unescape

from connectors.feeds.entry import Prose
from connectors.feeds.links import REST
from connectors.kit import text

_PARAGRAPHS = "blockquote|h[1-6]|hr|ol|p|ul"
_LINES = "div|figcaption|figure|li"
_INLINE = "a|abbr|b|cite|code|del|em|i|img|ins|q|s|small|span|strong|sub|sup|u"
_SIMPLE = re.compile(
    rf"(?:[^<]++|</?(?:{_PARAGRAPHS}|{_LINES}|{_INLINE}|br)(?=[\s/>]){REST}|<(?![a-z/!?]))*+", re.IGNORECASE
)
_TAG = re.compile(rf"</?(?:{_INLINE})(?=[\s/>]){REST}", re.IGNORECASE)
_BLOCKS = re.compile(rf" ?(?:</?(?:{_PARAGRAPHS}|{_LINES}|br)(?=[\s/>]){REST} ?)+", re.IGNORECASE)
_PARAGRAPH = re.compile(rf"</?(?:{_PARAGRAPHS})(?=[\s/>])", re.IGNORECASE)
_EMPTY_LINES = re.compile(r"\n{3,}")
_MARKUP = re.compile(
    r"</?(?:a|abbr|b|blockquote|br|cite|code|del|div|em|font|h[1-6]|hr|i|img|ins|li|ol|p|pre|q|s|small|span|strike|"
    r"strong|style|sub|sup|table|td|th|tr|tt|u|ul|video|iframe|figure|section|article|script)\b[^<>]*>"
    r"|&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});",
    re.IGNORECASE,
)


def read(prose: Prose, limit: int) -> tuple[str, str]:
    """Return a text as plain text of at most ``limit`` characters and as HTML, ``""`` where it is none."""
    value, html, _ = prose
    if html is None:
        html = bool(("<" in value or "&" in value) and _MARKUP.search(value))
    if html:
        return plain(value[: 8 * limit])[:limit].rstrip(), value if "<" in value else ""
    return _tidy(value[:limit]), ""


def line(prose: Prose, limit: int) -> str:
    """Return a text as one line of plain text."""
    return " ".join(read(prose, limit)[0].split())


def plain(markup: str) -> str:
    """Return what :func:`connectors.kit.text.plain` does, about ten times as fast for simple HTML."""
    if "<" not in markup:
        return _tidy(unescape(markup))
    lowered = markup.lower()
    if "style" in lowered or "hidden" in lowered or not _SIMPLE.fullmatch(markup):
        return text.plain(markup)
    found = _BLOCKS.sub(_broken, _TAG.sub("", " ".join(markup.split())))
    return _tidy(unescape(found))


def _broken(blocks: re.Match[str]) -> str:
    """Return the one break that a run of block elements makes."""
    run = blocks[0]
    return "\n\n" if _PARAGRAPH.search(run) or run.lower().count("<br") + run.lower().count("</br") > 1 else "\n"


def _tidy(value: str) -> str:
    """Return what :func:`connectors.kit.text.tidy` does; most lines have nothing to be taken out."""
    if value.isprintable():
        return _single_spaced(value)
    lines = value.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not all(map(str.isprintable, lines)):
        return text.tidy(value)
    return _EMPTY_LINES.sub("\n\n", "\n".join(map(_single_spaced, lines))).strip()


def _single_spaced(value: str) -> str:
    return " ".join(value.split()) if "  " in value else value.strip()
