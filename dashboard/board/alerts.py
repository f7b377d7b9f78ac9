"""Interruptions: what may be notified to a person who is not looking, by their own choice and within their budget."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from connectors.kit import Item
from dashboard.board.layers import given_layer
from dashboard.board.listing import Listing
from dashboard.board.records import Alert, Choice, Row
from dashboard.store.protocol import Store

FRESH = timedelta(minutes=15)
"""How long something may be notified after it came first; later it is no news any more."""
_CHOICE, _TOLD = "alerts", "alerts.told"
_LOOKED_AT, _KEPT = 20, 200
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_REASONS: Mapping[str, Callable[[Item], datetime | None]] = {
    "why.first.ask": lambda _: None,
    "why.first.call": lambda _: None,
    "why.first.due": lambda item: item.due and item.due - _DAY,
    "why.first.soon": lambda item: item.start and item.start - _HOUR,
}
"""The reasons that may interrupt, with the moment from which an item has them, None where it has them as it comes."""


class Alerts:
    """Off until the person or a default switches it on; what was told once is told on no device again."""

    def __init__(self, store: Store, listing: Listing, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._listing = listing
        self._clock = clock

    def choice(self, person: int) -> Choice:
        """Return what the person allowed, else what they are given; the browser asks them all the same."""
        kept = self._store.document(person, _CHOICE) or given_layer(self._store.defaults(person)).get(("notify", ""))
        return Choice(**kept) if kept else Choice()

    def chosen(self, person: int) -> bool:
        """Whether the person decided themselves."""
        return self._store.document(person, _CHOICE) is not None

    def choose(self, person: int, choice: Choice | None) -> None:
        """Keep what the person allows from now on; with None that is again what they are given."""
        self._store.keep(person, _CHOICE, choice and {"first": choice.first, "budget": choice.budget})

    def due(self, person: int, zone: tzinfo) -> list[Alert]:
        """Return what may interrupt now, the most important first, no more than is left of today's budget."""
        choice = self.choice(person)
        if not choice.first:
            return []
        told, today = self._told(person), self._day(zone)
        left = choice.budget - sum(day == today for day in told.values())
        rows = self._listing.today(person, limit=_LOOKED_AT).rows
        new = [_alert(row) for row in rows if row.entry.id not in told and self._interrupts(row)]
        return new[: max(0, left)]

    def told(self, person: int, entries: Iterable[int], zone: tzinfo) -> None:
        """Keep that these items were notified."""
        told = self._told(person)
        if new := {entry: self._day(zone) for entry in entries if entry not in told}:
            self._store.keep(person, _TOLD, [*(told | new).items()][-_KEPT:])

    def _interrupts(self, row: Row) -> bool:
        """Say whether an item came first just now, by its arrival or because its time has come."""
        moments = [_REASONS[reason.key](row.entry.item) for reason in row.why if reason.key in _REASONS]
        since = [max(moment or row.entry.first_seen, row.entry.first_seen) for moment in moments]
        return any(timedelta(0) <= self._clock() - moment <= FRESH for moment in since)

    def _told(self, person: int) -> dict[int, str]:
        """Return the day on which each item was notified."""
        kept: Sequence[tuple[int, str]] = self._store.document(person, _TOLD) or ()
        return {int(entry): day for entry, day in kept}

    def _day(self, zone: tzinfo) -> str:
        return self._clock().astimezone(zone).date().isoformat()


def _alert(row: Row) -> Alert:
    author = row.entry.item.author
    name = getattr(author, "name", "") or getattr(author, "address", "") or row.source
    return Alert(entry=row.entry.id, author=name, title=row.entry.item.title or row.snippet)
