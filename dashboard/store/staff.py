"""People as admins look after them: added, changed, blocked, erased, each with its row in the log."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dashboard.store import audit
from dashboard.store.database import Topic, next_rev, possible
from dashboard.store.people import employees_of, erase, join_groups, keep_an_admin, staffed
from dashboard.store.records import KEEPER, Account, Actor, Audience, Employee, Health, Operator
from dashboard.store.schema import (
    bodies,
    documents,
    employees,
    entries,
    health,
    journal,
    logins,
    marks,
    memberships,
    mutes,
    sources,
)

_FIELDS = frozenset(("name", "admin", "groups", "language", "blocked"))


class Staff(Topic):
    """What an admin does with people. None of it shows what reaches them."""

    def people(self, actor: Actor) -> list[Account]:
        with self._database.reading() as connection:
            audit.login_of(connection, actor)
            owned, opened = _owned(connection), _opened(connection)
            return [
                Account(employee=one, **owned.get(one.id, {}), **opened.get(one.id, {}))
                for one in employees_of(connection)
                if one.login != KEEPER
            ]

    def groups(self, actor: Actor) -> dict[str, int]:
        query = sa.select(memberships.c.group_name, sa.func.count().label("members")).group_by(memberships.c.group_name)
        with self._database.reading() as connection:
            audit.login_of(connection, actor)
            rows = connection.execute(query.order_by(memberships.c.group_name))
            return {row.group_name: row.members for row in rows}

    def add_person(self, actor: Actor, login: str, *, now: datetime, **fields: Any) -> Employee | None:
        with self._database.writing() as connection:
            return _add(connection, audit.login_of(connection, actor), login, fields, now)

    def change_person(self, actor: Actor, person: int, *, now: datetime, **fields: Any) -> Employee | None:
        with self._database.writing() as connection:
            who, before = audit.login_of(connection, actor), staffed(connection)
            changed = _change(connection, who, _known(connection, person), fields, now)
            keep_an_admin(connection, before, alone=isinstance(actor, Operator))
            return changed

    def bring_people(self, actor: Actor, rows: Sequence[tuple[str, Mapping[str, Any]]], *, now: datetime) -> None:
        with self._database.writing() as connection:
            who, before = audit.login_of(connection, actor), staffed(connection)
            _bring(connection, who, dict(rows), now)
            keep_an_admin(connection, before, alone=isinstance(actor, Operator))

    def erase_person(self, actor: Actor, person: int, *, now: datetime) -> Employee | None:
        with self._database.writing() as connection:
            who, known = audit.login_of(connection, actor), _known(connection, person)
            if known is None:
                return None
            erase(connection, known.id)
            audit.write(connection, who, "person.erase", known.login, {}, now=now)
            return known

    def held(self, actor: Actor, person: int) -> dict[str, int]:
        with self._database.reading() as connection:
            audit.login_of(connection, actor)
            return {
                table.name: connection.execute(sa.select(sa.func.count()).where(which)).scalar_one()
                for table, which in _about(person).items()
            }


def _known(connection: sa.Connection, person: int) -> Employee | None:
    """Return a person who can be administered, whom nobody else writes to until the end of the transaction."""
    ids = possible((person,))
    connection.execute(sa.select(employees.c.id).where(employees.c.id.in_(ids)).with_for_update())
    found = next(iter(employees_of(connection, person)), None) if ids else None
    return None if found is None or found.login == KEEPER else found


def _add(connection: sa.Connection, who: str, login: str, fields: Mapping[str, Any], now: datetime) -> Employee | None:
    if connection.execute(sa.select(employees.c.id).where(employees.c.login == login)).scalar() is not None:
        return None
    values = _values(fields)
    rev = next_rev(connection)
    made = employees.insert().values({"login": login, "name": "", "admin": False, "rev": rev} | values)
    person = connection.execute(made.returning(employees.c.id)).scalar_one()
    join_groups(connection, person, set(fields.get("groups", ())), rev)
    added = employees_of(connection, person)[0]
    audit.write_all(connection, who, filter(None, (_written(None, added),)), now=now)
    return added


def _change(
    connection: sa.Connection, who: str, before: Employee | None, fields: Mapping[str, Any], now: datetime
) -> Employee | None:
    if before is None:
        return None
    values, rev = _values(fields), next_rev(connection)
    connection.execute(employees.update().where(employees.c.id == before.id).values({"rev": rev} | values))
    if "groups" in fields:
        join_groups(connection, before.id, set(fields["groups"]), rev)
    if values.get("blocked"):
        connection.execute(logins.delete().where(logins.c.person == before.id))
    after = employees_of(connection, before.id)[0]
    audit.write_all(connection, who, filter(None, (_written(before, after),)), now=now)
    return after


def _written(before: Employee | None, after: Employee) -> audit.Deed | None:
    """Return what the log says of a person who was added or changed, None where nothing was."""
    if before is None:
        return "person.add", after.login, _told(after)
    old, new = _told(before), _told(after)
    changed = {name: [old[name], new[name]] for name in new if old[name] != new[name]}
    if changed.keys() == {"blocked"}:
        return "person.block" if after.blocked else "person.unblock", after.login, {}
    return ("person.change", after.login, changed) if changed else None


def _bring(connection: sa.Connection, who: str, rows: Mapping[str, Mapping[str, Any]], now: datetime) -> None:
    """Add or change many people with one statement for each kind of change, whatever their number."""
    rev, known = next_rev(connection), {one.login: one for one in employees_of(connection)}
    kept = [
        {"key": one.id, "rev": rev} | _row(one) | _values(rows[one.login])
        for one in known.values()
        if one.login in rows
    ]
    new = [{"login": login, "rev": rev} | _row(None) | _values(rows[login]) for login in rows if login not in known]
    _all(connection, employees.insert(), new)
    _all(connection, employees.update().where(employees.c.id == sa.bindparam("key")), kept)
    there = {one.login: one for one in employees_of(connection)}
    after = {
        login: replace(there[login], groups=frozenset(rows[login].get("groups", there[login].groups))) for login in rows
    }
    left = [{"key": one.id, "group": name} for one in after.values() for name in there[one.login].groups - one.groups]
    which = memberships.c.person == sa.bindparam("key"), memberships.c.group_name == sa.bindparam("group")
    _all(connection, memberships.delete().where(*which), left)
    joined = [(one.id, name) for one in after.values() for name in sorted(one.groups - there[one.login].groups)]
    _all(connection, memberships.insert(), [{"person": id_, "group_name": name, "rev": rev} for id_, name in joined])
    log = [_written(known.get(login), one) for login, one in after.items()]
    audit.write_all(connection, who, filter(None, log), now=now)


def _row(known: Employee | None) -> dict[str, Any]:
    """Return what a list says of a person, as it is before the list says it."""
    names = {"name": "", "admin": False, "language": None}
    return {name: getattr(known, name) for name in names} if known else names


def _all(connection: sa.Connection, statement: sa.Executable, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(statement, rows)


def _values(fields: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := fields.keys() - _FIELDS:
        raise TypeError(f"not to be changed: {', '.join(sorted(unknown))}")
    return {name: value for name, value in fields.items() if name != "groups"}


def _told(person: Employee) -> dict[str, Any]:
    names = ("name", "admin", "language", "blocked")
    return {name: getattr(person, name) for name in names} | {"groups": sorted(person.groups)}


def _about(person: int) -> dict[sa.Table, sa.ColumnElement[bool]]:
    """Return by table the condition that a row is about a person."""
    own = sa.and_(sources.c.owner == person, sources.c.audience == Audience.PERSON.value)
    theirs = sa.select(sources.c.id).where(own)
    items = sa.select(entries.c.id).where(entries.c.source.in_(theirs))
    named = {table: table.c.person == person for table in (memberships, mutes, marks, documents, logins, journal)}
    return {
        employees: employees.c.id == person,
        **named,
        sources: own,
        health: health.c.source.in_(theirs),
        entries: entries.c.source.in_(theirs),
        bodies: bodies.c.id.in_(items),
    }


def _owned(connection: sa.Connection) -> dict[int, dict[str, Any]]:
    """Return by person how many sources of their own they have, how many are not well, and the items in them."""
    ill = sa.case((sources.c.health.in_((Health.FAILING.value, Health.PAUSED.value)), 1), else_=0)
    query = sa.select(
        sources.c.owner, sa.func.count().label("count"), sa.func.sum(ill), sa.func.sum(sources.c["items"])
    ).where(sources.c.audience == Audience.PERSON.value)
    return {
        owner: {"sources": count, "failing": int(failing), "items": int(items)}
        for owner, count, failing, items in connection.execute(query.group_by(sources.c.owner))
    }


def _opened(connection: sa.Connection) -> dict[int, dict[str, Any]]:
    last = sa.func.max(logins.c.seen_at, type_=logins.c.seen_at.type)
    query = sa.select(logins.c.person, sa.func.count(), last).group_by(logins.c.person)
    return {person: {"devices": count, "seen_at": seen} for person, count, seen in connection.execute(query)}
