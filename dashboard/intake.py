"""The intake: what every translated record passes through, so that the store only ever sees clean items."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from connectors.kit import Item, Kind, Person
from connectors.kit.text import plain

RAW = 64 * 1024
"""How many characters are kept of the record as the backend gave it."""
_TEXT, _HTML, _LINE = 200_000, 1_000_000, 2_000
_TIMES = ("created", "updated", "received", "due", "start", "end")
_LINES = ("title", "url", "thread", "reply_to", "channel")


def admit(item: Item, record: Any, kind: Kind) -> tuple[Item, str]:
    """Return the item ready to be stored, with its record as text.

    Text that no database takes (NUL, lone surrogates) is replaced, what is too long is cut, every
    time becomes aware UTC, and a body that is only HTML gets its plain text. Raises ValueError
    for an item without a usable id.
    """
    if not isinstance(item.id, str) or not item.id or len(item.id) > _LINE:
        raise ValueError("an item needs an id: a text of at most 2000 characters")
    item.id = clean(item.id)
    item.kind = Kind(item.kind or kind)
    for name in _LINES:
        if value := getattr(item, name):
            setattr(item, name, clean(value, _LINE))
    item.title = item.title or ""
    item.html = clean(item.html, _HTML) if item.html else ""
    item.text = clean(item.text or (plain(item.html) if item.html else ""), _TEXT)
    for name in _TIMES:
        if (when := getattr(item, name)) is not None:
            setattr(item, name, aware(when))
    _clean_people(item)
    kept = raw_text(record if item.raw is None else item.raw)
    item.raw = None
    return item, kept


def clean(value: object, limit: int = _LINE) -> str:
    """Return ``value`` as a string that every database takes, at most ``limit`` characters long."""
    text = str(value)[:limit]
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, as broken JSON and mail headers carry
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def aware(when: datetime) -> datetime | None:
    """Return a time in UTC; one without a zone is taken as UTC, one outside of the calendar is dropped."""
    if when.tzinfo is UTC:
        return when
    try:
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def raw_text(record: Any) -> str:
    """Return the record as text a person can read: JSON where it is not text already, cut at :data:`RAW`."""
    if isinstance(record, bytes):
        return clean(record[: 4 * RAW].decode("utf-8", "replace"), RAW)
    if isinstance(record, str):
        return clean(record, RAW)
    try:
        text = json.dumps(record, default=_shown, ensure_ascii=False, skipkeys=True)
    except (ValueError, RecursionError):  # a record that contains itself, or is nested without end
        text = str(type(record))
    return clean(text, RAW)


def _shown(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else str(value)


def _clean_people(item: Item) -> None:
    if isinstance(item.author, Person):
        item.author = _clean_person(item.author)
    elif item.author:
        item.author = clean(item.author)
    if item.people:
        item.people = tuple(map(_clean_person, item.people))
    if item.labels:
        item.labels = tuple(map(clean, item.labels))
    if item.attachments:
        item.attachments = tuple(
            replace(a, name=clean(a.name), type=clean(a.type), url=a.url and clean(a.url)) for a in item.attachments
        )


def _clean_person(person: Person) -> Person:
    name, address = clean(person.name or ""), clean(person.address or "")
    if name == person.name and address == person.address:
        return person
    return replace(person, name=name, address=address)
