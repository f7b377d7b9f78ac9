"""Feeds that are no well-formed XML, read by feedparser into the same entries."""

import io
import re
from typing import Any

import feedparser

from connectors.feeds.entry import NOTHING, Enclosure, Entry, Feed, Name, Prose
from connectors.feeds.markup import MOST_ENTRIES, author, pace
from connectors.kit import BadData

# feedparser would resolve even ids against it, and the same entry would get another id than from the strict parser.
_BASE = re.compile(rb"""\sxml:base\s?=\s?("[^"]*"|'[^']*')""")

_VOID = re.compile("></(?:br|hr|img)>")  # which feedparser writes, and browsers read as one more


def parse(body: bytes) -> Feed:
    """Read what feedparser finds. Raises BadData where it finds no feed, or stumbles over the document itself."""
    bases = _BASE.findall(body)
    try:
        found = feedparser.parse(io.BytesIO(_BASE.sub(b"", body)), sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # it raises UnicodeDecodeError, ValueError, AssertionError and more on broken input
        raise BadData(f"not a feed: {type(error).__name__}") from error
    if not found.get("version") and not found.entries:
        raise BadData("not a feed")
    typed = str(found.get("version", "")).startswith("atom")
    base = bases[0][1:-1].decode(errors="replace") if bases else ""
    return Feed(
        title=_prose(found.feed.get("title_detail"), typed),
        link=_text(found.feed, "link"),
        authors=_authors(found.feed) if typed else (),
        entries=[_entry(entry, typed, base) for entry in found.entries[:MOST_ENTRIES]],
        pace=pace(*(_text(found.feed, name) for name in ("ttl", "sy_updateperiod", "sy_updatefrequency"))),
    )


def _entry(found: dict[str, Any], typed: bool, base: str) -> Entry:
    contents = [_prose(part, typed) for part in found.get("content", ())]
    files = [*found.get("enclosures", ()), *filter(_is_playable, found.get("media_content", ()))]
    return Entry(
        id=_text(found, "id"),
        title=_prose(found.get("title_detail"), typed),
        link=_link(found),
        summary=_prose(found.get("summary_detail"), typed),
        content=max(contents, key=lambda part: len(part.value), default=NOTHING),
        published=_text(found, "published") or _text(found, "created"),
        updated=_text(found, "updated"),
        authors=_authors(found) or _authors(found.get("source") or {}),
        labels=tuple(label for tag in found.get("tags") or () if (label := tag.get("label") or tag.get("term"))),
        enclosures=tuple(
            Enclosure(
                file.get("href") or file.get("url", ""),
                file.get("type", ""),
                file.get("length") or file.get("filesize", ""),
            )
            for file in files
        ),
        base=base,
    )


def _text(found: dict[str, Any], name: str) -> str:
    """Return what is there under this very name: feedparser's own ``get`` answers with related ones too."""
    value = dict.get(found, name)
    return value.strip() if isinstance(value, str) else ""


def _prose(detail: dict[str, Any] | None, typed: bool) -> Prose:
    """Read a text construct; only Atom says whether it is HTML (``typed``)."""
    if not detail or not _text(detail, "value"):
        return NOTHING
    return Prose(
        _text(detail, "value"), html="html" in _text(detail, "type") if typed else None, base=_text(detail, "base")
    )


def _link(found: dict[str, Any]) -> str:
    """Choose as the strict parser does: the first page among the alternate links."""
    links = [
        link for link in found.get("links", ()) if link.get("rel", "alternate") == "alternate" and link.get("href")
    ]
    pages = [link for link in links if "html" in link.get("type", "html")]
    return str((pages or links)[0]["href"]).strip() if links else _text(found, "link")


def _authors(found: dict[str, Any]) -> tuple[Name, ...]:
    people = (Name(_text(person, "name"), _text(person, "email")) for person in found.get("authors", ()) if person)
    return tuple(dict.fromkeys(filter(any, people))) or tuple(map(author, filter(None, [_text(found, "author")])))


def _is_playable(media: dict[str, Any]) -> bool:
    kind = media.get("type") or media.get("medium", "")
    return bool(media.get("url")) and kind.startswith(("audio", "video", "application", "document"))
