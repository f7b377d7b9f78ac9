"""What crosses the border of the store: plain records, every time aware UTC."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum
from typing import Any, NamedTuple, TypeAlias

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
class Login:
    """One browser that a person is logged in with; ``key`` is a hash of what the browser holds.

    ``device`` is the browser and the system in words. ``seen_at`` is exact to a minute.
    """

    key: str
    person: int
    opened_at: datetime
    seen_at: datetime
    device: str


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
class Step:
    """One thing that a person did and can take back: what, when, and with which items.

    ``subject`` names what it was about where that is no item: a muted person, a channel, a source.
    """

    verb: str
    at: datetime
    subject: str = ""
    entries: Sequence[int] = ()
    id: int = 0


class Trace(NamedTuple):
    """How many items a person has marked in one way, and when they began to; None where no time is kept."""

    times: int
    since: datetime | None


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


class Operator(Enum):
    """Who sits at the command line: no person, but has the database at hand anyway."""

    COMMAND_LINE = "operator (command line)"


OPERATOR = Operator.COMMAND_LINE
Actor: TypeAlias = int | Operator
"""Who changes something for others: an admin by number, or the operator."""

KEEPER = "frontdesk"
"""The login that keeps the sources of the settings folder; nobody can log in with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person as an admin sees them: names and counts, nothing of what reaches them.

    ``sources``, ``failing`` and ``items`` count the sources that are theirs alone. ``seen_at`` is
    when a login of theirs was last used, None where there is none; ``devices`` counts them.
    """

    employee: Employee
    sources: int = 0
    failing: int = 0
    items: int = 0
    devices: int = 0
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """One change by an admin: who (a login) did what (``verb``, like ``person.block``) to whom or what.

    ``detail`` is JSON-ready and holds before and after, never a secret.
    """

    id: int
    at: datetime
    actor: str
    verb: str
    subject: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthChange:
    """How a source was from then on; ``failure`` is the class name of an error, None while it is well."""

    at: datetime
    health: Health
    failure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Default:
    """A value that everyone (``group`` is ``""``) or a group is given until a person sets their own."""

    group: str
    name: str
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorHealth:
    """The personal sources of one connector, counted: an admin sees no more of them.

    ``failures`` counts them by the class name of their error. ``synced_at`` is when one of them
    was last read without an error.
    """

    connector: str
    sources: int
    failing: int
    paused: int
    items: int
    failures: Mapping[str, int]
    synced_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The whole house in figures. ``size`` is that of the database in bytes.

    ``waiting_since`` is when the source that waits longest was due, None where none waits.
    """

    people: int
    admins: int
    blocked: int
    items: int
    size: int
    shared: Sequence[Source]
    personal: Sequence[ConnectorHealth]
    workers: Sequence[tuple[str, datetime]]
    waiting_since: datetime | None = None


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
    "KEEPER",
    "OPERATOR",
    "Account",
    "Actor",
    "Attachment",
    "Audience",
    "AuditRecord",
    "Batch",
    "ConnectorHealth",
    "Default",
    "Employee",
    "Entry",
    "Facts",
    "Flag",
    "Health",
    "HealthChange",
    "Hit",
    "Importance",
    "Item",
    "Kind",
    "Mark",
    "Operator",
    "Person",
    "Source",
    "Step",
    "Survey",
    "Tally",
    "Trace",
]
