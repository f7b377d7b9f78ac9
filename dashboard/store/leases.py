"""What the sync worker does: lease sources, commit what they bring, settle how it went."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from dashboard.store.commit import Commit
from dashboard.store.database import next_rev
from dashboard.store.health import write_health
from dashboard.store.records import Batch, Health, Source, Tally
from dashboard.store.retention import Retention
from dashboard.store.schema import entries, sources, workers
from dashboard.store.sources import as_source

_FORGOTTEN = timedelta(days=7)
"""After which a worker that is gone is no longer listed."""

# A settled run is the most frequent write of all; statements made once cost a third of ones made anew.
_before = sa.select(sources.c.health, sources.c.failure, sources.c.since, sources.c.synced_at).where(
    sources.c.id == sa.bindparam("_source"), sources.c.leased_by == sa.bindparam("_worker")
)
_OUTCOME = ("health", "due_at", "every", "failure", "detail", "failures", "since", "synced_at")
_settled = (
    sources.update()
    .where(sources.c.id == sa.bindparam("_source"))
    .values({name: sa.bindparam(name) for name in _OUTCOME})
    .values(leased_by=None, leased_until=None, done=None, total=None)
)


class Leases(Retention):
    """The worker's door."""

    def claim(self, worker: str, *, now: datetime, until: datetime, limit: int) -> list[Source]:
        due = (
            sa.select(sources.c.id)
            .where(sources.c.due_at <= now, sources.c.health != Health.PAUSED.value, _free(now))
            .order_by(sources.c.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return self._lease(sources.c.id.in_(due), worker, until)

    def claim_one(self, source: int, worker: str, *, now: datetime, until: datetime) -> Source | None:
        held = sa.or_(_free(now), sources.c.leased_by == worker)
        return next(iter(self._lease(sa.and_(sources.c.id == source, held), worker, until)), None)

    def _lease(self, which: sa.ColumnElement[bool], worker: str, until: datetime) -> list[Source]:
        lease = {"leased_by": worker, "leased_until": until, "done": None, "total": None, "unreadable": 0}
        statement = sources.update().where(which).values(lease).returning(*sources.c)
        with self._database.writing() as connection:
            rows = connection.execute(statement).mappings().all()
        return sorted(map(as_source, rows), key=lambda source: (source.due_at is None, source.due_at, source.id))

    def renew(self, source: int, worker: str, *, until: datetime) -> bool:
        statement = sources.update().where(_held(source, worker)).values(leased_until=until)
        with self._database.writing() as connection:
            return connection.execute(statement).rowcount == 1

    def commit(
        self, source: int, worker: str | None, batch: Batch, *, now: datetime, oldest: datetime | None = None
    ) -> Tally:
        with self._database.writing() as connection:
            return Commit(connection, self._database.dialect, source, now, oldest).write(batch, worker)

    def progress(self, source: int, *, done: int, total: int | None) -> None:
        with self._database.writing() as connection:
            connection.execute(sources.update().where(sources.c.id == source).values(done=done, total=total))

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
        with self._database.writing() as connection:
            before = connection.execute(_before, {"_source": source, "_worker": worker}).one_or_none()
            if before is None:
                return
            if before.health == Health.PAUSED.value:  # a person did that meanwhile, and means it
                health, due_at = Health.PAUSED, None
            values = {
                "_source": source,
                "health": health.value,
                "due_at": due_at,
                "every": every,
                "failure": failure,
                "detail": detail,
                "failures": failures,
                "since": None if failure is None else before.since or now,
                "synced_at": now if failure is None else before.synced_at,
            }
            connection.execute(_settled, values)
            if (health.value, failure) != (before.health, before.failure):  # its readers see how it is
                write_health(connection, source, now, health.value, failure)
                connection.execute(sources.update().where(sources.c.id == source).values(rev=next_rev(connection)))

    def rewind(self, *, now: datetime, lease: timedelta) -> int:
        held = sources.c.leased_until > now + 2 * lease
        ahead = sa.or_(held, sources.c.synced_at > now, sources.c.since > now)
        with self._database.writing() as connection:
            late = connection.execute(sources.update().where(ahead, sources.c.due_at > now).values(due_at=now)).rowcount
            connection.execute(sources.update().where(held).values(leased_by=None, leased_until=None))
            return late

    def next_due(self) -> datetime | None:
        query = sa.select(sa.func.min(sources.c.due_at, type_=sources.c.due_at.type)).where(
            sources.c.health != Health.PAUSED.value, sources.c.leased_by.is_(None)
        )
        with self._database.reading() as connection:
            due: datetime | None = connection.execute(query).scalar()
            return due

    def seal(self, source: int, sealed: bytes, *, was: bytes | None = None) -> bool:
        unchanged = sa.true() if was is None else sources.c.sealed == was
        with self._database.writing() as connection:
            statement = sources.update().where(sources.c.id == source, unchanged).values(sealed=sealed)
            return connection.execute(statement).rowcount == 1

    def sealed(self) -> Iterable[tuple[int, int | None, bytes]]:
        query = sa.select(sources.c.id, sources.c.owner, sources.c.sealed).where(sources.c.sealed.is_not(None))
        with self._database.reading() as connection:
            return [(row.id, row.owner, row.sealed) for row in connection.execute(query)]

    def beat(self, worker: str, *, now: datetime) -> None:
        with self._database.writing() as connection:
            updated = connection.execute(workers.update().where(workers.c.name == worker).values(seen_at=now))
            if not updated.rowcount:
                connection.execute(workers.delete().where(workers.c.seen_at < now - _FORGOTTEN))
                connection.execute(workers.insert().values(name=worker, seen_at=now))

    def purge(self, *, before: datetime) -> int:
        old = sa.and_(entries.c.gone, entries.c.gone_at < before.timestamp())
        with self._database.writing() as connection:
            return connection.execute(entries.delete().where(old)).rowcount


def _free(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(sources.c.leased_by.is_(None), sources.c.leased_until <= now)


def _held(source: int, worker: str) -> sa.ColumnElement[bool]:
    return sa.and_(sources.c.id == source, sources.c.leased_by == worker)
