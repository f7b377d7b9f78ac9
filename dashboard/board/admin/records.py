"""What the admin's rooms hand to a page or a command: finished rows without a secret."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from dashboard.store.administration import LastAdmin
from dashboard.store.records import Health, Source, Survey


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedSource:
    """A source for everyone (``source.group`` is None) or a group.

    ``source`` is without secrets and cursor. ``since`` is when its trouble began, None while it is
    well; ``lag`` is for how long it has been due, None where it is not.
    """

    source: Source
    since: datetime | None
    lag: timedelta | None

    @classmethod
    def of(cls, source: Source, *, now: datetime) -> "SharedSource":
        """Return a stored source as an admin sees it."""
        due = source.due_at if source.health is not Health.PAUSED else None
        lag = now - due if due and due < now else None
        return cls(source=replace(source, sealed=None, cursor={}), since=source.since, lag=lag)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerPulse:
    """A sync worker, with when it was last alive."""

    name: str
    seen_at: datetime
    alive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """How the whole is doing.

    ``survey`` has the figures: people, admins, blocked, items, ``size`` of the database in bytes,
    and ``personal``, the sources of people counted by connector. ``waiting`` is for how long the
    source that waits longest has been due, None where none waits.
    """

    survey: Survey
    shared: Sequence[SharedSource]
    workers: Sequence[WorkerPulse]
    waiting: timedelta | None

    @property
    def alive(self) -> int:
        """How many workers are alive."""
        return sum(worker.alive for worker in self.workers)


class Deed(StrEnum):
    """What a line of a list of people leads to."""

    ADD = "add"
    CHANGE = "change"
    SAME = "same"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a list of people.

    ``number`` counts as an editor does, from 1. ``changes`` has before and after by field.
    ``fault`` is a key (``login``, ``twice``, ``admin``, ``language``, ``columns``, ``keeper``,
    ``long``), ``""`` where the line is fine; ``told`` is what stands there.
    """

    number: int
    login: str
    deed: Deed
    changes: Mapping[str, tuple[Any, Any]]
    fault: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What a list of people would do, or did (``done``): nothing at all where one line is refused."""

    lines: Sequence[Line]
    done: bool = False

    @property
    def refused(self) -> Sequence[Line]:
        """The lines that cannot be used."""
        return [line for line in self.lines if line.deed is Deed.REFUSE]

    def count(self, deed: Deed) -> int:
        """Return how many lines lead to this."""
        return sum(line.deed is deed for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That nothing is kept about a person any more: rows by table before and after, and how long it took.

    ``shared`` are the sources they gave to others, which stay without an owner.
    """

    login: str
    at: datetime
    seconds: float
    before: Mapping[str, int]
    after: Mapping[str, int]
    shared: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something that a default can be given for; ``type`` says how its value is written.

    ``weights`` is an object of names with weights (0 is off), ``names`` a list of names, ``hours``
    an object with start, end, days and zone, ``choice`` one of ``choices``.
    """

    name: str
    type: str
    choices: Sequence[str] = ()


__all__ = ["Deed", "Import", "LastAdmin", "Line", "Overview", "Part", "Proof", "SharedSource", "WorkerPulse"]
