"""One Slack message as an item, whether it came through the Web API or from an export."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from connectors.kit import Attachment, Item, Person, Role
from connectors.slack.text import broadcast, mentioned, plain

_TS = re.compile(r"\d{1,10}\.\d{1,6}")
QUIET = frozenset(
    (
        "bot_add",
        "bot_remove",
        "channel_archive",
        "channel_convert_to_private",
        "channel_join",
        "channel_leave",
        "channel_name",
        "channel_posting_permissions",
        "channel_purpose",
        "channel_topic",
        "channel_unarchive",
        "group_archive",
        "group_join",
        "group_leave",
        "group_name",
        "group_purpose",
        "group_topic",
        "group_unarchive",
        "pinned_item",
        "reminder_add",
        "tombstone",
        "unpinned_item",
    )
)
"""Subtypes that report what happened to a channel; nobody wrote them to anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The conversation a message stands in, as its reader sees it.

    ``me`` is the id of the reader, ``team`` the address of the workspace with a slash at its end.
    """

    id: str
    name: str
    direct: bool = False
    me: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What ``fetch`` yields for a message: the message, its place, and the names it needs.

    ``read`` is the read marker of its channel or thread as a Slack timestamp, None where unknown.
    """

    message: Mapping[str, Any]
    place: Place
    names: Mapping[str, str] = field(default_factory=dict)
    read: str | None = None


def moment(ts: str) -> datetime:
    """Return the time of a Slack timestamp (``"1503435956.000247"``: seconds and a counter)."""
    return datetime.fromtimestamp(float(ts), UTC)


def sound(message: Any) -> bool:
    """Whether a message has what everything else is found by: its time, and texts where ids belong."""
    if not isinstance(message, dict) or not all(
        isinstance(message.get(name, ""), str) for name in ("user", "thread_ts")
    ):
        return False
    times = (message.get("ts"), message.get("thread_ts", message.get("ts")))
    return all(isinstance(ts, str) and _TS.fullmatch(ts) for ts in times)


def key(channel: str, message: Mapping[str, Any]) -> str:
    """Return the id of an item: channel and time, with the thread between them for a reply.

    All replies of a thread share a prefix, so that one snapshot can tell which of them are gone.
    """
    ts, root = message["ts"], message.get("thread_ts")
    return f"{channel}/{root}/{ts}" if root and root != ts else f"{channel}/{ts}"


def people_in(message: Mapping[str, Any]) -> Iterator[str]:
    """Yield the ids of the users whose names a message needs."""
    if message.get("user") and not _display(message):
        yield message["user"]
    yield from mentioned(str(message.get("text") or ""))


def translate(record: Record) -> Item | None:
    """Return the item for a message, None for what only reports on the channel."""
    message, place = record.message, record.place
    if message.get("subtype") in QUIET:
        return None
    ts, root = message["ts"], message.get("thread_ts") or message["ts"]
    source = str(message.get("text") or "")
    named = mentioned(source)
    own = bool(place.me) and message.get("user") == place.me
    everybody = broadcast(source)
    edited = (message.get("edited") or {}).get("ts")
    return Item(
        id=key(place.id, message),
        text=_text(message, record.names),
        url=_link(place, ts, root),
        author=_author(message, record.names),
        people=_people(place, named, record.names, own=own),
        thread=f"{place.id}/{root}",
        reply_to=f"{place.id}/{root}" if root != ts else None,
        channel=place.name,
        created=moment(ts),
        updated=moment(edited) if edited else None,
        own=own,
        direct=place.direct,
        mention=not own and (everybody or place.me in named),
        bulk=everybody and place.me not in named,
        automated=_automated(message),
        unread=_unread(ts, own=own, read=record.read),
        attachments=tuple(_attachments(message)),
        raw=message,
    )


def _text(message: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Return the text; integrations often leave it empty and write into attachments or blocks."""
    text = plain(str(message.get("text") or ""), names)
    found = (plain(part, names) for part in _parts(message)) if not text.strip() else ()
    return text if text.strip() else "\n".join(part for part in found if part.strip())


def _parts(message: Mapping[str, Any]) -> Iterator[str]:
    for attachment in message.get("attachments") or ():
        told = [str(attachment[name]) for name in ("pretext", "title", "text") if attachment.get(name)]
        yield from told or [str(attachment.get("fallback") or "")]
    for block in message.get("blocks") or ():
        text = block.get("text")
        yield str(text.get("text", "") if isinstance(text, dict) else text or "")


def _display(message: Mapping[str, Any]) -> str:
    """Return the name that came with the message itself, as integrations and newer exports have it."""
    given = message.get("user_profile") or message.get("bot_profile")
    profile = given if isinstance(given, dict) else {}
    found = (message.get("username"), *(profile.get(field) for field in ("display_name", "real_name", "name")))
    return next((str(name) for name in found if name), "")


def _author(message: Mapping[str, Any], names: Mapping[str, str]) -> Person | None:
    address = str(message.get("user") or message.get("bot_id") or "")
    name = names.get(address) or _display(message)
    return Person(name=name, address=address) if name or address else None


def _people(place: Place, named: list[str], names: Mapping[str, str], *, own: bool) -> tuple[Person, ...]:
    mentions = [Person(names.get(user, ""), user, Role.MENTIONED) for user in named]
    to_me = place.direct and place.me and not own
    return (*([Person(names.get(place.me, ""), place.me, Role.TO)] if to_me else ()), *mentions)


def _automated(message: Mapping[str, Any]) -> bool:
    return message.get("subtype") == "bot_message" or bool(message.get("bot_id")) or message.get("user") == "USLACKBOT"


def _unread(ts: str, *, own: bool, read: str | None) -> bool | None:
    if own:
        return False
    return None if read is None else float(ts) > float(read)


def _link(place: Place, ts: str, root: str) -> str | None:
    """Return what ``chat.getPermalink`` would, without a request for every message."""
    if not place.team:
        return None
    link = f"{place.team}archives/{place.id}/p{ts.replace('.', '')}"
    return link if root == ts else f"{link}?thread_ts={root}&cid={place.id}"


def _attachments(message: Mapping[str, Any]) -> Iterator[Attachment]:
    for file in message.get("files") or ():
        if file.get("mode") in ("tombstone", "hidden_by_limit"):
            continue
        yield Attachment(
            name=str(file.get("name") or file.get("title") or file.get("id") or "file"),
            type=str(file.get("mimetype") or "application/octet-stream"),
            size=file.get("size"),
            url=file.get("permalink"),
        )
