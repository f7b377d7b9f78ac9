"""What a person's page reads: revisions, facts, items, conversations."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from dashboard.store.database import Topic, chunks, possible
from dashboard.store.records import Entry, Facts, Mark
from dashboard.store.rows import item_from
from dashboard.store.schema import bodies, employees, entries, marks, memberships, readable, reads, sources

_MARK = (marks.c.seen_at, marks.c.done_at, marks.c.snoozed_until, marks.c.pinned)
_THREAD = 500  # items of one conversation shown at once


class Reading(Topic):
    """What a person can read."""

    def rev(self, person: int) -> int:
        own = sa.select(employees.c.rev).where(employees.c.id == person)
        seen = sa.select(sa.func.max(sources.c.rev)).where(reads(person))
        with self._database.reading() as connection:
            return max(connection.execute(own).scalar() or 0, connection.execute(seen).scalar() or 0)

    def facts(self, person: int, *, after: int = 0, since: datetime | None = None) -> list[Facts]:
        with self._database.reading() as connection:
            # The driver's own rows: SQLAlchemy's would double the time of the ten thousand.
            cursor = connection.execute(_facts(person, after, since)).cursor
            assert cursor is not None  # noqa: S101  a SELECT has one
            return [
                Facts._make((*row[:19], row[19] != 0, *row[20:23], row[23] is not None and row[23] != 0))
                for row in cursor.fetchall()
            ]

    def entries(self, person: int, ids: Sequence[int]) -> list[Entry]:
        with self._database.reading() as connection:
            found = {
                entry.id: entry
                for chunk in chunks(possible(ids))
                for entry in _entries(connection, person, entries.c.id.in_(chunk))
            }
        return [found[id_] for id_ in ids if id_ in found]

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
            found = _entries(connection, person, entries.c.id.in_(ids))
        return sorted(found, key=lambda entry: (entry.at, entry.id))


def _facts(person: int, after: int, since: datetime | None) -> sa.Select[Any]:
    """Return the query for what changed: the items, the person's marks on them, or who may see them."""
    e, m = entries.c, marks.c
    item = (e.source, e.kind, e.thread, e.channel, e.author, e.name, e.people, e.reply_to, e.key)
    times = (e.at, e.due, e.start, e.end)
    measures = (e.flags, e.importance, e.length, e.terms, e.gone)
    mark = (*(sa.type_coerce(time, sa.Double) for time in (m.seen_at, m.done_at, m.snoozed_until)), m.pinned)
    rev = sa.case((m.rev > e.rev, m.rev), else_=e.rev)
    query = sa.select(e.id, rev, *item, *times, *measures, *mark)
    query = query.select_from(entries.outerjoin(marks, sa.and_(m.entry == e.id, m.person == person)))
    if not after:
        query = query.where(e.source.in_(readable(person)), e.gone.is_(False))
    else:
        query = query.where(e.id.in_(_changed(person, after)))
    return query if since is None else query.where(e.at >= since.timestamp())


def _changed(person: int, after: int) -> sa.CompoundSelect[Any]:
    """Return the query for the ids of visible items that changed, each way by its own index."""
    visible = readable(person)
    newly = sa.or_(
        sources.c.shared_rev > after,
        sources.c.group_name.in_(
            sa.select(memberships.c.group_name).where(memberships.c.person == person, memberships.c.rev > after)
        ),
    )
    changed = sa.select(entries.c.id).where(
        entries.c.source.in_(visible.where(sources.c.rev > after)), entries.c.rev > after
    )
    marked = (
        sa.select(marks.c.entry)
        .join(entries, entries.c.id == marks.c.entry)
        .where(marks.c.person == person, marks.c.rev > after, entries.c.source.in_(visible))
    )
    shared = sa.select(entries.c.id).where(entries.c.source.in_(visible.where(newly)))
    return sa.union(changed, marked, shared)


def _entries(connection: sa.Connection, person: int, which: sa.ColumnElement[bool]) -> list[Entry]:
    e, b = entries.c, bodies.c
    query = (
        sa.select(e.id, e.source, e.at, e.first_seen, e.state, b.title, b.text, b.html, b.data, *_MARK)
        .select_from(
            entries.join(bodies, b.id == e.id).outerjoin(
                marks, sa.and_(marks.c.entry == e.id, marks.c.person == person)
            )
        )
        .where(which, e.source.in_(readable(person)))
    )
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
        for row in connection.execute(query)
    ]
