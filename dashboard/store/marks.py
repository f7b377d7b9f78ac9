"""What a person did: the marks on items, and named documents such as the profile."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from dashboard.store.database import Topic, chunks, next_rev, possible
from dashboard.store.journal import plain_marks, replace, write
from dashboard.store.records import Mark, Step
from dashboard.store.schema import documents, employees, entries, marks, readable

_document = sa.select(documents.c.value).where(
    documents.c.person == sa.bindparam("person", type_=sa.BigInteger),
    documents.c.name == sa.bindparam("name", type_=sa.Text),
)
_FIELDS = ("seen_at", "done_at", "snoozed_until", "pinned")
_of = sa.bindparam("of", type_=sa.BigInteger)
_mine = sa.and_(marks.c.person == _of, marks.c.entry.in_(sa.bindparam("ids", expanding=True)))
# What every action needs is built once: that takes longer than to carry it out.
_known = sa.select(marks.c.entry).where(_mine)
_change = marks.update().where(_mine)
_insert = marks.insert()
_raise_rev = employees.update().where(employees.c.id == _of)


class Marks(Topic):
    """What a person can write about items."""

    def mark(
        self, person: int, entries: Sequence[int], *, step: Step | None = None, again: bool = True, **fields: Any
    ) -> dict[int, Mark]:
        if unknown := fields.keys() - set(_FIELDS):
            raise TypeError(f"no mark: {', '.join(sorted(unknown))}")
        with self._database.writing() as connection:
            before: dict[int, Mark] = {}
            for chunk in chunks(possible(dict.fromkeys(entries))):
                before |= _marks(connection, person, chunk)
            fresh = {entry: mark for entry, mark in before.items() if again or not _marked_so(mark, fields)}
            if changed := {entry: was for entry, mark in fresh.items() if (was := _former(mark, fields))}:
                rev = next_rev(connection)
                _write(connection, person, changed, fields | {"rev": rev})
                connection.execute(_raise_rev, {"of": person, "rev": rev})
                if step:
                    write(connection, person, step, plain_marks(changed))
            return before

    def document(self, person: int, name: str) -> Any:
        with self._database.reading() as connection:
            return connection.execute(_document, {"person": person, "name": name}).scalar()

    def keep(self, person: int, name: str, value: Any, *, step: Step | None = None) -> None:
        with self._database.writing() as connection:
            connection.execute(
                employees.update().where(employees.c.id == person).values(rev=next_rev(connection))
            )  # first, so that two writers of one document come one after the other
            if step:
                mine = sa.and_(documents.c.person == person, documents.c.name == name)
                was = connection.execute(sa.select(documents.c.value).where(mine)).scalar()
                if was != value:
                    write(connection, person, step, {"documents": {name: was}})
            replace(connection, person, name, value)


def _marks(connection: sa.Connection, person: int, ids: Sequence[int]) -> dict[int, Mark]:
    """Return the marks on those items that the person may see, the unmarked ones included."""
    return {
        row.id: Mark(seen_at=row.seen_at, done_at=row.done_at, snoozed_until=row.snoozed_until, pinned=bool(row.pinned))
        for row in connection.execute(_marked(), {"person": person, "ids": ids})
    }


@cache
def _marked() -> sa.Select[Any]:
    """Return the query for the marks of a person; to build it takes longer than to carry it out."""
    person = sa.bindparam("person", type_=sa.BigInteger)
    return (
        sa.select(entries.c.id, *(marks.c[name] for name in _FIELDS))
        .select_from(entries.outerjoin(marks, sa.and_(marks.c.entry == entries.c.id, marks.c.person == person)))
        .where(entries.c.id.in_(sa.bindparam("ids", expanding=True)), entries.c.source.in_(readable(person)))
    )


def _marked_so(mark: Mark, fields: dict[str, Any]) -> bool:
    """Return whether an item has marks of all these kinds, whatever they say."""
    return all(getattr(mark, name) for name in fields)


def _former(mark: Mark, fields: dict[str, Any]) -> dict[str, Any]:
    """Return what the fields that change were; nothing where all are so already, as when a page sends a thing twice."""
    return {name: was for name, value in fields.items() if (was := getattr(mark, name)) != value}


def _write(connection: sa.Connection, person: int, ids: Iterable[int], values: dict[str, Any]) -> None:
    for chunk in chunks(ids):
        # Asked under the lock of the counter: another one may have marked them since they were read.
        known = set(connection.execute(_known, {"of": person, "ids": chunk}).scalars())
        if known:
            connection.execute(_change, values | {"of": person, "ids": chunk})
        if new := [values | {"person": person, "entry": id_} for id_ in chunk if id_ not in known]:
            connection.execute(_insert, new)
