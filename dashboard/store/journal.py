"""What a person did, step by step, with what was before: the newest step can be taken back, on any device."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

import sqlalchemy as sa

from dashboard.store.database import Topic, chunks, next_rev, possible
from dashboard.store.records import Step
from dashboard.store.schema import documents, employees, journal, marks, mutes, sources

KEPT = 50
"""How many steps of a person are kept."""

Before: TypeAlias = Mapping[str, Any]
"""What was before a step: ``marks`` as pairs of an item and its former fields, ``documents`` and ``mutes`` by name."""

_TIMES = ("seen_at", "done_at", "snoozed_until")


# A statement that every action needs takes longer to build than to carry out.
_mine = journal.c.person == sa.bindparam("person", type_=sa.BigInteger)
_steps = journal.select().where(_mine).order_by(journal.c.id.desc()).limit(sa.bindparam("limit", type_=sa.Integer))
_too_old = sa.select(journal.c.id).where(_mine).order_by(journal.c.id.desc()).limit(1).offset(KEPT)
_insert = journal.insert()
_forget = journal.delete().where(_mine, journal.c.id <= _too_old.scalar_subquery())


class Journal(Topic):
    """The steps that a person can take back."""

    def steps(self, person: int, *, limit: int = 1) -> list[Step]:
        with self._database.reading() as connection:
            return [_step(row) for row in connection.execute(_steps, {"person": person, "limit": limit}).mappings()]

    def undo(self, person: int) -> Step | None:
        with self._database.writing() as connection:
            # In the order in which a commit locks: first the sources, then the counter, then what is one's own.
            _lock(connection, _muted(_newest(connection, person)))
            rev = next_rev(connection)
            connection.execute(employees.update().where(employees.c.id == person).values(rev=rev))
            newest = _newest(connection, person)  # nobody else takes back the same one now
            if newest is None:
                return None
            connection.execute(journal.delete().where(journal.c.id == newest["id"]))
            _restore(connection, person, newest["before"], rev)
            return _step(newest)


def write(connection: sa.Connection, person: int, step: Step, before: Before) -> None:
    """Keep what was before a step, in the transaction of the step itself, and forget the oldest ones."""
    values = {"person": person, "at": step.at, "verb": step.verb, "before": {"subject": step.subject, **before}}
    connection.execute(_insert, values)
    connection.execute(_forget, {"person": person})


def plain_marks(fields: Mapping[int, Mapping[str, Any]]) -> Before:
    """Return former fields of items as JSON-ready data."""
    return {"marks": [(item, {name: _second(value) for name, value in was.items()}) for item, was in fields.items()]}


def _second(value: Any) -> Any:
    return value if value is None or isinstance(value, bool) else value.timestamp()


def _restored(name: str, value: Any) -> Any:
    return datetime.fromtimestamp(value, UTC) if name in _TIMES and value is not None else value


def _newest(connection: sa.Connection, person: int) -> sa.RowMapping | None:
    return connection.execute(_steps, {"person": person, "limit": 1}).mappings().one_or_none()


def _step(row: sa.RowMapping) -> Step:
    before = row["before"]
    items = tuple(item for item, _ in before.get("marks", ()))
    return Step(id=row["id"], verb=row["verb"], at=row["at"], subject=before.get("subject", ""), entries=items)


def _muted(row: sa.RowMapping | None) -> list[int]:
    return [int(source) for source in row["before"].get("mutes", {})] if row else []


def _lock(connection: sa.Connection, ids: Iterable[int]) -> None:
    if found := possible(ids):
        connection.execute(sa.select(sources.c.id).where(sources.c.id.in_(found)).with_for_update())


def _restore(connection: sa.Connection, person: int, before: Before, rev: int) -> None:
    _restore_marks(connection, person, before.get("marks", ()), rev)
    for name, value in before.get("documents", {}).items():
        replace(connection, person, name, value)
    for source, muted in before.get("mutes", {}).items():
        set_mute(connection, person, int(source), muted=muted)


def _restore_marks(connection: sa.Connection, person: int, was: Iterable[tuple[int, dict[str, Any]]], rev: int) -> None:
    """Give marks their former fields, and no other: an item may have been looked at meanwhile, or be gone."""
    alike: dict[str, tuple[dict[str, Any], list[int]]] = {}
    for item, fields in was:
        alike.setdefault(repr(sorted(fields.items())), (fields, []))[1].append(item)
    for fields, items in alike.values():
        values = {name: _restored(name, value) for name, value in fields.items()}
        for chunk in chunks(items):
            mine = sa.and_(marks.c.person == person, marks.c.entry.in_(chunk))
            connection.execute(marks.update().where(mine).values(**values, rev=rev))


def replace(connection: sa.Connection, person: int, name: str, value: Any) -> None:
    """Write a named document of a person; None removes it."""
    connection.execute(documents.delete().where(documents.c.person == person, documents.c.name == name))
    if value is not None:
        connection.execute(documents.insert().values(person=person, name=name, value=value))


def set_mute(connection: sa.Connection, person: int, source: int, *, muted: bool) -> bool:
    """Mute a source for a person or no longer; return what it was. One that is removed stays so."""
    mine = sa.and_(mutes.c.person == person, mutes.c.source == source)
    was = connection.execute(mutes.delete().where(mine)).rowcount > 0
    if muted:
        there = sa.select(sa.literal(person), sources.c.id).where(sources.c.id == source)
        connection.execute(mutes.insert().from_select(["person", "source"], there))
    return was
