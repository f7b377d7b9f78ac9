"""The admins' door of the store, with its guarantees in prose."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from dashboard.store.records import Account, Actor, AuditRecord, Default, Employee, Source, Survey


class LastAdmin(Exception):
    """Nobody would be left who may administer."""


class Administration(Protocol):
    """What admins do for others. Nothing here shows an item, a mark or a profile of anybody.

    Every method takes who acts first, and raises PermissionError where that is no admin or one who
    is blocked. What changes anything writes a row of the audit log in the same transaction.
    """

    def audit(
        self,
        actor: Actor,
        *,
        before: int | None = None,
        limit: int = 100,
        subject: str | None = None,
        verbs: Collection[str] | None = None,
    ) -> list[AuditRecord]:
        """Return the newest rows of the log, newest first, only those with a number below ``before``."""
        ...

    def note(self, actor: Actor, verb: str, subject: str, detail: Mapping[str, Any], *, now: datetime) -> None:
        """Write to the log what is no change of the database: a backup, an export."""
        ...

    def people(self, actor: Actor) -> list[Account]:
        """Return everybody, by login, with counts of what is theirs."""
        ...

    def groups(self, actor: Actor) -> dict[str, int]:
        """Return every group that anybody is in, with how many are."""
        ...

    def add_person(self, actor: Actor, login: str, *, now: datetime, **fields: Any) -> Employee | None:
        """Add a person with name, admin, groups and language; None where the login is taken."""
        ...

    def change_person(self, actor: Actor, person: int, *, now: datetime, **fields: Any) -> Employee | None:
        """Change name, admin, groups, language or blocked of a person; None where there is nobody.

        Blocking ends every login of theirs. Raises LastAdmin where nobody could administer then.
        """
        ...

    def bring_people(self, actor: Actor, rows: Sequence[tuple[str, Mapping[str, Any]]], *, now: datetime) -> None:
        """Add or change many people, by login, all of them or none. Raises LastAdmin."""
        ...

    def erase_person(self, actor: Actor, person: int, *, now: datetime) -> Employee | None:
        """Remove a person as ``Store.erase`` does; return who it was, None for nobody. Raises LastAdmin."""
        ...

    def held(self, actor: Actor, person: int) -> dict[str, int]:
        """Return how many rows of each table are about a person, or part of a source that is theirs alone."""
        ...

    def shared_sources(self, actor: Actor) -> list[Source]:
        """Return every source for a group or everyone, by title."""
        ...

    def add_shared(
        self,
        actor: Actor,
        *,
        seal: Callable[[int], bytes | None],
        now: datetime,
        group: str | None = None,
        **fields: Any,
    ) -> Source:
        """Add a source, due now, for a group or everyone; ``seal`` gives the encrypted secrets for its number."""
        ...

    def change_shared(self, actor: Actor, source: int, *, now: datetime, **fields: Any) -> Source | None:
        """Change a source that others read; None where there is none of that number."""
        ...

    def remove_shared(self, actor: Actor, source: int, *, now: datetime) -> Source | None:
        """Remove a source that others read, with all its items; return what it was."""
        ...

    def disown(self, actor: Actor, source: int, sealed: bytes | None) -> None:
        """Take the owner off a source that others read; ``sealed`` are its secrets, encrypted anew for no owner."""
        ...

    def survey(self, actor: Actor, *, now: datetime) -> Survey:
        """Return the whole house in figures."""
        ...

    def all_defaults(self, actor: Actor) -> list[Default]:
        """Return every default, those for everyone (group ``""``) first."""
        ...

    def set_default(self, actor: Actor, name: str, value: Any, *, group: str = "", now: datetime) -> None:
        """Give everyone or a group a value until they set their own; None takes it away."""
        ...
