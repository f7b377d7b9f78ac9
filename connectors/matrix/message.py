"""One Matrix event as an item."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from connectors.kit import Attachment, Item, Person, Role

ENCRYPTED = "Encrypted message"
MESSAGES = ("m.room.message", "m.room.encrypted", "m.sticker")
"""The types of event that become items."""
_FALLBACK = re.compile(r"\A(?:> .*(?:\n|\Z))+\n?")
_QUOTE = re.compile(r"<mx-reply>.*?</mx-reply>", re.DOTALL)
_FILES = frozenset(("m.image", "m.file", "m.audio", "m.video"))
_FORMAT = "org.matrix.custom.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A room as its reader, whose user id is ``me``, sees it."""

    id: str
    name: str
    direct: bool = False
    me: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What ``fetch`` yields for an event: the event, its room, and the names of the people in it."""

    event: Mapping[str, Any]
    place: Place
    names: Mapping[str, str] = field(default_factory=dict)
    unread: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What ``fetch`` yields for a room that somebody invites to; the server gives no date for it."""

    place: Place
    inviter: Person
    reason: str = ""


def sound(event: Any) -> bool:
    """Whether an event has what the specification says that each has, so that it can be placed."""
    return (
        isinstance(event, dict)
        and all(isinstance(event.get(name), str) for name in ("type", "sender", "event_id"))
        and isinstance(event.get("origin_server_ts"), int)
        and isinstance(event.get("content"), dict)
    )


def key(room: str, event: str) -> str:
    """Return the id of an item. Event ids are unique by themselves; the room is needed to answer."""
    return f"{room}/{event}"


def split(item: str) -> tuple[str, str]:
    """Return room and event of an item's id; the event is empty for an invitation."""
    room, _, event = item.partition("/$")
    return (room, f"${event}") if event else (item.partition("/")[0], "")


def relation(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return how an event relates to another, empty where it does not or says so in a broken way."""
    return _object(_object(event.get("content")).get("m.relates_to"))


def root_of(event: Mapping[str, Any]) -> str:
    """Return the event that a thread began with, ``""`` for the main timeline."""
    related = relation(event)
    return str(related.get("event_id") or "") if related.get("rel_type") == "m.thread" else ""


def replaced(event: Mapping[str, Any]) -> str:
    """Return the event that this one is an edit of, ``""`` for any other."""
    related = relation(event)
    return str(related.get("event_id") or "") if related.get("rel_type") == "m.replace" else ""


def replacement(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the newest edit that the server bundled with an event, empty where there is none."""
    bundled = _object(_object(_object(event.get("unsigned")).get("m.relations")).get("m.replace"))
    return bundled if bundled.get("sender") == event.get("sender") else {}


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def people_in(event: Mapping[str, Any]) -> list[str]:
    """Return the ids of the users whose names an event needs."""
    return [str(event.get("sender", "")), *_named(_content(event))]


def translate(record: Record) -> Item | None:
    """Return the item for a message, None for edits (they change another item) and redacted events."""
    event, place = record.event, record.place
    content = _content(event)
    encrypted = event["type"] == "m.room.encrypted"
    if event["type"] not in MESSAGES or replaced(event) or not (encrypted or "body" in content):
        return None
    sender, id_ = event["sender"], event["event_id"]
    own = sender == place.me
    named, everybody = _calls(content, record)
    edit = replacement(event)
    return Item(
        id=key(place.id, id_),
        text=ENCRYPTED if encrypted else _text(content, record.names.get(sender) or sender),
        html="" if encrypted else _html(content),
        url=f"https://matrix.to/#/{quote(place.id, safe='!:')}/{quote(id_, safe='$:')}",
        author=Person(record.names.get(sender, ""), sender),
        people=_people(record, own=own),
        thread=key(place.id, root_of(event) or id_),
        reply_to=_answered(event, place.id),
        channel=place.name,
        created=moment(event["origin_server_ts"]),
        updated=moment(edit["origin_server_ts"]) if edit else None,
        own=own,
        direct=place.direct,
        mention=not own and (named or everybody),
        bulk=everybody and not named,
        automated=content.get("msgtype") == "m.notice",
        unread=record.unread and not own,
        labels=("encrypted",) if encrypted else (),
        attachments=tuple(_attachments(content)),
        raw=event,
    )


def invitation(record: Invitation) -> Item:
    """Return the item for an invitation."""
    return Item(
        id=f"{record.place.id}/invitation",
        title=f"Invitation: {record.place.name}",
        text=record.reason,
        url=f"https://matrix.to/#/{quote(record.place.id, safe='!:')}",
        author=record.inviter,
        people=(Person(address=record.place.me, role=Role.TO),),
        channel=record.place.name,
        direct=True,
    )


def moment(milliseconds: float) -> datetime:
    """Return the time of an event, which servers give in milliseconds since 1970."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _content(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the content as last edited; the relation is always that of the first version."""
    edited = _object(replacement(event).get("content")).get("m.new_content")
    return _object(edited) or _object(event.get("content"))


def _text(content: Mapping[str, Any], sender: str) -> str:
    body = str(content["body"])
    if content.get("msgtype") == "m.emote":
        return f"{sender} {body}"
    if str(content.get("msgtype")) in _FILES and content.get("filename", body) == body:
        return ""  # the name of the file, which is shown as an attachment
    return _FALLBACK.sub("", body) if body.startswith("> <") else body


def _html(content: Mapping[str, Any]) -> str:
    if content.get("format") != _FORMAT:
        return ""
    return _QUOTE.sub("", str(content.get("formatted_body") or ""))


def _answered(event: Mapping[str, Any], room: str) -> str | None:
    related = relation(event)
    target = _object(related.get("m.in_reply_to")).get("event_id") or root_of(event)
    return key(room, str(target)) if target else None


def _named(content: Mapping[str, Any]) -> list[str]:
    mentions = content.get("m.mentions")
    found = mentions.get("user_ids") if isinstance(mentions, dict) else None
    return [user for user in found if isinstance(user, str)] if isinstance(found, list) else []


def _calls(content: Mapping[str, Any], record: Record) -> tuple[bool, bool]:
    """Tell whether a message names the reader, and whether it calls the whole room.

    ``m.mentions`` has the last word where it is given (Matrix 1.7); older clients only wrote the name.
    """
    mentions, me = content.get("m.mentions"), record.place.me
    if isinstance(mentions, dict):
        return me in _named(content), mentions.get("room") is True
    body = str(content.get("body") or "")
    called = {me, record.names.get(me) or me, me.removeprefix("@").partition(":")[0]}
    words = "|".join(re.escape(name) for name in called if name)
    found = bool(words) and re.search(rf"(?<!\w)(?:{words})(?!\w)", body, re.IGNORECASE) is not None
    return found, re.search(r"(?<!\w)@room(?!\w)", body) is not None


def _people(record: Record, *, own: bool) -> tuple[Person, ...]:
    me = record.place.me
    reader = (Person(record.names.get(me, ""), me, Role.TO),) if record.place.direct and not own else ()
    named = _named(_content(record.event))
    return (*reader, *(Person(record.names.get(user, ""), user, Role.MENTIONED) for user in named))


def _attachments(content: Mapping[str, Any]) -> Iterator[Attachment]:
    """Yield the file of a message; its address needs the token, so that none is given to the browser."""
    if str(content.get("msgtype")) not in _FILES:
        return
    info = _object(content.get("info"))
    size = info.get("size")
    yield Attachment(
        name=str(content.get("filename") or content.get("body") or "file"),
        type=str(info.get("mimetype") or "application/octet-stream"),
        size=size if isinstance(size, int) and size >= 0 else None,
    )
