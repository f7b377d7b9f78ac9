"""The sources of a person: what can be added, whether it works, and how each is doing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from connectors.kit import Connector, OAuth2, SourceError, opml
from connectors.kit.form import Field, fields
from dashboard.board.records import Invalid, Offer, Pulse, Tried
from dashboard.board.trials import Trials
from dashboard.connection import Connections
from dashboard.settings import MOST_DAYS
from dashboard.store.protocol import Store
from dashboard.store.records import Audience, Health, Source

ALIVE = timedelta(seconds=30)
"""After which a worker that says nothing is taken for dead."""
_FEEDS, _ADDRESS, _OPML = "feeds", "address", "opml"


class Sources:
    """Everything a person can do with sources. What is tested here is tested for real, at the backend."""

    def __init__(self, store: Store, connections: Connections, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._connections = connections
        self._clock = clock
        self._trials = Trials(connections, clock)

    def all(self, person: int) -> list[Source]:
        """Return every source the person reads."""
        return self._store.sources(person)

    def offers(self) -> list[Offer]:
        """Return every connector that is installed, also those that cannot be loaded."""
        return [
            Offer(name=plugin.name, kind=plugin.kind or "", summary=plugin.summary, broken=plugin.broken)
            for plugin in self._connections.registry
        ]

    def form(self, connector: str) -> Sequence[Field] | None:
        """Return the fields of a connector, None where it is not there or broken."""
        found = self._class(connector)
        return fields(found) if found else None

    def check(self, connector: str, values: Mapping[str, Any], *, kept: Mapping[str, str] | None = None) -> Tried:
        """Try options at the backend without saving anything."""
        return self._trials.check(connector, values, kept=kept)

    def add(
        self,
        person: int,
        connector: str,
        title: str,
        values: Mapping[str, Any],
        *,
        audience: Audience = Audience.PERSON,
        group: str | None = None,
        check: bool = True,
    ) -> tuple[Tried, Source | None]:
        """Test options and save them as a source that is read at once; None with the reason where they do not work.

        What is connected by a consent at its provider cannot be tested before it.
        """
        found = self._class(connector)
        reach = check and not (found and isinstance(found.about.auth, OAuth2))
        tried, kept, secrets = self._trials.new(connector, title, values, reach=reach)
        if not kept:
            return tried, None
        source = self._store.add_source(
            person,
            due_at=self._clock(),
            audience=audience,
            group=group,
            seal=lambda number: self._connections.seal(secrets, source=number, owner=person),
            **kept,
        )
        return tried, source

    def edit(self, person: int, source: int, title: str, values: Mapping[str, Any]) -> Tried:
        """Test changed options and save them; an empty secret stays as it was.

        Where an option changes that says where secrets are sent, each has to be entered again and
        the source logged in again: else whoever sits at the page could have them sent to himself.
        """
        stored = self._store.source(person, source)
        if stored is None or not self.editable(person, source):
            return Tried(errors={"": "no such source"})
        tried, fields = self._trials.changed(stored, title, values)
        if fields:
            self._store.change_source(person, source, now=self._clock(), **fields)
        return tried

    def editable(self, person: int, source: int) -> bool:
        """Whether the person may change a source: their own, and as an admin one that others read too."""
        found = self._store.source(person, source)
        if found is None or found.audience is Audience.PERSON:
            return found is not None and found.owner == person
        return any(known.admin for known in self._store.employees() if known.id == person)

    def sync_now(self, person: int, source: int) -> bool:
        """Read a source as soon as the worker has a free thread; return False where it is not theirs to change."""
        return self._store.change_source(person, source, due_at=self._clock()) is not None

    def pause(self, person: int, source: int) -> bool:
        """Read a source no more until :meth:`resume`; return False where it is not theirs to change."""
        return (
            self._store.change_source(person, source, now=self._clock(), health=Health.PAUSED, due_at=None) is not None
        )

    def resume(self, person: int, source: int) -> bool:
        """Read a paused source again, at once; return False where it is not theirs to change."""
        now = self._clock()
        return self._store.change_source(person, source, now=now, health=Health.NEW, due_at=now) is not None

    def mute(self, person: int, source: int, *, muted: bool) -> bool:
        """Keep the items of a source off the person's own list, or let them in again; others see them as before."""
        return self._store.change_source(person, source, muted=muted) is not None

    def keep(self, person: int, source: int, days: int | None) -> bool:
        """Say for how many days items are kept, 0 for good, None as the settings say; False where it is not theirs.

        Raises Invalid for days that are none.
        """
        return self._store.change_source(person, source, keep_days=checked_days(days)) is not None

    def remove(self, person: int, source: int) -> bool:
        """Remove a source with all its items, nothing at the backend; False where it is not theirs to change."""
        return self._store.remove_source(person, source)

    def pulse(self) -> Pulse:
        """Return whether a worker is alive."""
        last = max((at for _, at in self._store.workers()), default=None)
        return Pulse(last=last, alive=last is not None and self._clock() - last < ALIVE)

    def import_opml(self, person: int, document: bytes) -> int:
        """Add every feed of an OPML document that the person does not read yet; return how many.

        Raises Invalid where it is none. They are not tested one by one: each shows its own health.
        Folders and what other readers wrote are kept for :meth:`export_opml`.
        """
        try:
            outlines = opml.outlines(document)
        except opml.NoList as error:
            raise Invalid(f"opml_{error.fault}", line=error.line) from None
        known, before = self._addresses(person), len(self._addresses(person))
        feeds = [outline for outline in outlines if isinstance(outline, opml.Feed)]
        for feed in feeds:
            if feed.address not in known:
                _, source = self.add(person, _FEEDS, feed.title, {_ADDRESS: feed.address}, check=False)
                known |= {feed.address} if source else set()
        places = [asdict(each) for each in outlines if isinstance(each, opml.Folder) or each.address in known]
        told = {each.folders if isinstance(each, opml.Folder) else each.address for each in outlines}
        earlier = self._store.document(person, _OPML) or ()
        kept = [place for place in earlier if (place.get("address") or tuple(place["folders"])) not in told]
        self._store.keep(person, _OPML, [*kept, *places])
        return len(known) - before

    def left_out(self, document: bytes) -> list[opml.Feed]:
        """Return the feeds of an OPML document that :meth:`import_opml` leaves out, as they are not of the web.

        Raises Invalid where it is none.
        """
        try:
            return opml.left_out(document)
        except opml.NoList as error:
            raise Invalid(f"opml_{error.fault}", line=error.line) from None

    def export_opml(self, person: int) -> str:
        """Return the feeds of a person as OPML, ``""`` where there are none."""
        titles = {str(s.options[_ADDRESS]): s.title for s in self.all(person) if s.connector == _FEEDS}
        placed = [
            (opml.Feed if "address" in place else opml.Folder)(**place | {"folders": tuple(place["folders"])})
            for place in self._store.document(person, _OPML) or ()
            if "address" not in place or place["address"] in titles
        ]
        told = {outline.address for outline in placed if isinstance(outline, opml.Feed)}
        others = [opml.Feed(title=title, address=address) for address, title in titles.items() if address not in told]
        return opml.write([*placed, *others]) if titles else ""

    def _addresses(self, person: int) -> set[str]:
        return {str(source.options[_ADDRESS]) for source in self.all(person) if source.connector == _FEEDS}

    def _class(self, connector: str) -> type[Connector] | None:
        try:
            return self._connections.registry.get(connector)
        except SourceError:
            return None


def checked_days(days: int | None) -> int | None:
    """Return for how many days items are kept. Raises Invalid with a sentence."""
    if days is not None and not 0 <= days <= MOST_DAYS:
        raise Invalid("days", most=MOST_DAYS)
    return days
