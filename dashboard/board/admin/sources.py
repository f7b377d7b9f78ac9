"""Sources for everyone or a group, as an admin looks after them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from dashboard.board.admin.csv import checked_group
from dashboard.board.admin.records import SharedSource
from dashboard.board.records import Invalid, Tried
from dashboard.board.sources import checked_days
from dashboard.board.trials import Trials
from dashboard.connection import Connections
from dashboard.store.protocol import Store
from dashboard.store.records import Actor, Audience, ConnectorHealth, Health, Source


class Sources:
    """What everyone or a group reads. ``group`` is None for everyone. Each change stands in the log."""

    def __init__(self, store: Store, connections: Connections, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._connections = connections
        self._clock = clock
        self._trials = Trials(connections, clock)

    def all(self, me: Actor) -> list[SharedSource]:
        """Return every source for a group or everyone, by title, with its health."""
        now = self._clock()
        return [SharedSource.of(source, now=now) for source in self._store.admin.shared_sources(me)]

    def personal(self, me: Actor) -> list[ConnectorHealth]:
        """Return the sources that people have for themselves, counted by connector."""
        return list(self._store.admin.survey(me, now=self._clock()).personal)

    def add(
        self,
        me: Actor,
        connector: str,
        title: str,
        values: Mapping[str, Any],
        *,
        group: str | None = None,
        keep_days: int | None = None,
        check: bool = True,
    ) -> tuple[Tried, SharedSource | None]:
        """Test options and save them as a source that is read at once; None with the reason where they do not work.

        It belongs to nobody, so nobody acts in it. Raises Invalid for ``keep_days`` that are none.
        """
        self._store.admin.groups(me)  # who may not add anything may not test anything either
        keep, now = checked_days(keep_days), self._clock()
        tried, kept, secrets = self._trials.new(connector, title, values, reach=check)
        if not kept:
            return tried, None
        source = self._store.admin.add_shared(
            me,
            seal=lambda number: self._connections.seal(secrets, source=number, owner=None),
            now=now,
            group=_readers(group),
            keep_days=keep,
            **kept,
        )
        return tried, SharedSource.of(source, now=now)

    def edit(self, me: Actor, source: int, title: str, values: Mapping[str, Any]) -> Tried:
        """Test changed options and save them; an empty secret stays as it was, unless it would be sent elsewhere."""
        tried, fields = self._trials.changed(self._stored(me, source), title, values)
        if fields:
            self._change(me, source, **fields)
        return tried

    def audience(self, me: Actor, source: int, group: str | None) -> SharedSource:
        """Let a group read a source, or with None everyone. Raises Invalid for a name that is none."""
        audience = Audience.GROUP if group else Audience.EVERYONE
        return self._change(me, source, audience=audience, group=_readers(group))

    def keep(self, me: Actor, source: int, days: int | None) -> SharedSource:
        """Say for how many days its items are kept: 0 is for good, None is what the settings say. Raises Invalid."""
        return self._change(me, source, keep_days=checked_days(days))

    def sync_now(self, me: Actor, source: int) -> SharedSource:
        """Read a source as soon as the worker has a free thread."""
        return self._change(me, source, due_at=self._clock())

    def pause(self, me: Actor, source: int) -> SharedSource:
        """Read a source no more until :meth:`resume`."""
        return self._change(me, source, health=Health.PAUSED, due_at=None)

    def resume(self, me: Actor, source: int) -> SharedSource:
        """Read a paused source again, at once."""
        return self._change(me, source, health=Health.NEW, due_at=self._clock())

    def remove(self, me: Actor, source: int) -> None:
        """Remove a source with all its items and everybody's marks on them; nothing changes at the backend."""
        if self._store.admin.remove_shared(me, source, now=self._clock()) is None:
            raise Invalid("no_source")

    def _stored(self, me: Actor, source: int) -> Source:
        for found in self._store.admin.shared_sources(me):
            if found.id == source:
                return found
        raise Invalid("no_source")

    def _change(self, me: Actor, source: int, **fields: Any) -> SharedSource:
        now = self._clock()
        changed = self._store.admin.change_shared(me, source, now=now, **fields)
        if changed is None:
            raise Invalid("no_source")
        return SharedSource.of(changed, now=now)


def _readers(group: str | None) -> str | None:
    """Return the group that reads a source, None for everyone. Raises Invalid for a name of nothing but spaces."""
    known = checked_group(group) if group else None
    if known == "":
        raise Invalid("group_empty")
    return known
