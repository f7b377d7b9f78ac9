"""The texts of feeds as plain text: a short way for the simple HTML that most of them are, else the kit's."""

import re
from html import unescape

from connectors.feeds.entry import Prose
from connectors.kit import text

_INLINE, _LINE, _BREAK, _PARAGRAPH = "", "l", "b", "p"
_ELEMENTS = {
    _INLINE: "a abbr b big cite code del em font i img ins kbd mark q s samp small span strike strong sub sup time tt "
    "u var wbr",
    _LINE: "address article aside div figcaption figure footer header li main nav section",
    _BREAK: "br",
    _PARAGRAPH: "blockquote h1 h2 h3 h4 h5 h6 hr ol p ul",
}
_BREAKS = {
    form.format(name): kind
    for kind, names in _ELEMENTS.items()
    for name in names.split()
    for form in ("{}", "/{}", "{}/", "{} /")
}
"""What the usual tags do to a text, by what stands between their brackets."""
_TAG = re.compile(
    r"""(/?[a-z][a-z0-9]*)(?:[ \t\r\n]+(?!style|hidden)[a-z][\w:.-]*+"""
    r"""(?:[ ]?=[ ]?(?:"[^"]*"|'[^']*'|[^\s"'=<>`/]+(?=[\s/]|\Z)))?+)*+[ \t\r\n]*/?""",
    re.ASCII | re.IGNORECASE,
)
_BRACKETS = re.compile("<([^<>]*+)>")
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
    """Return what :func:`connectors.kit.text.plain` does, about twenty times as fast for simple HTML."""
    if "<" not in markup:
        return _tidy(unescape(markup))
    found = _flowing(markup)
    if found is None:
        return text.plain(markup)
    return found if found.replace("\n", "").isprintable() else text.tidy(found)


def _flowing(markup: str) -> str | None:
    """Take the tags out and put line ends where blocks begin and end; None where only a parser can tell.

    Without tables, raw text, hidden parts and comments, an HTML parser leaves a text in its order.
    """
    parts = _BRACKETS.split(markup)
    if markup.count("<") != len(parts) // 2:
        return None
    lines: list[str] = []
    words = [unescape(parts[0])]
    gap = _INLINE
    for tag, words_after in zip(parts[1::2], parts[2::2], strict=True):
        kind = _BREAKS.get(tag)
        if kind is None and (kind := _kind(tag)) is None:
            return None
        if kind:
            if words:
                if found := _single_spaced("".join(words)):
                    lines += (_line_end(gap), found)
                    gap = _INLINE
                words = []
            gap += kind
        if words_after and (words or not words_after.isspace()):
            words.append(unescape(words_after) if "&" in words_after else words_after)
    lines += (_line_end(gap), _single_spaced("".join(words)))
    return "".join(lines).strip()


def _kind(tag: str) -> str | None:
    """Return what a tag with attributes, or in capitals, does to a text."""
    match = _TAG.fullmatch(tag)
    return _BREAKS.get(match[1].lower()) if match else None


def _line_end(gap: str) -> str:
    """Return the one break that a run of block elements makes."""
    return "\n\n" if _PARAGRAPH in gap or gap.count(_BREAK) > 1 else "\n"


def _tidy(value: str) -> str:
    """Return what :func:`connectors.kit.text.tidy` does; most texts have nothing to be taken out."""
    return _single_spaced(value) if value.isprintable() else text.tidy(value)


def _single_spaced(value: str) -> str:
    """Make every run of blanks one space; what is printable has no other blanks than spaces."""
    return value.strip() if value.isprintable() and "  " not in value else " ".join(value.split())
