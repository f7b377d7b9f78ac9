"""Sources as their readers and owners see them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dashboard.store.database import Topic, next_rev, possible
from dashboard.store.journal import set_mute, write
from dashboard.store.records import Audience, Health, Source, Step
from dashboard.store.schema import employees, mutes, reads, sources

_FIELDS = tuple(name for name in Source.__dataclass_fields__ if name not in ("group", "muted", "audience", "health"))
_COLUMNS = (*(sources.c[name] for name in _FIELDS), sources.c.audience, sources.c.group_name, sources.c.health)
_CHANGEABLE = frozenset(("title", "options", "sealed", "audience", "group", "health", "due_at", "every"))


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
    ) -> Source:
        values = {
            "owner": person,
            "connector": connector,
            "title": title,
            "options": dict(options),
            "every": every,
            "due_at": due_at,
            **_audience(audience, group),
        }
        with self._database.writing() as connection:
            employee = connection.execute(sa.select(employees.c.admin).where(employees.c.id == person)).one_or_none()
            if employee is None or (audience is not Audience.PERSON and not employee.admin):
                raise PermissionError("only an admin may add a source for others")
            rev = next_rev(connection)
            statement = sources.insert().values(**values, rev=rev, shared_rev=rev).returning(*_COLUMNS)
            return as_source(connection.execute(statement).mappings().one())

    def sources(self, person: int) -> list[Source]:
        with self._database.reading() as connection:
            return _sources(connection, person)

    def source(self, person: int, source: int) -> Source | None:
        with self._database.reading() as connection:
            return next(iter(_sources(connection, person, source)), None)

    def change_source(self, person: int, source: int, *, step: Step | None = None, **fields: Any) -> Source | None:
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
                admin = _is_admin(connection, person)
                audience = Audience(fields.get("audience", before.audience))
                if not _may_edit(before, person, admin=admin):
                    return None
                if audience is not Audience.PERSON and not admin:
                    raise PermissionError("only an admin may change who reads a source")
                _change(connection, before, fields)
            return next(iter(_sources(connection, person, source)), None)

    def remove_source(self, person: int, source: int) -> bool:
        with self._database.writing() as connection:
            before = _locked(connection, person, source)
            if before is None or not _may_edit(before, person, admin=_is_admin(connection, person)):
                return False
            connection.execute(sources.delete().where(sources.c.id == source))
            lost = employees.c.id == person if before.audience is Audience.PERSON else sa.true()
            connection.execute(employees.update().where(lost).values(rev=next_rev(connection)))
            return True


def _sources(connection: sa.Connection, person: int, source: int | None = None) -> list[Source]:
    muted = sa.exists().where(mutes.c.source == sources.c.id, mutes.c.person == person).label("muted")
    query = sa.select(*_COLUMNS, muted).where(reads(person)).order_by(sa.func.lower(sources.c.title), sources.c.id)
    if source is not None:
        query = query.where(sources.c.id.in_(possible((source,))))
    return [as_source(row, muted=bool(row["muted"])) for row in connection.execute(query).mappings()]


def _locked(connection: sa.Connection, person: int, source: int) -> Source | None:
    """Return a source that nobody else writes to until the end of the transaction."""
    row = sa.select(sources.c.id).where(sources.c.id.in_(possible((source,)))).with_for_update()
    connection.execute(row)
    return next(iter(_sources(connection, person, source)), None)


def _is_admin(connection: sa.Connection, person: int) -> bool:
    return bool(connection.execute(sa.select(employees.c.admin).where(employees.c.id == person)).scalar())


def _may_edit(source: Source, person: int, *, admin: bool) -> bool:
    """Say who edits: a person's own source is theirs alone, one for others belongs to the admins."""
    return admin if source.audience is not Audience.PERSON else source.owner == person


def _audience(audience: Audience, group: str | None) -> dict[str, Any]:
    if (audience is Audience.GROUP) != bool(group):
        raise ValueError("a group belongs to the audience GROUP and to no other")
    return {"audience": audience.value, "group_name": group}


def _change(connection: sa.Connection, before: Source, fields: dict[str, Any]) -> None:
    values = {name: value for name, value in fields.items() if name not in ("audience", "group")}
    rev = next_rev(connection)
    if "audience" in fields or "group" in fields:
        audience = Audience(fields.get("audience", before.audience))
        group = fields.get("group", before.group if audience is before.audience else None)
        values |= _audience(audience, group) | {"shared_rev": rev}
        connection.execute(employees.update().values(rev=rev))  # some have lost it, and only their own row can say so
    if "health" in values:
        values["health"] = Health(values["health"]).value
    connection.execute(sources.update().where(sources.c.id == before.id).values(**values, rev=rev))
