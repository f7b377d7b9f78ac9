"""Sources as their readers and owners see them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from dashboard.store import audit
from dashboard.store.database import Topic, next_rev, possible
from dashboard.store.health import write_health
from dashboard.store.journal import set_mute, write
from dashboard.store.records import Audience, Health, Source, Step
from dashboard.store.schema import employees, mutes, reads, sources

_FIELDS = tuple(name for name in Source.__dataclass_fields__ if name not in ("group", "muted", "audience", "health"))
COLUMNS = (*(sources.c[name] for name in _FIELDS), sources.c.audience, sources.c.group_name, sources.c.health)
_CHANGEABLE = frozenset(("title", "options", "sealed", "audience", "group", "health", "due_at", "every", "keep_days"))


def as_source(row: sa.RowMapping, *, muted: bool = False) -> Source:
    """Return a row of the table as a record."""
    fields = {name: row[name] for name in _FIELDS}
    if fields["cursor"] is None:
        fields["cursor"] = {}
    audience, health = Audience(row["audience"]), Health(row["health"])
    return Source(**fields, audience=audience, health=health, group=row["group_name"], muted=muted)


class Sources(Topic):
    """What a person can do with sources."""

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
        seal: Callable[[int], bytes | None] = lambda _: None,
    ) -> Source:
        with self._database.writing() as connection:
            login, admin = _standing(connection, person)
            if not login or (audience is not Audience.PERSON and not admin):
                raise PermissionError("only an admin may add a source for others")
            made = insert_source(
                connection,
                owner=person,
                connector=connector,
                title=title,
                options=options,
                every=every,
                due_at=due_at,
                audience=audience,
                group=group,
                seal=seal,
            )
            audit.write_source(connection, login, None, made, now=_now())
            return made

    def sources(self, person: int) -> list[Source]:
        with self._database.reading() as connection:
            return _sources(connection, person)

    def source(self, person: int, source: int) -> Source | None:
        with self._database.reading() as connection:
            return next(iter(_sources(connection, person, source)), None)

    def change_source(
        self, person: int, source: int, *, step: Step | None = None, now: datetime | None = None, **fields: Any
    ) -> Source | None:
        muted = fields.pop("muted", None)
        if unknown := fields.keys() - _CHANGEABLE:
            raise TypeError(f"not to be changed: {', '.join(sorted(unknown))}")
        with self._database.writing() as connection:
            before = _locked(connection, person, source)
            if before is None:
                return None
            if muted is not None and muted != before.muted:
                set_mute(connection, person, source, muted=muted)
                connection.execute(employees.update().where(employees.c.id == person).values(rev=next_rev(connection)))
                if step:
                    write(connection, person, step, {"mutes": {str(source): not muted}})
            if fields:
                login, admin = _standing(connection, person)
                audience = Audience(fields.get("audience", before.audience))
                if not _may_edit(before, person, admin=admin):
                    return None
                if audience is not Audience.PERSON and not admin:
                    raise PermissionError("only an admin may change who reads a source")
                now = now or _now()
                after = update_source(connection, before, fields, now=now)
                audit.write_source(connection, login, before, after, now=now)
            return next(iter(_sources(connection, person, source)), None)

    def remove_source(self, person: int, source: int) -> bool:
        with self._database.writing() as connection:
            before = _locked(connection, person, source)
            login, admin = _standing(connection, person)
            if before is None or not _may_edit(before, person, admin=admin):
                return False
            delete_source(connection, before)
            audit.write_source(connection, login, before, None, now=_now())
            return True


def _sources(connection: sa.Connection, person: int, source: int | None = None) -> list[Source]:
    query = _read() if source is None else _read().where(sources.c.id.in_(possible((source,))))
    rows = connection.execute(query, {"person": person}).mappings()
    return [as_source(row, muted=bool(row["muted"])) for row in rows]


@cache
def _read() -> sa.Select[Any]:
    """Return the query for the sources of a person; to build it takes longer than to carry it out."""
    person = sa.bindparam("person", type_=sa.BigInteger)
    muted = sa.exists().where(mutes.c.source == sources.c.id, mutes.c.person == person).label("muted")
    return sa.select(*COLUMNS, muted).where(reads(person)).order_by(sa.func.lower(sources.c.title), sources.c.id)


def _locked(connection: sa.Connection, person: int, source: int) -> Source | None:
    """Return a source that nobody else writes to until the end of the transaction."""
    row = sa.select(sources.c.id).where(sources.c.id.in_(possible((source,)))).with_for_update()
    connection.execute(row)
    return next(iter(_sources(connection, person, source)), None)


def _standing(connection: sa.Connection, person: int) -> tuple[str, bool]:
    """Return the login of a person and whether they may administer; ``""`` for nobody."""
    which = employees.c.id.in_(possible((person,)))
    row = connection.execute(sa.select(employees.c.login, employees.c.admin, employees.c.blocked).where(which)).first()
    return (row.login, row.admin and not row.blocked) if row else ("", False)


def _may_edit(source: Source, person: int, *, admin: bool) -> bool:
    """Say who edits: a person's own source is theirs alone, one for others belongs to the admins."""
    return admin if source.audience is not Audience.PERSON else source.owner == person


def _audience(audience: Audience, group: str | None) -> dict[str, Any]:
    if (audience is Audience.GROUP) != bool(group):
        raise ValueError("a group belongs to the audience GROUP and to no other")
    return {"audience": audience.value, "group_name": group}


def insert_source(
    connection: sa.Connection,
    *,
    audience: Audience,
    group: str | None,
    options: Mapping[str, Any],
    seal: Callable[[int], bytes | None],
    **values: Any,
) -> Source:
    """Add a row with the secrets that ``seal`` gives for its number; who may do that was asked before."""
    rev = next_rev(connection)
    row = {**values, **_audience(audience, group), "options": dict(options), "rev": rev, "shared_rev": rev}
    made = as_source(connection.execute(sources.insert().values(row).returning(*COLUMNS)).mappings().one())
    sealed = seal(made.id)  # they are bound to the number, which is known only now
    connection.execute(sources.update().where(sources.c.id == made.id).values(sealed=sealed))
    return replace(made, sealed=sealed)


def update_source(connection: sa.Connection, before: Source, fields: Mapping[str, Any], *, now: datetime) -> Source:
    """Change a source that is locked, and return it as it is then; who may do that was asked before."""
    if unknown := fields.keys() - _CHANGEABLE:
        raise TypeError(f"not to be changed: {', '.join(sorted(unknown))}")
    values = {name: value for name, value in fields.items() if name not in ("audience", "group")}
    rev = next_rev(connection)
    if "audience" in fields or "group" in fields:
        audience = Audience(fields.get("audience", before.audience))
        group = fields.get("group", before.group if audience is before.audience else None)
        values |= _audience(audience, group) | {"shared_rev": rev}
        connection.execute(employees.update().values(rev=rev))  # some have lost it, and only their own row can say so
    if "health" in values:
        values["health"] = Health(values["health"]).value
        if values["health"] != before.health:
            write_health(connection, before.id, now, values["health"], before.failure)
    changed = sources.update().where(sources.c.id == before.id).values(**values, rev=rev).returning(*COLUMNS)
    return as_source(connection.execute(changed).mappings().one())


def delete_source(connection: sa.Connection, before: Source) -> None:
    """Remove a source that is locked, with all its items; who may do that was asked before."""
    connection.execute(sources.delete().where(sources.c.id == before.id))
    lost = employees.c.id == before.owner if before.audience is Audience.PERSON else sa.true()
    connection.execute(employees.update().where(lost).values(rev=next_rev(connection)))


def _now() -> datetime:
    return datetime.now(UTC)
