"""Who uses Frontdesk, and everything kept about one of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dashboard.store.administration import LastAdmin
from dashboard.store.database import Topic, chunks, next_rev
from dashboard.store.records import KEEPER, Audience, Employee, Source
from dashboard.store.schema import (
    bodies,
    documents,
    employees,
    entries,
    journal,
    logins,
    marks,
    memberships,
    mutes,
    readable,
    sources,
    workers,
)
from dashboard.store.sources import as_source

_PAGE = 500


class People(Topic):
    """What is known of employees, and of the workers beside them."""

    def employees(self) -> list[Employee]:
        with self._database.reading() as connection:
            return employees_of(connection)

    def employee(self, who: int | str) -> Employee | None:
        with self._database.reading() as connection:
            mine = employees.c.login == who if isinstance(who, str) else employees.c.id == who
            found = connection.execute(sa.select(employees.c.id).where(mine)).scalar()
            return None if found is None else employees_of(connection, found)[0]

    def enroll(
        self,
        login: str,
        *,
        name: str = "",
        admin: bool = False,
        groups: Iterable[str] = (),
        language: str | None = None,
    ) -> Employee:
        values = {"name": name, "admin": admin} | ({"language": language} if language else {})
        with self._database.writing() as connection:
            rev = next_rev(connection)
            found = connection.execute(sa.select(employees.c.id).where(employees.c.login == login)).scalar()
            if found is None:
                statement = employees.insert().values(login=login, rev=rev, **values).returning(employees.c.id)
                found = connection.execute(statement).scalar_one()
            else:
                connection.execute(employees.update().where(employees.c.id == found).values(rev=rev, **values))
            join_groups(connection, found, set(groups), rev)
            return employees_of(connection, found)[0]

    def workers(self) -> list[tuple[str, datetime]]:
        with self._database.reading() as connection:
            rows = connection.execute(sa.select(workers.c.name, workers.c.seen_at).order_by(workers.c.name))
            return [(row.name, row.seen_at) for row in rows]

    def export(self, person: int) -> Iterator[Mapping[str, Any]]:
        with self._database.reading() as connection:
            for employee in employees_of(connection, person):
                yield {"record": "employee"} | asdict(employee) | {"groups": sorted(employee.groups)}
            own = sa.select(sources).where(sources.c.owner == person)
            for source in connection.execute(own).mappings():
                yield {"record": "source"} | _told(as_source(source))
            for row in connection.execute(documents.select().where(documents.c.person == person)):
                yield {"record": "document", "name": row.name, "value": row.value}
            for mark in connection.execute(marks.select().where(marks.c.person == person)).mappings():
                yield {"record": "mark"} | {name: _plain(value) for name, value in mark.items() if name != "rev"}
            for source in connection.execute(sa.select(mutes.c.source).where(mutes.c.person == person)).scalars():
                yield {"record": "muted source", "source": source}
            for login in connection.execute(logins.select().where(logins.c.person == person)).mappings():
                # All else are hashes, of a secret and of names, and what is sealed.
                yield {"record": "login"} | {name: _plain(login[name]) for name in ("opened_at", "seen_at", "device")}
            for step in connection.execute(journal.select().where(journal.c.person == person)).mappings():
                yield {"record": "step"} | {name: _plain(value) for name, value in step.items()}
            yield from _items(connection, person)

    def erase(self, person: int) -> None:
        with self._database.writing() as connection:
            erase(connection, person)


def erase(connection: sa.Connection, person: int) -> None:
    """Remove a person with everything that is theirs alone; sources that others read stay, without an owner.

    Raises LastAdmin where others are left, and none of them an admin.
    """
    before = staffed(connection)
    own = sources.c.owner == person
    connection.execute(sa.select(sources.c.id).where(own).with_for_update())
    rev = next_rev(connection)
    shared = sources.c.audience != Audience.PERSON.value
    connection.execute(sources.update().where(own, shared).values(owner=None))
    connection.execute(employees.delete().where(employees.c.id == person))
    connection.execute(employees.update().values(rev=rev))
    keep_an_admin(connection, before, alone=True)


def staffed(connection: sa.Connection) -> tuple[int, int]:
    """Return how many admins there are who can log in, and how many people."""
    can = sa.case((sa.and_(employees.c.admin, ~employees.c.blocked), 1))
    query = sa.select(sa.func.count(can), sa.func.count()).where(employees.c.login != KEEPER)
    admins, people = connection.execute(query).one()
    return admins, people


def keep_an_admin(connection: sa.Connection, before: tuple[int, int], *, alone: bool) -> None:
    """Raise LastAdmin where there was an admin and is none; with ``alone`` a single person may do as they like."""
    admins, people = before
    if admins and not staffed(connection)[0] and (people > 1 or not alone):
        raise LastAdmin("somebody has to remain an admin; make another person one first")


def employees_of(connection: sa.Connection, person: int | None = None) -> list[Employee]:
    """Return everybody, or one person, by login."""
    which: sa.ColumnElement[bool] = sa.true()
    whose: sa.ColumnElement[bool] = sa.true()
    if person is not None:
        which, whose = employees.c.id == person, memberships.c.person == person
    groups: dict[int, set[str]] = {}
    for row in connection.execute(sa.select(memberships).where(whose)):
        groups.setdefault(row.person, set()).add(row.group_name)
    return [
        Employee(
            id=row.id,
            login=row.login,
            name=row.name,
            language=row.language,
            admin=bool(row.admin),
            blocked=bool(row.blocked),
            groups=frozenset(groups.get(row.id, ())),
        )
        for row in connection.execute(employees.select().where(which).order_by(employees.c.login))
    ]


def join_groups(connection: sa.Connection, person: int, groups: set[str], rev: int) -> None:
    """Let a person be in these groups and no others."""
    mine = memberships.c.person == person
    before = set(connection.execute(sa.select(memberships.c.group_name).where(mine)).scalars())
    connection.execute(memberships.delete().where(mine, memberships.c.group_name.in_(before - groups)))
    if joined := [{"person": person, "group_name": group, "rev": rev} for group in sorted(groups - before)]:
        connection.execute(memberships.insert(), joined)


def _told(source: Source) -> dict[str, Any]:
    """Return a source without its secrets, and without the cursor, which may hold some."""
    fields = {name: getattr(source, name) for name in Source.__dataclass_fields__}
    return {name: _plain(value) for name, value in fields.items() if name not in ("sealed", "cursor")}


def _items(connection: sa.Connection, person: int) -> Iterator[Mapping[str, Any]]:
    """Yield the items of the person's own sources; those of shared ones are not about the person."""
    own = readable(person).where(sources.c.owner == person, sources.c.audience == Audience.PERSON.value)
    query = sa.select(entries.c.id, entries.c.source, entries.c.at).where(entries.c.source.in_(own))
    # All of them at once, without their texts: by pages, a database sorts the whole of them for every page.
    rows = connection.execute(query.order_by(entries.c.id)).mappings().all()
    columns = bodies.c.id, bodies.c.title, bodies.c.text, bodies.c.html, bodies.c.data
    for page in chunks(rows, _PAGE):
        query = sa.select(*columns).where(bodies.c.id.in_([row["id"] for row in page]))
        told = {body["id"]: body for body in connection.execute(query).mappings()}
        for row in page:
            if row["id"] in told:
                yield {"record": "item"} | dict(row) | dict(told[row["id"]])


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
