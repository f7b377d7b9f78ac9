"""Whether there is anything new, asked several times a second while somebody looks."""

from collections.abc import Iterable

from dashboard.store.protocol import Store
from dashboard.store.records import Rev


class Changes:
    """What the page is told of without asking."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def stamp(self) -> str:
        """Return a text that differs from the last one where anything at all was written; for one who asks."""
        return self._store.stamp()

    def revs(self, people: Iterable[int]) -> dict[int, Rev]:
        """Return how far what each of these people sees has come, without those who are not there."""
        return self._store.revs(people)
