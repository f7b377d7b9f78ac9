"""What stays in memory of one person between two looks at the page: their columns and their last ranking."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.board.profiles import Profiles
from dashboard.rank import Ranking, rank
from dashboard.ranking.known import Known, known
from dashboard.ranking.signals import Signals
from dashboard.relevance import Profile
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
        self._sources: set[int] = set()
        self._muted: set[int] = set()
        self._view: View | None = None

    def view(self) -> View:
        """Return the order as of now; where nothing has changed it is not made again for half a minute."""
        with self._lock:
            now, rev = self._clock(), self._store.rev(self._person)
            view = self._view
            if view is None or rev != view.rev or now - view.at > _FRESH:
                self._bring_in(now)
                self._view = view = View(self._ranking(self._profiles.get(self._person), now), rev, now)
            return view

    def compare(self, profile: Profile) -> tuple[Ranking, Ranking]:
        """Return the order of this moment and the one that another profile would give at the same moment."""
        with self._lock:
            now = self._clock()
            self._bring_in(now)
            return self._ranking(self._profiles.get(self._person), now), self._ranking(profile, now)

    def known(self) -> Known:
        """Return what the person's items show of them."""
        with self._lock:
            now = self._clock()
            self._bring_in(now)
            return known(self._signals.columns, self._profiles.get(self._person), now.timestamp())

    def _bring_in(self, now: datetime) -> None:
        known = self._store.sources(self._person)
        sources, self._muted = {source.id for source in known}, {source.id for source in known if source.muted}
        if now - self._since > 2 * KNOWN or self._sources - sources:  # the store tells nothing of what was removed
            self._signals, self._since = Signals(), now - KNOWN
        self._sources = sources
        self._signals.update(self._store.facts(self._person, after=self._signals.rev, since=self._since))

    def _ranking(self, profile: Profile, now: datetime) -> Ranking:
        return rank(self._signals, profile, now, since=now - SHOWN, muted=self._muted)
