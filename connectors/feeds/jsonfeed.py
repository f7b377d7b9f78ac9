"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from typing import Any

from connectors.feeds.entry import Enclosure, Entry, Feed, Name, Prose
from connectors.feeds.markup import MOST_ENTRIES
from connectors.kit import BadData


def parse(body: bytes) -> Feed:
    """Read a JSON Feed. Raises BadData for any other JSON and for what is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadData(f"not JSON: {str(error)[:100]}") from error
    if not isinstance(found, dict) or not isinstance(found.get("items"), list):
        raise BadData("JSON, but no feed: it has no list of items")
    items = [item for item in found["items"] if isinstance(item, dict)]
    return Feed(
        title=Prose(_text(found, "title"), html=False),
        link=_text(found, "home_page_url"),
        authors=_authors(found),
        entries=[_entry(item) for item in items[:MOST_ENTRIES]],
    )


def _entry(item: dict[str, Any]) -> Entry:
    return Entry(
        id=_text(item, "id"),
        title=Prose(_text(item, "title"), html=False),
        link=_text(item, "url") or _text(item, "external_url"),
        summary=Prose(_text(item, "summary"), html=False),
        content=Prose(_text(item, "content_html"), html=True)
        if _text(item, "content_html")
        else Prose(_text(item, "content_text"), html=False),
        published=_text(item, "date_published"),
        updated=_text(item, "date_modified"),
        authors=_authors(item),
        labels=tuple(str(tag) for tag in _list(item, "tags") if isinstance(tag, str | int)),
        enclosures=tuple(
            Enclosure(_text(file, "url"), _text(file, "mime_type"), _text(file, "size_in_bytes"))
            for file in _list(item, "attachments")
            if isinstance(file, dict)
        ),
    )


def _authors(found: dict[str, Any]) -> tuple[Name, ...]:
    """Read ``authors`` of version 1.1 or ``author`` of 1.0."""
    authors = _list(found, "authors") or [found.get("author")]
    return tuple(
        Name(_text(author, "name")) for author in authors if isinstance(author, dict) and _text(author, "name")
    )


def _text(found: dict[str, Any], name: str) -> str:
    """Return a text, also where a number stands in its place; anything else is nothing."""
    value = found.get(name)
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _list(found: dict[str, Any], name: str) -> list[Any]:
    value = found.get(name)
    return value if isinstance(value, list) else []
