"""What the store says of people: who they are, and in which browsers they are logged in."""

from dataclasses import dataclass
from datetime import datetime


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
