"""The two doors of the store, with its guarantees in prose.

- Every method may be called from any thread, and from several processes at once.
- Every method either happens whole or not at all; after ``kill -9`` the last commit stands.
- Every method of :class:`Store` takes the person first and shows and touches only what that
  person may see: own sources, sources of the person's groups, sources for everyone.
- :class:`Engine` is for the sync worker alone; it sees every source and no person's marks.
- Every time is aware UTC. Every failure of the database itself is raised as ``StoreError``.
- ``rev`` grows with every commit that changes what the person sees, and a reader that has seen
  ``rev`` n never misses a later change with a smaller one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, Protocol

from dashboard.search import Query
from dashboard.store.administration import Administration
from dashboard.store.records import (
    Audience,
    Batch,
    Default,
    Employee,
    Entry,
    Facts,
    Health,
    HealthChange,
    Hit,
    Login,
    Mark,
    Rev,
    Source,
    Step,
    Tally,
    Trace,
)


class StoreError(Exception):
    """The database could not do what was asked: locked, full, read-only or out of reach."""


class LeaseLost(StoreError):
    """Another worker took the source over, or it was removed: nothing was written."""


class Engine(Protocol):
    """What the sync worker needs."""

    def claim(self, worker: str, *, now: datetime, until: datetime, limit: int) -> list[Source]:
        """Lease up to ``limit`` due sources to ``worker`` until that time, no source to two workers."""
        ...

    def claim_one(self, source: int, worker: str, *, now: datetime, until: datetime) -> Source | None:
        """Lease this very source whether due or not; None where another worker holds it."""
        ...

    def renew(self, source: int, worker: str, *, until: datetime) -> bool:
        """Hold a lease for longer; False where it was lost."""
        ...

    def commit(
        self, source: int, worker: str | None, batch: Batch, *, now: datetime, oldest: datetime | None = None
    ) -> Tally:
        """Write a batch and its cursor in one transaction. Raises LeaseLost where another worker took over.

        What is older than ``oldest`` and not there yet is left out, as :meth:`expire` would remove it.
        Without a worker no lease is needed: the visible effect of a person's action is saved at once.
        """
        ...

    def progress(self, source: int, *, done: int, total: int | None) -> None:
        """Say how far a running fetch is."""
        ...

    def settle(
        self,
        source: int,
        worker: str,
        *,
        now: datetime,
        health: Health,
        due_at: datetime | None,
        every: float,
        failure: str | None = None,
        detail: str = "",
        failures: int = 0,
    ) -> None:
        """End a run: write its outcome and give the lease back."""
        ...

    def rewind(self, *, now: datetime, lease: timedelta) -> int:
        """Make due what was read, or began to fail, in the future: the clock was wrong then. Return how many.

        A lease that ends later than any given now, for ``lease``, is over: whoever had it is gone.
        """
        ...

    def next_due(self) -> datetime | None:
        """Return when the next source is due, None where none is."""
        ...

    def seal(self, source: int, sealed: bytes, *, was: bytes | None = None) -> bool:
        """Replace the encrypted secrets of a source (a rotated token, a rotated key).

        With ``was``, only where they still are what they were; False where nothing was replaced.
        """
        ...

    def sealed(self) -> Iterable[tuple[int, int | None, bytes]]:
        """Yield source, owner and encrypted secrets of every source that has any."""
        ...

    def beat(self, worker: str, *, now: datetime) -> None:
        """Say that this worker is alive."""
        ...

    def purge(self, *, before: datetime) -> int:
        """Remove what was gone from its source before that time with every mark on it; return how many items."""
        ...

    def expire(self, *, now: datetime, days: int) -> int:
        """Remove the items that are older than their source keeps them; return how many.

        ``days`` is for sources without ``keep_days``; 0 keeps everything. What somebody has pinned or
        put off, what is still to come and tasks that are not done stay.
        """
        ...

    def forget(self, *, steps_before: datetime, health_before: datetime) -> int:
        """Remove what can be taken back, and how sources were doing, from before these times; return how many rows."""
        ...


class Store(Protocol):
    """What one person can see and do."""

    engine: Engine
    admin: Administration

    def close(self) -> None:
        """Let go of every connection; the store may be used again afterwards."""
        ...

    def employees(self) -> list[Employee]:
        """Return everybody; the one method without a person, for the login and for admins."""
        ...

    def employee(self, who: int | str) -> Employee | None:
        """Return the person with this id or this login, None where there is none."""
        ...

    def enroll(
        self,
        login: str,
        *,
        name: str = "",
        admin: bool = False,
        groups: Iterable[str] = (),
        language: str | None = None,
    ) -> Employee:
        """Add the person with this login or bring their name, role and groups up to date."""
        ...

    def open_login(
        self,
        person: int,
        key: str,
        *,
        device: str,
        now: datetime,
        subject: str | None = None,
        session: str | None = None,
        hint: bytes | None = None,
    ) -> Login:
        """Keep that a person is logged in with a browser; where ``key`` is known already it is that login anew.

        ``subject`` and ``session`` are by what :meth:`end_provided` finds it, ``hint`` what :meth:`login_hint` returns.
        """
        ...

    def find_logins(self, keys: Iterable[str]) -> list[Login]:
        """Return the logins with these keys, without those of people who are blocked: who asks is not known yet."""
        ...

    def logins(self, person: int) -> list[Login]:
        """Return where a person is logged in, the last used first."""
        ...

    def login_hint(self, key: str) -> bytes | None:
        """Return what was kept with a login for its provider."""
        ...

    def see_login(self, key: str, *, now: datetime) -> None:
        """Say that a login was used."""
        ...

    def end_logins(self, person: int, *, only: str | None = None, but: str | None = None) -> int:
        """End every login of a person, ``only`` one or all ``but`` one; return how many there were."""
        ...

    def end_provided(self, subject: str | None, session: str | None) -> int:
        """End what the provider opened for a person, or in one session of its own; return how many there were."""
        ...

    def expire_logins(self, *, opened_before: datetime, seen_before: datetime) -> int:
        """Remove every login opened or last used before these times; return how many there were."""
        ...

    def add_source(
        self,
        person: int,
        *,
        connector: str,
        title: str,
        options: Mapping[str, Any],
        every: float,
        due_at: datetime | None,
        audience: Audience = Audience.PERSON,
        group: str | None = None,
        seal: Callable[[int], bytes | None] = ...,
    ) -> Source:
        """Add a source due at ``due_at``; ``seal`` gives the encrypted secrets for its number, by default none.

        Raises PermissionError where only an admin may choose that audience.
        """
        ...

    def sources(self, person: int) -> list[Source]:
        """Return every source the person reads, by title."""
        ...

    def source(self, person: int, source: int) -> Source | None:
        """Return one source, None where the person may not see it."""
        ...

    def change_source(
        self, person: int, source: int, *, step: Step | None = None, now: datetime | None = None, **fields: Any
    ) -> Source | None:
        """Change title, options, sealed, audience, group, health, due_at, every or keep_days of a source.

        Their own source may be edited by its owner alone, one with a wider audience by admins. Everybody
        may set ``muted``, for themselves, on every source they read. Returns None where the person
        may not. Raises PermissionError where the audience is to become one for admins alone.
        """
        ...

    def remove_source(self, person: int, source: int) -> bool:
        """Remove a source with all its items and every mark on them."""
        ...

    def health_log(self, person: int, source: int, *, since: datetime) -> list[HealthChange]:
        """Return how a source that the person reads was doing, oldest first, beginning with how it was at ``since``."""
        ...

    def defaults(self, person: int) -> list[Default]:
        """Return what the person is given, as everyone and in their groups, those for everyone (``""``) first."""
        ...

    def together(self) -> AbstractContextManager[None]:
        """Let everything that this thread reads meanwhile see one state of the store, in one transaction.

        What is written meanwhile is not seen before the end.
        """
        ...

    def rev(self, person: int) -> int:
        """Return the newest revision; cheap, so that a page may ask often."""
        ...

    def stamp(self) -> str:
        """Return a text that differs from the last one where anything at all was written meanwhile.

        Made to be asked several times a second, by one who asks: it costs nothing beside a query.
        """
        ...

    def revs(self, people: Iterable[int]) -> dict[int, Rev]:
        """Return the newest revision of each of these people in one query, without those who are not there."""
        ...

    def facts(self, person: int, *, after: int = 0, since: datetime | None = None) -> list[Facts]:
        """Return the facts of every visible item with a revision above ``after``, also those now gone.

        Without ``after`` those that are gone are left out. The items of a source that was removed
        or is no longer shared are not reported: ``rev`` grows and ``sources`` lacks it.
        """
        ...

    def entries(self, person: int, ids: Sequence[int]) -> list[Entry]:
        """Return these items in this order, leaving out what the person may not see."""
        ...

    def title(self, person: int, entry: int) -> str | None:
        """Return the title of an item, None where it is gone or another's."""
        ...

    def raw(self, person: int, entry: int) -> str | None:
        """Return the record as the backend gave it."""
        ...

    def thread(self, person: int, entry: int) -> list[Entry]:
        """Return the conversation that an item belongs to, oldest first."""
        ...

    def search(self, person: int, query: Query, *, limit: int = 500, snippets: int = 50) -> list[Hit]:
        """Return the newest items that match, newest first, held and done ones included.

        Only the first ``snippets`` hits have a snippet; :func:`dashboard.search.snippet` makes any other.
        """
        ...

    def mark(
        self, person: int, entries: Sequence[int], *, step: Step | None = None, again: bool = True, **fields: Any
    ) -> dict[int, Mark]:
        """Set ``seen_at``, ``done_at``, ``snoozed_until`` or ``pinned``; return the marks as they were before.

        With a ``step`` it can be taken back, in the same transaction; what changes nothing is no step.
        Without ``again`` what has such marks already keeps them as they are.
        """
        ...

    def document(self, person: int, name: str) -> Any:
        """Return a named JSON document of the person (their profile), None where there is none."""
        ...

    def keep(self, person: int, name: str, value: Any, *, step: Step | None = None) -> None:
        """Write a named JSON document of the person; None removes it. With a ``step`` it can be taken back."""
        ...

    def steps(self, person: int, *, limit: int = 1) -> list[Step]:
        """Return what the person did last and can take back, the newest first; the last 50 steps are kept."""
        ...

    def undo(self, person: int) -> Step | None:
        """Take back the newest step and forget it: only the fields it changed, and only of items still there.

        None where there is nothing to take back. Two at once take back two steps.
        """
        ...

    def traces(self, person: int) -> dict[str, Trace]:
        """Count what the person left behind: ``seen_at done_at snoozed_until pinned``, and ``steps`` to take back."""
        ...

    def forget_seen(self, person: int) -> int:
        """Forget which items the person looked at; return of how many."""
        ...

    def speak(self, person: int, language: str | None) -> None:
        """Set the language of the person's page; None follows their browser."""
        ...

    def workers(self) -> list[tuple[str, datetime]]:
        """Return every sync worker with the time it was last alive."""
        ...

    def export(self, person: int) -> Iterable[Mapping[str, Any]]:
        """Yield everything kept about a person as JSON-ready records, without secrets."""
        ...

    def erase(self, person: int) -> None:
        """Remove a person with their sources, items, marks and documents.

        Raises LastAdmin where others are left, and none of them an admin.
        """
        ...
