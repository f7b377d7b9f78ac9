"""One cursor's worth of a fetch, written in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from connectors.kit import Change, Gone, Read, Snapshot
from dashboard.store.database import Dialect, chunks, insert, next_rev
from dashboard.store.decision import Known, Verdict, decide, entry_id
from dashboard.store.protocol import LeaseLost
from dashboard.store.records import Batch, Flag, Tally
from dashboard.store.retention import outlived
from dashboard.store.rows import (
    ALL_STATE_FLAGS,
    Fetched,
    body_row,
    clean,
    entry_row,
    fetched,
    pack_state,
    state_flags,
    unpack_state,
)
from dashboard.store.schema import bodies, entries, sources

_known = sa.select(entries.c.key, entries.c.id, entries.c.hash, entries.c.state, entries.c.gone).where(
    entries.c.source == sa.bindparam("source"), entries.c.key.in_(sa.bindparam("keys", expanding=True))
)
_held = sa.select(sources.c.leased_by).where(sources.c.id == sa.bindparam("source")).with_for_update()
_newest = sa.bindparam("newest", type_=sources.c.newest_at.type)
_account = (
    sources.update()
    .where(sources.c.id == sa.bindparam("_source"))
    .values(
        synced_at=sa.bindparam("synced_at"),
        cursor=sa.func.coalesce(sa.bindparam("_cursor", type_=sources.c.cursor.type), sources.c.cursor),
        unreadable=sources.c.unreadable + sa.bindparam("_unreadable"),
        rev=sa.func.coalesce(sa.bindparam("_rev", type_=sources.c.rev.type), sources.c.rev),
        items=sources.c["items"] + sa.bindparam("grown"),
        newest_at=sa.case(
            (sa.or_(sources.c.newest_at.is_(None), sources.c.newest_at < _newest), _newest), else_=sources.c.newest_at
        ),
    )
)
_update_entry = entries.update().where(entries.c.id == sa.bindparam("_id"))
_update_body = bodies.update().where(bodies.c.id == sa.bindparam("_id"))


class Commit:
    """Writes one batch of one source; lives as long as its transaction."""

    def __init__(
        self, connection: sa.Connection, dialect: Dialect, source: int, now: datetime, oldest: datetime | None = None
    ) -> None:
        self.connection = connection
        self.dialect = dialect
        self.source = source
        self.now = now.timestamp()
        self.oldest = oldest.timestamp() if oldest else None
        self.new = self.changed = self.same = self.gone = 0
        self.revived = 0
        self.newest = 0.0

    @cached_property
    def rev(self) -> int:
        """The revision of everything written here, taken when the first thing is."""
        return next_rev(self.connection)

    def write(self, batch: Batch, worker: str | None) -> Tally:
        """Write a batch. Raises LeaseLost where ``worker`` does not hold the source any more."""
        self._check_lease(worker)
        self._items(batch.items)
        self._gone(batch.gone)
        for event in batch.events:
            self._apply(event)
        self._account(batch)
        return Tally(new=self.new, changed=self.changed, same=self.same, gone=self.gone)

    def _check_lease(self, worker: str | None) -> None:
        row = self.connection.execute(_held, {"source": self.source}).one_or_none()
        if row is None or (worker is not None and row.leased_by != worker):
            raise LeaseLost(self.source)

    def _items(self, items: Sequence[tuple[Any, str]]) -> None:
        # The same id twice in one batch is one item, as it was the last time.
        latest = {new.key: new for new in (fetched(item, raw) for item, raw in items)}
        known = self._lookup(latest)
        todo: dict[Verdict, list[Fetched]] = {verdict: [] for verdict in Verdict}
        for key, new in latest.items():
            there = known.get(key)
            late = (there is None or there.gone) and outlived(new.item, self.now, self.oldest)
            todo[Verdict.SAME if late else decide(there, new.hash, new.state)].append(new)
        self.same += len(todo[Verdict.SAME]) + len(todo[Verdict.REHASH]) + len(items) - len(latest)
        self._insert(todo[Verdict.NEW])
        self._change(todo[Verdict.CHANGED], known)
        self._set_states([(known[new.key].id, new.state) for new in todo[Verdict.STATE]])
        if rehashed := [{"_id": known[new.key].id, "hash": new.hash} for new in todo[Verdict.REHASH]]:
            self.connection.execute(_update_entry.values(hash=sa.bindparam("hash")), rehashed)

    def _lookup(self, keys: Iterable[str]) -> dict[str, Known]:
        return {
            row[0]: Known(*row[1:])
            for chunk in chunks(keys)
            for row in self.connection.execute(_known, {"source": self.source, "keys": chunk})
        }

    def _insert(self, items: Sequence[Fetched]) -> None:
        if not items:
            return
        rev = self.rev  # from here on no other writer can take an id that is free now
        stamp = {"source": self.source, "rev": rev, "first_seen": self.now}
        rows = [entry_row(new, now=self.now) | stamp for new in items]
        for row, new in zip(rows, items, strict=True):
            row["id"] = entry_id(row["at"], new.key, self.source)
        self._part(rows)
        insert(self.connection, entries, rows)
        self._insert_bodies([body_row(new) | {"id": row["id"]} for row, new in zip(rows, items, strict=True)])
        self.new += len(rows)
        self.newest = max(self.newest, *(row["at"] for row in rows), 0.0)

    def _part(self, rows: Sequence[dict[str, Any]]) -> None:
        """Give the next free id to every row whose id is taken."""
        found = sa.select(entries.c.id).where(entries.c.id.in_(sa.bindparam("ids", expanding=True)))
        given: set[int] = set()
        pending = list(rows)
        while pending:
            taken = set(given)
            for chunk in chunks(row["id"] for row in pending):
                taken.update(self.connection.execute(found, {"ids": chunk}).scalars())
            clashing = []
            for row in pending:
                if row["id"] in taken:
                    row["id"] += 1
                    clashing.append(row)
                else:
                    taken.add(row["id"])
                    given.add(row["id"])
            pending = clashing

    def _insert_bodies(self, rows: list[dict[str, Any]]) -> None:
        insert(self.connection, bodies, rows)
        self.dialect.index(self.connection, rows)

    def _change(self, items: Sequence[Fetched], known: Mapping[str, Known]) -> None:
        if not items:
            return
        rows = [entry_row(new, now=self.now) | {"_id": known[new.key].id, "rev": self.rev} for new in items]
        for row in rows:
            row["id"] = row["_id"]
        self._update(_update_entry, rows)
        changed: list[dict[str, Any]] = []
        revived: list[dict[str, Any]] = []
        for new in items:
            body = body_row(new) | {"id": known[new.key].id}
            (revived if known[new.key].gone else changed).append(body)
        if revived:
            self._insert_bodies(revived)
        if changed:
            self._update(_update_body, [row | {"_id": row["id"]} for row in changed])
            self.dialect.reindex(self.connection, changed)
        self.changed += len(items)
        self.revived += len(revived)
        self.newest = max(self.newest, *(row["at"] for row in rows), 0.0)

    def _update(self, statement: sa.Update, rows: list[dict[str, Any]]) -> None:
        values: dict[str, Any] = {name: sa.bindparam(name) for name in rows[0] if name not in ("_id", "id")}
        self.connection.execute(statement.values(values), [{k: v for k, v in row.items() if k != "id"} for row in rows])

    def _set_states(self, states: Sequence[tuple[int, int]]) -> None:
        if not states:
            return
        statement = _update_entry.values(
            rev=self.rev,
            state=sa.bindparam("_state"),
            flags=entries.c.flags.bitwise_and(~ALL_STATE_FLAGS).bitwise_or(sa.bindparam("_flags")),
        )
        rows = [{"_id": id_, "_state": state, "_flags": state_flags(state)} for id_, state in states]
        self.connection.execute(statement, rows)
        self.changed += len(states)

    def _apply(self, event: Any) -> None:
        if isinstance(event, Gone):
            self._gone((event.id,))
        elif isinstance(event, Change):
            self._changed_state(event)
        elif isinstance(event, Read):
            self._read(event)
        elif isinstance(event, Snapshot):
            self._snapshot(event)

    def _changed_state(self, event: Change) -> None:
        known = self._lookup((clean(event.id),)).get(clean(event.id))
        if known is None or known.gone:
            return
        told = (event.unread, event.flagged, event.answered, event.done)
        kept = unpack_state(known.state)
        state = pack_state(*(new if new is not None else old for new, old in zip(told, kept, strict=True)))
        if state != known.state:
            self._set_states([(known.id, state)])

    def _read(self, event: Read) -> None:
        until, unread = event.until.timestamp(), entries.c.state.bitwise_and(3)
        rows = self.connection.execute(
            sa.select(entries.c.id, entries.c.state, entries.c.at, entries.c.flags).where(
                entries.c.source == self.source,
                entries.c.channel == clean(event.channel),
                entries.c.gone.is_(False),
                sa.or_(
                    sa.and_(entries.c.at <= until, unread != pack_state(False, None, None, None)),
                    sa.and_(entries.c.at > until, unread != pack_state(True, None, None, None)),
                ),
            )
        )
        states = []
        for row in rows:
            later = row.at > until and not row.flags & Flag.OWN  # nobody has to read what they wrote
            state = row.state & ~3 | pack_state(later, None, None, None)
            if state != row.state:
                states.append((row.id, state))
        self._set_states(states)

    def _snapshot(self, event: Snapshot) -> None:
        within, kept = clean(event.within), set(map(clean, event.ids))
        keys = self.connection.execute(
            sa.select(entries.c.key).where(entries.c.source == self.source, entries.c.gone.is_(False))
        ).scalars()
        self._gone([key for key in keys if key.startswith(within) and key not in kept])

    def _gone(self, keys: Iterable[str]) -> None:
        """Leave a tombstone: the row stays with its marks, should the item come back, its words go at once."""
        ids = [known.id for known in self._lookup(map(clean, keys)).values() if not known.gone]
        for chunk in chunks(ids):
            self.connection.execute(bodies.delete().where(bodies.c.id.in_(chunk)))
            self.connection.execute(
                entries.update()
                .where(entries.c.id.in_(chunk))
                .values(gone=True, gone_at=self.now, rev=self.rev, terms=b"")
            )
        self.gone += len(ids)

    def _account(self, batch: Batch) -> None:
        values = {
            "_source": self.source,
            "synced_at": _utc(self.now),
            "_cursor": batch.cursor,
            "_unreadable": batch.unreadable,
            "_rev": self.__dict__.get("rev"),
            "grown": self.new + self.revived - self.gone,
            "newest": _utc(self.newest) if self.newest else None,
        }
        self.connection.execute(_account, values)


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
