"""What stays in memory of one person between two looks at the page: their columns and their last ranking."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.board.profiles import Profiles
from dashboard.rank import Ranking, rank
from dashboard.ranking.signals import Signals
from dashboard.store.protocol import Store

KNOWN = timedelta(days=180)
"""How far back items tell what a person answers and writes about."""
SHOWN = timedelta(days=30)
"""How far back items are ranked; older ones are found by search."""
_FRESH = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class View:
    """One ranking with what it was made from."""

    ranking: Ranking
    rev: int
    at: datetime


class Desk:
    """One person's signals, brought up to date by what has changed since the last look."""

    def __init__(self, store: Store, profiles: Profiles, person: int, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._profiles = profiles
        self._person = person
        self._clock = clock
        self._lock = threading.Lock()
        self._signals, self._since = Signals(), clock() - KNOWN
        self._view: View | None = None

    def view(self) -> View:
        """Return the order as of now; where nothing has changed it is not made again for half a minute."""
        with self._lock:
            now, rev = self._clock(), self._store.rev(self._person)
            known = self._view
            if known is None or rev != known.rev or now - known.at > _FRESH:
                self._view = known = self._made(now, rev)
            return known

    def _made(self, now: datetime, rev: int) -> View:
        if now - self._since > 2 * KNOWN:
            self._signals, self._since = Signals(), now - KNOWN
        self._signals.update(self._store.facts(self._person, after=self._signals.rev, since=self._since))
        ranking = rank(self._signals, self._profiles.get(self._person), now, since=now - SHOWN)
        return View(ranking, rev, now)
