"""What the store says of items: as one person sees them, as the ranking reads them, and as a run brings them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from connectors.kit import Item


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
