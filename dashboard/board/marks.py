"""What a person does with items: seen, done, later, pinned; each can be taken back."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from dashboard.store.protocol import Store
from dashboard.store.records import Mark

Before = Mapping[int, Mark]
"""The marks as they were, by item: what :meth:`Marks.restore` takes."""


class Marks:
    """The marks of one person on items; nothing here ever reaches a backend."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def seen(self, person: int, entries: Sequence[int]) -> Before:
        """Remember that the person looked at these items."""
        return self._store.mark(person, entries, seen_at=self._clock())

    def done(self, person: int, entries: Sequence[int]) -> Before:
        """Take these items off the list for good."""
        return self._store.mark(person, entries, done_at=self._clock())

    def snooze(self, person: int, entries: Sequence[int], until: datetime) -> Before:
        """Take these items off the list until then."""
        return self._store.mark(person, entries, snoozed_until=until)

    def pin(self, person: int, entries: Sequence[int]) -> Before:
        """Keep these items on top, or let go of them where all are pinned already."""
        pinned = all(entry.mark.pinned for entry in self._store.entries(person, entries))
        return self._store.mark(person, entries, pinned=not pinned)

    def restore(self, person: int, before: Before) -> None:
        """Take back what one of the other methods did, with what it returned."""
        for entry, mark in before.items():
            self._store.mark(
                person,
                [entry],
                seen_at=mark.seen_at,
                done_at=mark.done_at,
                snoozed_until=mark.snoozed_until,
                pinned=mark.pinned,
            )
