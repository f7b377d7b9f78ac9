"""From bytes to a feed: a strict parser first, and a patient one for what is not well-formed."""

import re

from connectors.feeds import jsonfeed, lenient, markup
from connectors.feeds.entry import Feed
from connectors.kit import BadData

LARGEST = 10 * 1024 * 1024
"""Feeds of more bytes than these are refused."""
PATIENCE = 128 * 1024
"""Broken feeds of more bytes than these are not given to feedparser, which can take a second for 300 KB."""
_HTML = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_DECLARED = re.compile(rb"""(<\?xml[^>]{0,200}?)\sencoding\s*=\s*["']([\w.:-]+)["']""", re.IGNORECASE)
_SINGLE_BYTE = {b"iso-8859-1", b"iso-8859-15", b"windows-1252", b"latin1", b"us-ascii", b"ascii"}
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def looks_like_html(body: bytes) -> bool:
    """Whether a document is a web page rather than a feed."""
    return bool(_HTML.match(body[:4096].removeprefix(b"\xef\xbb\xbf")))


def parse(body: bytes) -> Feed:
    """Read RSS 0.9x to 2.0, RDF, Atom or JSON Feed.

    Raises BadData for what is no feed, is too large, or declares entities (which is how a small
    document becomes a large one, or one that reads files).
    """
    if len(body) > LARGEST:
        raise BadData(f"the feed is larger than {LARGEST >> 20} MiB")
    if body.startswith(_BOMS[1:]) or b"\0" in body[:4]:
        body = _as_utf8(body)
    body = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if body.startswith((b"{", b"[")):
        return jsonfeed.parse(body)
    if not body or looks_like_html(body):
        raise BadData("not a feed" if body else "an empty feed")
    if re.search(rb"<!\s*ENTITY", body, re.IGNORECASE):
        raise BadData("the feed declares entities")
    body = _rightly_declared(body)
    feed = markup.parse(body)
    if feed is None:
        feed = lenient.parse(body) if len(body) <= PATIENCE else markup.parse(body, forgiving=True)
    if feed is None:
        raise BadData("not a feed")
    return feed


def _as_utf8(body: bytes) -> bytes:
    """Recode UTF-16 and UTF-32, so that nothing hides from the eyes that follow."""
    wide = "utf-32" if body[:2] == b"\0\0" or body[2:4] == b"\0\0" else "utf-16"
    if not body.startswith(_BOMS[1:]):
        wide += "-be" if body[:1] == b"\0" else "-le"
    text = body.decode(wide, errors="replace")
    return re.sub(r"""(<\?xml[^>]*?)\sencoding\s*=\s*["'][^"']*["']""", r"\1", text, count=1).encode(errors="replace")


def _rightly_declared(body: bytes) -> bytes:
    """Recode what says another encoding than it has: text that is valid UTF-8 by chance does not exist."""
    declared = _DECLARED.match(body)
    name = declared[2].lower() if declared else b"utf-8"
    if body.isascii() or (name not in _SINGLE_BYTE and name != b"utf-8"):
        return body
    try:
        text = body.decode()
        if name == b"utf-8":
            return body
    except UnicodeDecodeError:
        if name not in {b"utf-8", b"us-ascii", b"ascii"}:
            return body
        text = body.decode("cp1252", errors="replace")
    return _DECLARED.sub(rb"\1", text.encode(), count=1)
