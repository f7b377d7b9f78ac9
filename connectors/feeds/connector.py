"""News from feeds: fetched only when changed, and only what is new in them handed on."""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from pydantic import Field

from connectors.feeds import discovery, parsing, translation
from connectors.feeds.entry import Entry, Feed
from connectors.feeds.prose import line
from connectors.kit import (
    About,
    BadData,
    Connector,
    Cursor,
    Events,
    Item,
    Kind,
    Misconfigured,
    NotBefore,
    Reply,
    Run,
    Unavailable,
)

_PATH = re.compile(r"(?:file:(?://)?)?(?=[/~.\\]|[A-Za-z]:[/\\])")
_ACCEPT = {
    "Accept": "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.8"
}
_SIGN_IN = re.compile(r"(?i)<input\b[^>]{0,500}\btype\s{0,9}=\s{0,9}[\"']?password")
_LONGEST_WAIT = timedelta(days=1)
_MOST_SHARED = 200


class _Document(NamedTuple):
    """What was read: its final address, its bytes, and the reply that brought them if it was no file."""

    url: str
    body: bytes
    reply: Reply | None = None


class Feeds(Connector):
    """News from an RSS, Atom or JSON feed, or from a page that has one."""

    about = About(kind=Kind.NEWS, every="30m", fastest="5m", slowest="1d")

    address: str = Field(
        min_length=1, max_length=2000, title="Address",
        description="The address of a feed or of a page that has one, or the path of a saved feed.",
    )  # fmt: skip

    def fetch(self, run: Run) -> Events:
        """Yield the entries that are new or changed since the last fetch, in the order of the feed.

        The cursor holds the address after permanent redirects and discovery, the validators, and
        a digest of the body and of each entry.
        """
        past = _past(run.cursor, self.address)
        document = self._document(run, past)
        unchanged = document.reply is not None and document.reply.unchanged
        body = past.get("body") if unchanged else _digest(document.body)
        state = past | {"address": self.address, "url": document.url, "body": body}
        if document.reply:
            state["validators"] = document.reply.validators
        if body != past.get("body"):
            feed = parsing.parse(document.body)
            entries = self._entries(feed, document.url, state)
            marks = [translation.mark(entry) for entry in entries]
            known = set(past.get("entries", ()))
            yield from (entry for entry, mark in zip(entries, marks, strict=True) if mark not in known)
            state |= {"entries": marks, "pace": feed.pace.total_seconds() if feed.pace else None}
        if until := _until(run.now, document.reply, state.get("pace")):
            yield NotBefore(until)
        if state != past:  # nothing is written for a feed that did not change
            yield Cursor(state)

    def item(self, raw: Entry) -> Item:
        """Translate one entry."""
        return translation.item(raw)

    def check(self, run: Run) -> str | None:
        """Read the feed once and return its title."""
        document = self._document(run, {})
        return _channel(parsing.parse(document.body), document.url)

    def _entries(self, feed: Feed, url: str, state: dict[str, Any]) -> list[Entry]:
        shared = {*state.get("shared", ()), *translation.crowded(feed.entries)}
        state["shared"] = sorted(shared)[:_MOST_SHARED]
        entries = list(translation.numbered(feed.entries, shared))
        channel = _channel(feed, url)
        for entry in entries:
            entry.base = _joined(url, entry.base)
            entry.authors = entry.authors or feed.authors
            entry.channel = channel
        return entries

    def _document(self, run: Run, past: Mapping[str, Any]) -> _Document:
        if path := _PATH.match(self.address):
            return _Document("", _saved(run, self.address[path.end() :]))
        url = past.get("url") or _web(self.address)
        try:
            reply = run.http.get(url, unless=past.get("validators"), headers=_ACCEPT)
        except Misconfigured:
            if url == _web(self.address):
                raise
            url = _web(self.address)  # where it had moved to, it is gone: ask again where it came from
            reply = run.http.get(url, headers=_ACCEPT)
        if reply.unchanged:
            return _Document(reply.moved or url, b"", reply)
        if parsing.looks_like_html(reply.body):
            if past.get("body"):  # an outage, a login or a move: which one, a person can tell
                raise BadData("a web page stands where the feed was: if the feed has moved, enter its new address")
            return _discovered(run, reply)
        return _Document(reply.moved or url, reply.body, reply)


def _discovered(run: Run, page: Reply) -> _Document:
    """Return the first feed that the page leads to. Raises BadData where there is none."""
    for url in discovery.candidates(page.text, page.url):
        with suppress(Misconfigured, BadData, Unavailable):
            reply = run.http.get(url, headers=_ACCEPT)
            parsing.parse(reply.body)
            return _Document(reply.moved or url, reply.body, reply)
    if _SIGN_IN.search(page.text):
        raise BadData("the address leads to a page to sign in at", cause="sign_in")
    raise BadData("the address leads to a page without a feed", cause="no_feed")


def _past(cursor: Any, address: str) -> dict[str, Any]:
    """Return the state of the last fetch, nothing where it is of another address."""
    return dict(cursor) if isinstance(cursor, Mapping) and cursor.get("address") == address else {}


def _web(address: str) -> str:
    """Spell an address as people type it (``example.org``, ``feed://example.org/rss``) as one for the web."""
    address = re.sub(r"(?i)^feed:(?://)?(?=https?:)", "", address.strip())
    address = re.sub(r"(?i)^feed:(?=//)", "https:", address)
    return address if "://" in address else f"https://{address}"


def _saved(run: Run, name: str) -> bytes:
    path = run.files.path(name)
    try:
        with path.open("rb") as file:
            return file.read(parsing.LARGEST + 1)
    except OSError as error:
        raise Misconfigured(f"cannot be read: {name}") from error


def _channel(feed: Feed, url: str) -> str:
    return line(feed.title, translation.TITLE) or urlsplit(url).hostname or ""


def _joined(url: str, base: str) -> str:
    with suppress(ValueError):
        return urljoin(url, base)
    return url


def _until(now: datetime, reply: Reply | None, pace: float | None) -> datetime | None:
    """Return until when the publisher asks for no further request, at most a day from now."""
    asked = [now + timedelta(seconds=pace)] if pace else []
    if reply and reply.fresh_until:
        asked.append(reply.fresh_until)
    until = min(max(asked, default=now), now + _LONGEST_WAIT)
    return until if until > now else None


def _digest(body: bytes) -> str:
    return blake2b(body, digest_size=12).hexdigest()
