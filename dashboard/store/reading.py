"""What a person's page reads: revisions, facts, items, conversations."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from dashboard.store.database import Topic, chunks, possible
from dashboard.store.records import Entry, Facts, Mark
from dashboard.store.rows import item_from
from dashboard.store.schema import bodies, employees, entries, marks, memberships, readable, reads, sources

_MARK = (marks.c.seen_at, marks.c.done_at, marks.c.snoozed_until, marks.c.pinned)
_THREAD = 500  # items of one conversation shown at once
_PERSON = sa.bindparam("person", type_=sa.BigInteger)
# A page asks for these again and again: to build a statement takes longer than to carry it out.
_rev = sa.select(
    sa.select(employees.c.rev).where(employees.c.id == _PERSON).scalar_subquery(),
    sa.select(sa.func.max(sources.c.rev)).where(reads(_PERSON)).scalar_subquery(),
)


class Reading(Topic):
    """What a person can read."""

    def together(self) -> AbstractContextManager[None]:
        return self._database.together()

    def rev(self, person: int) -> int:
        with self._database.reading() as connection:
            own, seen = connection.execute(_rev, {"person": person}).one()
            return max(own or 0, seen or 0)

    def facts(self, person: int, *, after: int = 0, since: datetime | None = None) -> list[Facts]:
        with self._database.reading() as connection:
            # The driver's own rows: SQLAlchemy's would double the time of the ten thousand.
            known = {"person": person, "after": after, "since": since and since.timestamp()}
            cursor = connection.execute(_facts(changed=after > 0, lately=since is not None), known).cursor
            assert cursor is not None  # noqa: S101  a SELECT has one
            return [
                Facts._make((*row[:19], row[19] != 0, *row[20:23], row[23] is not None and row[23] != 0))
                for row in cursor.fetchall()
            ]

    def entries(self, person: int, ids: Sequence[int]) -> list[Entry]:
        with self._database.reading() as connection:
            found = {
                entry.id: entry for chunk in chunks(possible(ids)) for entry in _entries(connection, person, chunk)
            }
        return [found[id_] for id_ in ids if id_ in found]

    def title(self, person: int, entry: int) -> str | None:
        with self._database.reading() as connection:
            found: str | None = connection.execute(_title(), {"person": person, "ids": possible((entry,))}).scalar()
            return found

    def raw(self, person: int, entry: int) -> str | None:
        query = (
            sa.select(bodies.c.raw)
            .join(entries, entries.c.id == bodies.c.id)
            .where(bodies.c.id.in_(possible((entry,))), entries.c.source.in_(readable(person)))
        )
        with self._database.reading() as connection:
            raw: str | None = connection.execute(query).scalar()
            return raw

    def thread(self, person: int, entry: int) -> list[Entry]:
        with self._database.reading() as connection:
            first = connection.execute(
                sa.select(entries.c.source, entries.c.thread).where(
                    entries.c.id.in_(possible((entry,))), entries.c.source.in_(readable(person))
                )
            ).one_or_none()
            if first is None:
                return []
            same = sa.and_(entries.c.source == first.source, entries.c.thread == first.thread)
            which = same if first.thread else entries.c.id == entry
            newest = sa.select(entries.c.id).where(which, entries.c.gone.is_(False)).order_by(entries.c.id.desc())
            ids = connection.execute(newest.limit(_THREAD)).scalars().all()
            found = _entries(connection, person, ids)
        return sorted(found, key=lambda entry: (entry.at, entry.id))


@cache
def _facts(*, changed: bool, lately: bool) -> sa.Select[Any]:
    """Return the query for what is there or has changed: items, the person's marks on them, or who may see them."""
    e, m = entries.c, marks.c
    item = (e.source, e.kind, e.thread, e.channel, e.author, e.name, e.people, e.reply_to, e.key)
    times = (e.at, e.due, e.start, e.end)
    measures = (e.flags, e.importance, e.length, e.terms, e.gone)
    mark = (*(sa.type_coerce(time, sa.Double) for time in (m.seen_at, m.done_at, m.snoozed_until)), m.pinned)
    rev = sa.case((m.rev > e.rev, m.rev), else_=e.rev)
    query = sa.select(e.id, rev, *item, *times, *measures, *mark)
    query = query.select_from(entries.outerjoin(marks, sa.and_(m.entry == e.id, m.person == _PERSON)))
    if changed:
        query = query.where(e.id.in_(_changed()))
    else:
        query = query.where(e.source.in_(readable(_PERSON)), e.gone.is_(False))
    return query.where(e.at >= sa.bindparam("since", type_=sa.Double)) if lately else query


def _changed() -> sa.CompoundSelect[Any]:
    """Return the query for the ids of visible items that changed, each way by its own index."""
    visible, after = readable(_PERSON), sa.bindparam("after", type_=sa.BigInteger)
    newly = sa.or_(
        sources.c.shared_rev > after,
        sources.c.group_name.in_(
            sa.select(memberships.c.group_name).where(memberships.c.person == _PERSON, memberships.c.rev > after)
        ),
    )
    changed = sa.select(entries.c.id).where(
        entries.c.source.in_(visible.where(sources.c.rev > after)), entries.c.rev > after
    )
    marked = (
        sa.select(marks.c.entry)
        .join(entries, entries.c.id == marks.c.entry)
        .where(marks.c.person == _PERSON, marks.c.rev > after, entries.c.source.in_(visible))
    )
    shared = sa.select(entries.c.id).where(entries.c.source.in_(visible.where(newly)))
    return sa.union(changed, marked, shared)


@cache
def _title() -> sa.Select[Any]:
    return (
        sa.select(bodies.c.title)
        .join(entries, entries.c.id == bodies.c.id)
        .where(entries.c.id.in_(sa.bindparam("ids", expanding=True)), entries.c.source.in_(readable(_PERSON)))
    )


@cache
def _whole() -> sa.Select[Any]:
    e, b = entries.c, bodies.c
    return (
        sa.select(e.id, e.source, e.at, e.first_seen, e.state, b.title, b.text, b.html, b.data, *_MARK)
        .select_from(
            entries.join(bodies, b.id == e.id).outerjoin(
                marks, sa.and_(marks.c.entry == e.id, marks.c.person == _PERSON)
            )
        )
        .where(e.id.in_(sa.bindparam("ids", expanding=True)), e.source.in_(readable(_PERSON)))
    )


def _entries(connection: sa.Connection, person: int, ids: Sequence[int]) -> list[Entry]:
    return [
        Entry(
            id=row.id,
            source=row.source,
            at=datetime.fromtimestamp(row.at, UTC),
            first_seen=datetime.fromtimestamp(row.first_seen, UTC),
            item=item_from(title=row.title, text=row.text, html=row.html, data=row.data, state=row.state),
            mark=Mark(
                seen_at=row.seen_at, done_at=row.done_at, snoozed_until=row.snoozed_until, pinned=bool(row.pinned)
            ),
        )
        for row in connection.execute(_whole(), {"person": person, "ids": ids})
    ]
