"""What the store says to an admin: names, counts and what was changed, nothing of what reaches anybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, TypeAlias

from dashboard.store.records.people import Employee
from dashboard.store.records.sources import Source


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
