"""What an admin does for others: people, sources for everyone, defaults, the log, and the health of the whole.

Every method takes first who acts and raises PermissionError with a sentence where that is no admin.
None shows an item, a mark, an order or a profile of anybody: an admin sees names, counts and health.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from dashboard.board.admin.defaults import Defaults
from dashboard.board.admin.people import People
from dashboard.board.admin.records import Import, LastAdmin, Line, Overview, Part, Proof, SharedSource, WorkerPulse
from dashboard.board.admin.sources import Sources
from dashboard.board.sources import ALIVE
from dashboard.connection import Connections
from dashboard.store.protocol import Store
from dashboard.store.records import OPERATOR, Actor, AuditRecord


class Admin:
    """The admin's rooms: ``people``, ``sources`` and ``defaults``; the log and the health stand here."""

    def __init__(
        self, store: Store, connections: Connections, forget: Callable[[int], None], clock: Callable[[], datetime]
    ) -> None:
        self.people = People(store, connections, forget, clock)
        self.sources = Sources(store, connections, clock)
        self.defaults = Defaults(store, clock)
        self._store = store
        self._clock = clock

    def log(
        self,
        me: Actor,
        *,
        before: int | None = None,
        limit: int = 100,
        subject: str | None = None,
        verbs: Collection[str] | None = None,
    ) -> list[AuditRecord]:
        """Return the newest changes by admins, newest first; ``before`` is the number of the last one seen.

        ``verbs`` are some of :data:`VERBS`; ``subject`` is a login, ``Title (#number)`` or ``part (group)``.
        """
        return self._store.admin.audit(me, before=before, limit=limit, subject=subject, verbs=verbs)

    def note(self, me: Actor, verb: str, subject: str, detail: Mapping[str, Any]) -> None:
        """Write to the log what is no change of the database: a backup, an export, a new key."""
        self._store.admin.note(me, verb, subject, detail, now=self._clock())

    def health(self, me: Actor) -> Overview:
        """Return how the whole is doing."""
        now = self._clock()
        survey = self._store.admin.survey(me, now=now)
        shared = [SharedSource.of(source, now=now) for source in survey.shared]
        return Overview(
            survey=replace(survey, shared=[one.source for one in shared]),
            shared=shared,
            workers=[WorkerPulse(name=name, seen_at=at, alive=now - at < ALIVE) for name, at in survey.workers],
            waiting=now - survey.waiting_since if survey.waiting_since else None,
        )


VERBS = (
    "person.add",
    "person.change",
    "person.block",
    "person.unblock",
    "person.erase",
    "person.export",
    "person.sign_in",
    "person.sign_out",
    "source.add",
    "source.change",
    "source.pause",
    "source.resume",
    "source.remove",
    "default.set",
    "default.unset",
    "backup",
    "restore",
    "vault.rotate",
)
"""Every verb of the log."""

__all__ = [
    "OPERATOR",
    "VERBS",
    "Actor",
    "Admin",
    "AuditRecord",
    "Import",
    "LastAdmin",
    "Line",
    "Overview",
    "Part",
    "Proof",
    "SharedSource",
    "WorkerPulse",
]
