"""What crosses the border of the store: plain records, every time aware UTC."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from connectors.kit import Attachment, Importance, Item, Kind, Person


class Audience(StrEnum):
    """Who reads a source: the person who added it, the members of a group, or everyone."""

    PERSON = "person"
    GROUP = "group"
    EVERYONE = "everyone"


class Health(StrEnum):
    """What is known of a source: ``PAUSED`` waits for a person, all others go on by themselves."""

    NEW = "new"
    OK = "ok"
    FAILING = "failing"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Employee:
    """A person who uses Frontdesk; ``login`` is unique (a mail address or the subject of a claim).

    Who is ``blocked`` cannot log in.
    """

    id: int
    login: str
    name: str = ""
    language: str | None = None
    admin: bool = False
    blocked: bool = False
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One configured connector with its schedule and health; ``sealed`` are its encrypted secrets.

    ``every`` and ``retry`` are in seconds. ``failure`` is the class name of the last error while
    the source is not well, ``since`` when that began. ``done`` and ``total`` count the records of
    the running fetch; ``total`` is None where the backend does not say. ``keep_days`` is how long
    items are kept, None for what the settings say.
    """

    id: int
    owner: int | None
    connector: str
    title: str
    options: Mapping[str, Any]
    sealed: bytes | None = None
    audience: Audience = Audience.PERSON
    group: str | None = None
    muted: bool = False
    cursor: Any = field(default_factory=dict)
    health: Health = Health.NEW
    failure: str | None = None
    detail: str = ""
    failures: int = 0
    since: datetime | None = None
    every: float = 900.0
    due_at: datetime | None = None
    synced_at: datetime | None = None
    newest_at: datetime | None = None
    items: int = 0
    unreadable: int = 0
    done: int | None = None
    total: int | None = None
    keep_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What one person did with one item; None and False mean nothing yet."""

    seen_at: datetime | None = None
    done_at: datetime | None = None
    snoozed_until: datetime | None = None
    pinned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A stored item as one person sees it: the item, where it came from, and that person's mark.

    ``id`` grows with ``at``, the honest time of the item: its own date, but never later than the
    fetch that brought it.
    """

    id: int
    source: int
    at: datetime
    first_seen: datetime
    item: Item
    mark: Mark = Mark()


class Rev(NamedTuple):
    """How far what a person sees has come: ``rev`` grows with it, ``progress`` differs as sources are read.

    What a run brings raises ``rev``; that it runs, how far it is and that it ended with nothing new
    only changes ``progress``, which is a number to compare and no more.
    """

    rev: int
    progress: float


class Facts(NamedTuple):
    """What relevance reads of an item: one narrow row, loaded by the ten thousand.

    ``at`` and the other times are POSIX seconds. ``author`` is a lower-cased address, or the name
    where the backend gives no address; ``name`` is the author's as a profile writes it, ``""``
    where it is none or could be taken for an address. ``people`` are both of everybody, joined by newlines.
    ``thread`` and ``channel`` are unique within the source, ``""`` where there is none. ``flags``
    are the bits of :class:`Flag`. ``terms`` are the hashed words of title and text as packed
    32-bit integers (``dashboard.terms``). The last four are the person's own mark.
    """

    id: int
    rev: int
    source: int
    kind: str
    thread: str
    channel: str
    author: str
    name: str
    people: str
    reply_to: str
    key: str
    at: float
    due: float | None
    start: float | None
    end: float | None
    flags: int
    importance: int
    length: int
    terms: bytes
    gone: bool
    seen: float | None
    done: float | None
    snoozed: float | None
    pinned: bool


class Flag:
    """The bits of :attr:`Facts.flags`."""

    OWN = 1
    DIRECT = 2
    MENTION = 4
    BULK = 8
    AUTOMATED = 16
    QUESTION = 32
    UNREAD = 64
    FLAGGED = 128
    ANSWERED = 256
    DONE = 512
    ATTACHMENT = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    r"""One item that a search found; ``snippet`` marks what matched with ``\x02`` and ``\x03``."""

    id: int
    snippet: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Everything that one cursor commits together."""

    items: Sequence[tuple[Item, str]] = ()
    """Each item with its raw record as text."""
    gone: Sequence[str] = ()
    events: Sequence[Any] = ()
    """Changes, read markers and snapshots in their order."""
    cursor: Any = None
    unreadable: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a commit did: how many items were new, changed, the same as before, or gone."""

    new: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0


__all__ = [
    "Attachment",
    "Audience",
    "Batch",
    "Employee",
    "Entry",
    "Facts",
    "Flag",
    "Health",
    "Hit",
    "Importance",
    "Item",
    "Kind",
    "Mark",
    "Person",
    "Source",
    "Tally",
]
