"""The one item that every channel is translated into, and the events of a fetch around it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any, TypeAlias


class Kind(StrEnum):
    """What an item is to the person who reads it, whatever backend it came from."""

    NEWS = "news"
    MAIL = "mail"
    CHAT = "chat"
    TASK = "task"
    EVENT = "event"
    FILE = "file"
    NOTE = "note"
    CALL = "call"
    SOCIAL = "social"


class Role(StrEnum):
    """What a person has to do with an item."""

    AUTHOR = "author"
    TO = "to"
    CC = "cc"
    MENTIONED = "mentioned"
    ASSIGNED = "assigned"
    ORGANIZER = "organizer"
    ATTENDEE = "attendee"


class Importance(IntEnum):
    """How important the sender says an item is; most say nothing."""

    LOW = -1
    NORMAL = 0
    HIGH = 1


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as the backend names them.

    ``address`` identifies the person there (a mail address, ``@ada:example.org``, a user id);
    ``name`` is what people read. Either may be empty, never both.
    """

    name: str = ""
    address: str = ""
    role: Role = Role.AUTHOR


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that hangs on an item: listed, never fetched by a sync. ``size`` is in bytes."""

    name: str
    type: str = "application/octet-stream"
    size: int | None = None
    url: str | None = None


@dataclass(slots=True, kw_only=True)
class Item:
    """One thing that reached a person: a mail, a message, an entry, a task, an appointment.

    Only ``id`` is required. It must be the same for the same thing at every fetch, and is
    unique within its source. Every time is an aware datetime; the engine stores UTC and never
    lets an item's own date put it in the future of the fetch that brought it.

    ``text`` is plain text and is what search and relevance read. ``html`` is the body as
    delivered, not to be trusted: it is cleaned each time it is shown. ``raw`` is the record
    as the backend gave it, kept for the person to look at; left empty, the engine keeps what
    ``fetch`` yielded.
    """

    id: str
    kind: Kind | None = None
    """None means the kind that the connector declares."""
    title: str = ""
    text: str = ""
    html: str = ""
    url: str | None = None

    author: Person | str | None = None
    people: tuple[Person, ...] = ()
    """Everybody else, each with a role: recipients, mentioned, assigned, attendees."""
    thread: str | None = None
    """Equal for all items of one conversation in this source."""
    reply_to: str | None = None
    """The ``id`` of the item that this one answers."""
    channel: str | None = None
    """The mailbox, list, room, project or section it was posted in, as people know it."""

    created: datetime | None = None
    updated: datetime | None = None
    received: datetime | None = None
    due: datetime | None = None
    start: datetime | None = None
    end: datetime | None = None

    own: bool = False
    """Written by the very person whose login reads the source."""
    direct: bool = False
    """Addressed to that person alone or in a small circle, not to a list or channel."""
    mention: bool = False
    """Names that person."""
    bulk: bool = False
    """Sent to many at once: a newsletter, a mailing list, an announcement."""
    automated: bool = False
    """Written by a machine: a notification, an auto-reply, a bot."""
    importance: Importance = Importance.NORMAL

    unread: bool | None = None
    """State at the source; None where the source keeps none."""
    flagged: bool | None = None
    answered: bool | None = None
    done: bool | None = None

    labels: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    raw: str | bytes | Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next fetch goes on; saved in one transaction with everything yielded before it.

    ``at`` is anything that JSON can hold. It comes back as ``run.cursor``.
    """

    at: Any


@dataclass(frozen=True, slots=True)
class Gone:
    """The item with this id no longer exists at the source."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """New state at the source of an item that was yielded in an earlier fetch; None leaves it be."""

    id: str
    unread: bool | None = None
    flagged: bool | None = None
    answered: bool | None = None
    done: bool | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """The read marker of a channel: its items up to ``until`` are read, later ones are not."""

    channel: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A full listing: items whose id begins with ``within`` and is not among ``ids`` are gone."""

    ids: Collection[str]
    within: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How many records a long fetch expects in all; the engine counts those that came."""

    total: int


@dataclass(frozen=True, slots=True)
class NotBefore:
    """The backend asks not to be polled again before this time (``Cache-Control``, ``ttl``)."""

    at: datetime


Event: TypeAlias = Cursor | Gone | Change | Read | Snapshot | Progress | NotBefore
"""What a fetch may yield beside raw records."""

Events: TypeAlias = Iterator[Any]
"""Raw records of any type, and :data:`Event` objects between them."""
