"""What the store says of sources: who reads them, how they are configured, and how they are doing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


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
class HealthChange:
    """How a source was from then on; ``failure`` is the class name of an error, None while it is well."""

    at: datetime
    health: Health
    failure: str | None = None
