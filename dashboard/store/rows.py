"""An item as the rows it is kept in, and back."""

import json
from datetime import UTC, datetime
from typing import Any, NamedTuple

from connectors.kit import Attachment, Importance, Item, Kind, Person, Role
from dashboard.store.decision import content_hash
from dashboard.store.records import Flag
from dashboard.terms import pack_terms

_STATES = ("unread", "flagged", "answered", "done")
_STATE_FLAGS = (Flag.UNREAD, Flag.FLAGGED, Flag.ANSWERED, Flag.DONE)
_KNOWN = dict(zip((None, False, True), range(3), strict=True))
_TIMES = ("created", "updated", "received", "due", "start", "end")
_PLAIN = ("url", "thread", "reply_to", "channel")
_BITS = {
    "own": Flag.OWN,
    "direct": Flag.DIRECT,
    "mention": Flag.MENTION,
    "bulk": Flag.BULK,
    "automated": Flag.AUTOMATED,
}
_KINDS = {kind.value: kind for kind in Kind}
_ROLES = {role.value: role for role in Role}


class Fetched(NamedTuple):
    """An item on its way in: what identifies and compares it, and its JSON."""

    key: str
    item: Item
    raw: str
    data: str
    hash: int
    state: int


def clean(text: str | None) -> str:
    """Return a text without what a database cannot keep: NUL and halves of surrogate pairs."""
    if not text:
        return ""
    if "\0" in text:
        text = text.replace("\0", "")
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return text


def fetched(item: Item, raw: str) -> Fetched:
    """Prepare an item for the comparison with what is known of it."""
    data = _data(item)
    state = pack_state(item.unread, item.flagged, item.answered, item.done)
    return Fetched(clean(item.id), item, raw, data, content_hash(item.title, item.text, item.html, data), state)


def pack_state(*states: bool | None) -> int:
    """Return unread, flagged, answered and done as two bits each: nothing known, no, yes."""
    unread, flagged, answered, done = states
    return _KNOWN[unread] | _KNOWN[flagged] << 2 | _KNOWN[answered] << 4 | _KNOWN[done] << 6


def unpack_state(state: int) -> tuple[bool | None, ...]:
    """Return unread, flagged, answered and done."""
    return tuple((None, False, True)[state >> shift & 3] for shift in (0, 2, 4, 6))


def state_flags(state: int) -> int:
    """Return the bits of :class:`Flag` that a state sets."""
    return sum(flag for value, flag in zip(unpack_state(state), _STATE_FLAGS, strict=True) if value)


ALL_STATE_FLAGS = sum(_STATE_FLAGS)


def moment(item: Item, now: float) -> float:
    """Return the honest time of an item: its own date, but never later than the fetch and never before 1970."""
    own = item.received or item.created or item.updated
    return now if own is None else min(max(own.timestamp(), 0.0), now)


def entry_row(new: Fetched, *, now: float) -> dict[str, Any]:
    """Return what the table of entries holds of an item, but its id, source and revision."""
    item = new.item
    author, people = _names(item)
    flags = sum(bit for name, bit in _BITS.items() if getattr(item, name)) | state_flags(new.state)
    if item.attachments:
        flags |= Flag.ATTACHMENT
    if "?" in item.title or "?" in item.text[:4000]:
        flags |= Flag.QUESTION
    return {
        "key": new.key,
        "hash": new.hash,
        "state": new.state,
        "gone": False,
        "gone_at": None,
        "kind": (item.kind or Kind.NEWS).value,
        "at": moment(item, now),
        "due": item.due and item.due.timestamp(),
        "start": item.start and item.start.timestamp(),
        "end": item.end and item.end.timestamp(),
        "flags": flags,
        "importance": int(item.importance),
        "length": len(item.text),
        "thread": clean(item.thread),
        "channel": clean(item.channel),
        "author": clean((author.address or author.name).lower()),
        "name": clean(_called(author)),
        "reply_to": clean(item.reply_to),
        "people": clean("\n".join(dict.fromkeys(name for person in people for name in _known_as(person)))),
        "terms": pack_terms(item.title, item.text),
    }


def body_row(new: Fetched) -> dict[str, Any]:
    """Return what the table of bodies holds of an item, but its id."""
    item = new.item
    author, people = _names(item)
    labels = (*item.labels, *(attachment.name for attachment in item.attachments))
    return {
        "title": clean(item.title),
        "author": clean(f"{author.name} {author.address}"),
        "people": clean("\n".join(f"{person.name} {person.address}" for person in people)),
        "channel": clean(item.channel),
        "labels": clean("\n".join(labels)),
        "text": clean(item.text),
        "data": new.data,
        "html": clean(item.html),
        "raw": clean(new.raw),
    }


def _names(item: Item) -> tuple[Person, tuple[Person, ...]]:
    author = item.author
    return (author if isinstance(author, Person) else Person(name=author or "")), item.people


def _called(person: Person) -> str:
    """Return a name as profiles write it, ``""`` for one that could be taken for somebody's address."""
    return "" if "@" in person.name else " ".join(person.name.casefold().split())


def _known_as(person: Person) -> tuple[str, ...]:
    address, name = (person.address or person.name).lower(), _called(person)
    return (address, name) if name else (address,)


def _data(item: Item) -> str:
    """Return what has no column of its own as JSON, without anything empty."""
    data: dict[str, Any] = {name: getattr(item, name) for name in (*_PLAIN, *_BITS)}
    data["kind"] = item.kind and item.kind.value
    data["author"] = _person(item.author) if isinstance(item.author, Person) else item.author
    data["people"] = [_person(person) for person in item.people]
    data["importance"] = int(item.importance)
    data["labels"] = item.labels
    data["attachments"] = [(file.name, file.type, file.size, file.url) for file in item.attachments]
    kept: dict[str, Any] = {name: value for name, value in data.items() if value}
    for name in _TIMES:
        if (time := getattr(item, name)) is not None:
            kept[name] = time.timestamp()  # midnight of 1970 is 0 and not empty
    return json.dumps(kept | {"id": item.id})


def _person(person: Person) -> tuple[str, str, str]:
    return person.name, person.address, person.role.value


def _as_person(values: list[str]) -> Person:
    name, address, role = values
    return Person(name, address, _ROLES[role])


def item_from(*, title: str, text: str, html: str, data: str, state: int) -> Item:
    """Return the item that was kept."""
    fields: dict[str, Any] = json.loads(data)
    for name in _TIMES:
        if name in fields:
            fields[name] = datetime.fromtimestamp(fields[name], UTC)
    if "kind" in fields:
        fields["kind"] = _KINDS[fields["kind"]]
    if isinstance(fields.get("author"), list):
        fields["author"] = _as_person(fields["author"])
    if "people" in fields:
        fields["people"] = tuple(map(_as_person, fields["people"]))
    if "importance" in fields:
        fields["importance"] = Importance(fields["importance"])
    if "labels" in fields:
        fields["labels"] = tuple(fields["labels"])
    if "attachments" in fields:
        fields["attachments"] = tuple(Attachment(*values) for values in fields["attachments"])
    fields |= zip(_STATES, unpack_state(state), strict=True)
    return Item(title=title, text=text, html=html, **fields)
