"""What the board hands to a page: finished rows that need no further question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from pydantic import ValidationError

from connectors.kit.form import Field, Input
from dashboard.i18n import FALLBACK, Translator
from dashboard.ranking.census import EVERYTHING, Filter
from dashboard.ranking.reasons import Reason
from dashboard.ranking.standing import Place
from dashboard.relevance import Hours
from dashboard.store.records import Entry, Source


class Invalid(ValueError):
    """What a person entered cannot be used; the message says what and why, in English for a command.

    ``key`` is that of the sentence in every language and ``values`` are what it is filled in with. Where
    ``values`` have a ``fault``, that is the key of a sentence to stand in the place of ``told``.
    """

    def __init__(self, key: str, **values: object) -> None:
        self.key = f"invalid.{key}"
        self.values = values
        super().__init__(Translator(FALLBACK)(self.key, **values))

    @classmethod
    def of(cls, error: ValidationError) -> "Invalid":
        """Return what the first fault of some data is."""
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "–"
        return cls("unfit", place=place, told=first["msg"], fault=f"fault_of.{first['type']}")


class Refused(Exception):
    """A source did not do what a person asked for; ``failure`` names what the backend said, as health does."""

    def __init__(self, failure: str, detail: str = "") -> None:
        super().__init__(f"{failure}: {detail}" if detail else failure)
        self.failure = failure
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a list. ``count`` are the items of its conversation that stand behind it.

    ``place`` is where it stands now, None for what is older than every list.
    """

    entry: Entry
    source: str
    snippet: str
    count: int
    score: float
    why: Sequence[Reason]
    place: Place | None = None


Version: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """A line that always adds up: ``arrived`` is the sum of all the others."""

    shown: int
    held: int
    done: int
    snoozed: int
    muted: int

    @property
    def arrived(self) -> int:
        """Every item that reached the person in the window of the list."""
        return self.shown + self.held + self.done + self.snoozed + self.muted


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """The list of one person at one moment; ``rev`` grows when anything in it may have changed."""

    rows: Sequence[Row]
    waiting: int
    """Conversations in the chosen list, also those behind the last row shown."""
    listed: Sequence[int]
    """The items that stand for them, in the order of the list."""
    versions: Mapping[int, Version]
    """Those of this page in their order, each with what changes when its row does, but for what ages in it."""
    total: Sum
    kinds: Mapping[str, int]
    """How many of the chosen list are of each kind."""
    channels: Mapping[tuple[int, str], int]
    """How many of it are of each source and channel; ``""`` is no channel."""
    sources: Sequence[Source]
    rev: int
    hours: Hours | None = None
    """When the person works, None for always."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """When a person may be notified: only for what comes ``first``, and ``budget`` times a day; built in is never."""

    first: bool = False
    budget: int = 8


MOST_ALERTS = 50
"""The largest budget."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What a notification says of an item, and nothing beyond."""

    entry: int
    author: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One item in full. ``html`` is cleaned; ``raw`` is the record as the backend gave it.

    ``blocked`` is how many addresses elsewhere the item as delivered would have loaded something from.
    """

    entry: Entry
    source: str
    html: str
    thread: Sequence[Entry]
    why: Sequence[Reason]
    score: float
    place: Place | None
    actions: Sequence[str]
    raw: str
    blocked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The answer to a search: ranked rows, and what in the query could not be understood."""

    rows: Sequence[Row]
    total: int
    """How many hits there are, also those behind the last row; only the newest 2,000 are looked at."""
    problems: Sequence[str]
    listed: Sequence[int] = ()
    """The hits in their order, also those behind the last row."""
    cut: bool = False
    """Whether there are older hits that were not looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a test of a source's settings found.

    ``errors`` are per field (``""`` for none in particular), each a technical detail; ``faults`` name
    their kinds, to translate by: a type of pydantic's, or "again" for a secret that is needed once more.
    ``failure`` is the class name of the error of the backend, None where it answered; ``cause`` says more
    where it is known, one of :data:`connectors.kit.errors.CAUSES`.
    """

    errors: Mapping[str, str]
    faults: Mapping[str, str] = field(default_factory=dict)
    failure: str | None = None
    detail: str = ""
    cause: str = ""

    @property
    def ok(self) -> bool:
        """Whether the source can be saved as it is."""
        return not self.errors and self.failure is None

    @property
    def reason(self) -> str:
        """Why it cannot be saved, in one technical line; ``""`` where it can."""
        faults = [f"{name}: {text}" if name else text for name, text in self.errors.items()]
        return "; ".join(faults) or (f"{self.failure}: {self.detail}" if self.failure else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A connector that can be added, or one that is broken and why."""

    name: str
    kind: str
    summary: str
    broken: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """Whether the sync worker is alive: when it last said so, None for never."""

    last: datetime | None
    alive: bool


__all__ = [
    "EVERYTHING",
    "Field",
    "Filter",
    "Found",
    "Input",
    "Invalid",
    "Offer",
    "Opened",
    "Place",
    "Pulse",
    "Reason",
    "Refused",
    "Row",
    "Sum",
    "Today",
    "Tried",
]
