"""Sources for everyone or a group as admins look after them, and the personal ones as mere counts."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dashboard.store import audit
from dashboard.store.database import Topic, possible
from dashboard.store.records import KEEPER, Actor, Audience, ConnectorHealth, Health, Source, Survey
from dashboard.store.schema import employees, sources, workers
from dashboard.store.sources import COLUMNS, as_source, delete_source, insert_source, update_source

_SHARED = sources.c.audience != Audience.PERSON.value
_PERSONAL = sources.c.audience == Audience.PERSON.value


class Shared(Topic):
    """What an admin does with sources that others read. They have no owner: nobody acts in them."""

    def shared_sources(self, actor: Actor) -> list[Source]:
        with self._database.reading() as connection:
            audit.login_of(connection, actor)
            return _shared(connection)

    def add_shared(
        self,
        actor: Actor,
        *,
        seal: Callable[[int], bytes | None],
        now: datetime,
        group: str | None = None,
        **fields: Any,
    ) -> Source:
        audience = Audience.GROUP if group else Audience.EVERYONE
        with self._database.writing() as connection:
            who = audit.login_of(connection, actor)
            made = insert_source(
                connection, audience=audience, group=group, owner=None, due_at=now, seal=seal, **fields
            )
            audit.write_source(connection, who, None, made, now=now)
            return made

    def change_shared(self, actor: Actor, source: int, *, now: datetime, **fields: Any) -> Source | None:
        with self._database.writing() as connection:
            who, before = audit.login_of(connection, actor), _locked(connection, source)
            if before is None:
                return None
            if Audience(fields.get("audience", before.audience)) is Audience.PERSON:
                raise ValueError("a source that others read stays one")
            after = update_source(connection, before, fields, now=now)
            audit.write_source(connection, who, before, after, now=now)
            return after

    def remove_shared(self, actor: Actor, source: int, *, now: datetime) -> Source | None:
        with self._database.writing() as connection:
            who, before = audit.login_of(connection, actor), _locked(connection, source)
            if before is not None:
                delete_source(connection, before)
                audit.write_source(connection, who, before, None, now=now)
            return before

    def disown(self, actor: Actor, source: int, sealed: bytes | None) -> None:
        which = sa.and_(_SHARED, sources.c.id.in_(possible((source,))))
        with self._database.writing() as connection:
            audit.login_of(connection, actor)
            connection.execute(sources.update().where(which).values(owner=None, sealed=sealed))

    def survey(self, actor: Actor, *, now: datetime) -> Survey:
        waiting = sa.select(sa.func.min(sources.c.due_at, type_=sources.c.due_at.type)).where(
            sources.c.due_at <= now,
            sources.c.health != Health.PAUSED.value,
            sa.or_(sources.c.leased_by.is_(None), sources.c.leased_until <= now),
        )
        with self._database.reading() as connection:
            audit.login_of(connection, actor)
            return Survey(
                **_people(connection),
                items=connection.execute(sa.select(sa.func.coalesce(sa.func.sum(sources.c["items"]), 0))).scalar_one(),
                size=self._database.dialect.size(connection),
                shared=_shared(connection),
                personal=_personal(connection),
                workers=[(row.name, row.seen_at) for row in connection.execute(sa.select(workers))],
                waiting_since=connection.execute(waiting).scalar(),
            )


def _shared(connection: sa.Connection, source: int | None = None) -> list[Source]:
    query = sa.select(*COLUMNS).where(_SHARED).order_by(sa.func.lower(sources.c.title), sources.c.id)
    if source is not None:
        query = query.where(sources.c.id.in_(possible((source,))))
    return [as_source(row) for row in connection.execute(query).mappings()]


def _locked(connection: sa.Connection, source: int) -> Source | None:
    connection.execute(sa.select(sources.c.id).where(sources.c.id.in_(possible((source,)))).with_for_update())
    return next(iter(_shared(connection, source)), None)


def _people(connection: sa.Connection) -> Mapping[str, int]:
    count, one = sa.func.count(), sa.literal(1)
    admins = sa.func.coalesce(sa.func.sum(sa.case((employees.c.admin, one), else_=0)), 0)
    blocked = sa.func.coalesce(sa.func.sum(sa.case((employees.c.blocked, one), else_=0)), 0)
    row = connection.execute(sa.select(count, admins, blocked).where(employees.c.login != KEEPER)).one()
    return {"people": row[0], "admins": row[1], "blocked": row[2]}


def _personal(connection: sa.Connection) -> list[ConnectorHealth]:
    """Count personal sources by connector: no title, no option, no owner leaves the store here."""
    told: dict[str, dict[str, Any]] = {}
    c = sources.c
    last = sa.func.max(c.synced_at, type_=c.synced_at.type)
    columns = (c.connector, c.health, c.failure, sa.func.count(), sa.func.sum(c["items"]), last)
    query = sa.select(*columns).where(_PERSONAL).group_by(c.connector, c.health, c.failure).order_by(c.connector)
    for connector, state, failure, count, items, synced in connection.execute(query):
        row = told.setdefault(connector, {"sources": 0, "failing": 0, "paused": 0, "items": 0, "failures": {}})
        row["sources"] += count
        row["items"] += int(items)
        row["failing"] += count if state == Health.FAILING.value else 0
        row["paused"] += count if state == Health.PAUSED.value else 0
        if failure:
            row["failures"][failure] = row["failures"].get(failure, 0) + count
        known = row.get("synced_at")
        row["synced_at"] = max(known, synced) if known and synced else known or synced
    return [ConnectorHealth(connector=connector, **row) for connector, row in told.items()]
