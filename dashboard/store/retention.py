"""What is removed because it is old: items by the rule of their source, and rows that only tell of the past."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from connectors.kit import Item, Kind
from dashboard.store.database import Topic, chunks, next_rev
from dashboard.store.records import Flag
from dashboard.store.rows import moment
from dashboard.store.schema import bodies, entries, health, journal, marks, sources

_BLANK = dict.fromkeys(("thread", "channel", "author", "name", "reply_to", "people"), "")


class Retention(Topic):
    """The worker's daily pass. It writes in small transactions, so that nobody waits for it."""

    def expire(self, *, now: datetime, days: int) -> int:
        kept = sa.func.coalesce(sources.c.keep_days, days)
        with self._database.reading() as connection:
            rows = connection.execute(sa.select(sources.c.id, kept.label("days")).where(kept > 0)).all()
        return sum(self._expire(row.id, now, now - timedelta(days=row.days)) for row in rows)

    def _expire(self, source: int, now: datetime, oldest: datetime) -> int:
        with self._database.reading() as connection:
            ids = connection.execute(sa.select(entries.c.id).where(_outlived(source, now, oldest))).scalars().all()
        expired = 0
        for chunk in chunks(ids):
            with self._database.writing() as connection:
                connection.execute(sa.select(sources.c.id).where(sources.c.id == source).with_for_update())
                still = sa.and_(entries.c.id.in_(chunk), _outlived(source, now, oldest))  # pinned meanwhile?
                found = connection.execute(sa.select(entries.c.id).where(still)).scalars().all()
                if found:
                    _bury(connection, source, found, now)
                expired += len(found)
        return expired

    def forget(self, *, steps_before: datetime, health_before: datetime) -> int:
        later = health.alias()
        newer = sa.exists().where(later.c.source == health.c.source, later.c.at > health.c.at)
        with self._database.writing() as connection:
            steps = connection.execute(journal.delete().where(journal.c.at < steps_before)).rowcount
            # The last row of a source stays: it says how the source still is.
            return steps + connection.execute(health.delete().where(health.c.at < health_before, newer)).rowcount


def outlived(item: Item, now: float, oldest: float | None) -> bool:
    """Whether a fetched item is too old to be taken in: it would be removed again the next day.

    ``now`` and ``oldest`` are POSIX seconds; None takes everything in.
    """
    if oldest is None or moment(item, now) >= oldest or (item.kind is Kind.TASK and not item.done):
        return False
    return not any(time is not None and time.timestamp() >= now for time in (item.due, item.start, item.end))


def _outlived(source: int, now: datetime, oldest: datetime) -> sa.ColumnElement[bool]:
    """Return the condition for what :func:`outlived` says of an item, but for what somebody has pinned or put off."""
    wanted = sa.exists().where(
        marks.c.entry == entries.c.id, sa.or_(marks.c.pinned.is_(sa.true()), marks.c.snoozed_until > now)
    )
    past = (sa.or_(entries.c[name].is_(None), entries.c[name] < now.timestamp()) for name in ("due", "start", "end"))
    settled = sa.or_(entries.c.kind != Kind.TASK.value, entries.c.flags.bitwise_and(Flag.DONE) != 0)
    old = sa.and_(entries.c.source == source, entries.c.gone.is_(False), entries.c.at < oldest.timestamp())
    return sa.and_(old, settled, *past, ~wanted)


def _bury(connection: sa.Connection, source: int, ids: Sequence[int], now: datetime) -> None:
    """Leave an empty row of each item, which tells open pages that it is gone; ``purge`` takes that as well."""
    rev = next_rev(connection)
    connection.execute(bodies.delete().where(bodies.c.id.in_(ids)))
    gone = {"gone": True, "gone_at": now.timestamp(), "rev": rev, "terms": b"", **_BLANK}
    connection.execute(entries.update().where(entries.c.id.in_(ids)).values(gone))
    fewer = {"rev": rev, "items": sources.c["items"] - len(ids)}
    connection.execute(sources.update().where(sources.c.id == source).values(fewer))
