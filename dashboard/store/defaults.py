"""Values that everyone or a group is given until a person sets their own."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from dashboard.store import audit
from dashboard.store.database import Topic, next_rev
from dashboard.store.records import Actor, Default
from dashboard.store.schema import defaults, employees, memberships

EVERYONE = ""


class Given(Topic):
    """What a person is given."""

    def defaults(self, person: int) -> list[Default]:
        with self._database.reading() as connection:
            return _defaults(connection, _given(), {"person": person})


class Defaults(Topic):
    """What an admin gives."""

    def all_defaults(self, actor: Actor) -> list[Default]:
        with self._database.reading() as connection:
            audit.login_of(connection, actor)
            return _defaults(connection, _ordered)

    def set_default(self, actor: Actor, name: str, value: Any, *, group: str = EVERYONE, now: datetime) -> None:
        which = sa.and_(defaults.c.group_name == group, defaults.c.name == name)
        with self._database.writing() as connection:
            who, rev = audit.login_of(connection, actor), next_rev(connection)
            before = connection.execute(sa.select(defaults.c.value).where(which)).scalar()
            if before == value:
                return
            connection.execute(defaults.delete().where(which))
            if value is not None:
                connection.execute(defaults.insert().values(group_name=group, name=name, value=value, rev=rev))
            connection.execute(employees.update().where(_touched(group)).values(rev=rev))
            detail = {"before": before, "after": value}
            verb = "default.unset" if value is None else "default.set"
            audit.write(connection, who, verb, f"{name} ({group or 'everyone'})", detail, now=now)


def _touched(group: str) -> sa.ColumnElement[bool]:
    """Return the condition for the people whose page a change of a default may change."""
    if group == EVERYONE:
        return sa.true()
    return employees.c.id.in_(sa.select(memberships.c.person).where(memberships.c.group_name == group))


_ordered = sa.select(defaults).order_by(defaults.c.group_name, defaults.c.name)


@cache
def _given() -> sa.Select[Any]:
    """Return the query for what a person is given; to build it takes longer than to carry it out."""
    person = sa.bindparam("person", type_=sa.BigInteger)
    mine = sa.select(memberships.c.group_name).where(memberships.c.person == person)
    return _ordered.where(
        sa.or_(defaults.c.group_name == EVERYONE, defaults.c.group_name.in_(mine)),
        sa.exists().where(employees.c.id == person),
    )


def _defaults(
    connection: sa.Connection, query: sa.Select[Any], known: Mapping[str, Any] | None = None
) -> list[Default]:
    rows = connection.execute(query, known)
    return [Default(group=row.group_name, name=row.name, value=row.value) for row in rows]
