"""Plain text: out of HTML as its reader sees it, tidied, shortened."""

import re
from html import unescape

from connectors.kit.html.markup import overgrown, visible, without_tags

# Private-use characters stand for the breaks while the parser has the text; real ones are taken out before.
_LINE, _BREAK, _PARAGRAPH = "\ue000", "\ue001", "\ue002"
_MARKS = re.compile("[\ue000-\ue002]")
_RUN = re.compile("[\ue000-\ue002](?: ?[\ue000-\ue002])*+")
_LINES = r"address|article|aside|dd|div|dt|figcaption|figure|footer|header|li|main|nav|section|legend"
_PARAGRAPHS = r"blockquote|dl|h[1-6]|hr|ol|p|pre|table|ul|form|fieldset"
_BLOCK = re.compile(rf"<(?=/?(?:(br)|({_PARAGRAPHS})|{_LINES})[\s/>])", re.IGNORECASE)
_PRE = re.compile(r"<(?=/?pre[\s>])", re.IGNORECASE)
_EMPTY_LINES = re.compile(r"\n{3,}")
_UNSEEN = re.compile(
    # Controls, soft hyphen, zero-width space and marks, bidi overrides that make text read backwards, byte order mark,
    # halves of a surrogate pair. The joiners U+200C and U+200D stay: writing systems and emoji need them.
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def plain(html: str) -> str:
    """Return what a reader sees of an HTML document or fragment, with its lines and paragraphs.

    Scripts, styles and text that is hidden (``display:none``, no size, moved off the page) are
    left out: nobody may speak to the ranking behind the back of the reader. Never raises.
    """
    if "<" not in html:
        return tidy(unescape(html))
    if overgrown(html):
        return tidy(unescape(without_tags(html)))
    body = visible(_BLOCK.sub(_marked, _kept_lines(_unmarked(html))))
    if body is None:
        return ""
    # Text between cells is no part of a table, a parser moves it in front: the breaks go into the cells.
    for selector, mark in (("td, th", " "), ("tr > :last-child", _LINE)):
        for cell in body.css(selector):
            cell.insert_child(mark)
    text = " ".join(body.text().split())
    return tidy(_RUN.sub(_broken, text))


def tidy(text: str) -> str:
    """Take out what cannot be seen, make every run of blanks one space, and keep at most one empty line."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\u034f" in text or not text.replace("\n", "").isprintable():
        text = _UNSEEN.sub("", text)
    text = "\n".join([" ".join(line.split()) for line in text.split("\n")])
    return (_EMPTY_LINES.sub("\n\n", text) if "\n\n\n" in text else text).strip()


def shorten(text: str, most: int = 200) -> str:
    """Return ``text`` on one line and in at most ``most`` characters, cut between words where it can be."""
    head = text[: most * 8]
    line = " ".join(head.split())
    if len(line) <= most and len(head) == len(text):
        return line
    cut = line.rfind(" ", most // 2, most)
    return line[: cut if cut > 0 else most - 1].rstrip(" ,.;:-") + "…"


def _unmarked(html: str) -> str:
    return html if html.isascii() else _MARKS.sub("", html)


def _kept_lines(html: str) -> str:
    """Turn the line ends of preformatted text into breaks that survive."""
    if "\n" not in html or not _PRE.search(html):
        return html
    first, *others = _PRE.split(html)
    return "<".join([first, *(part.replace("\n", _LINE) if part[0] != "/" else part for part in others)])


def _marked(match: re.Match[str]) -> str:
    return (_BREAK if match[1] else _PARAGRAPH if match[2] else _LINE) + "<"


def _broken(match: re.Match[str]) -> str:
    run = match[0]
    return "\n\n" if _PARAGRAPH in run or run.count(_BREAK) > 1 else "\n"
