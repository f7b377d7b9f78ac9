"""What stays in memory of one person between two looks at the page: their columns and their last ranking."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cachetools import LRUCache

from dashboard.board.profiles import Profiles
from dashboard.rank import Ranking, rank
from dashboard.ranking.known import Known, known
from dashboard.ranking.signals import Signals
from dashboard.relevance import Profile
from dashboard.store.protocol import Store
from dashboard.store.records import Entry, Source

KNOWN = timedelta(days=180)
"""How far back items tell what a person answers and writes about."""
SHOWN = timedelta(days=30)
"""How far back items are ranked; older ones are found by search."""
_FRESH = timedelta(seconds=30)
_KEPT, _RECORD = 200_000, 500
"""How many characters of the rows shown last stay in memory, and how many a row counts for beside its texts."""


@dataclass(frozen=True, slots=True)
class View:
    """One ranking with what it was made from."""

    ranking: Ranking
    rev: int
    at: datetime
    profile: Profile
    edition: int = 0
    """Grows with every change of what may be in each row: the profile, and the titles of the sources."""


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
        self._touched: set[int] | None = None
        """The items that the person has marked since the order was made; None where more has changed than marks."""
        self._view: View | None = None
        self._entries: LRUCache[int, Entry] = LRUCache(_KEPT, getsizeof=_size)
        self._titles: dict[int, str] = {}
        self.names: dict[str, str] = {}

    def view(self) -> View:
        """Return the order as of now; where nothing has changed it is not made again for half a minute."""
        with self._lock:
            return self._look()[0]

    def sight(self) -> tuple[View, Sequence[Source]]:
        """Return the same with the person's sources as they are now."""
        with self._lock:
            view, sources = self._look()
            return view, self._store.sources(self._person) if sources is None else sources

    def entries(self, ids: Sequence[int]) -> list[Entry]:
        """Return items; those that have not changed since they were last asked for are in memory."""
        with self._lock:
            known = {id_: self._entries[id_] for id_ in ids if id_ in self._entries}
            if unknown := [id_ for id_ in ids if id_ not in known]:
                for entry in self._store.entries(self._person, unknown):
                    known[entry.id] = entry
                    if _size(entry) <= _KEPT:
                        self._entries[entry.id] = entry
            return [known[id_] for id_ in ids if id_ in known]

    def _look(self) -> tuple[View, Sequence[Source] | None]:
        now, rev = self._clock(), self._store.rev(self._person)
        view, sources = self._view, None
        if view is None or rev != view.rev or abs(now - view.at) > _FRESH:  # a clock may be put back
            sources, profile = self._bring_in(now), self._profiles.get(self._person)
            titles = {source.id: source.title for source in sources}
            same = view is not None and (profile, titles) == (view.profile, self._titles)
            edition, self._titles = (view.edition if view else 0) + (not same), titles
            marked = self._marked(view, rev, profile, now)
            made = marked or View(self._ranking(profile, now), rev, now, profile)
            self._view = view = replace(made, edition=edition)
            self._touched = set()
        return view, sources

    def _marked(self, view: View | None, rev: int, profile: Profile, now: datetime) -> View | None:
        """Return the order of the same moment with the marks made since; None where it has to be made anew."""
        if view is None or self._touched is None or view.profile != profile or abs(now - view.at) > _FRESH:
            return None
        ranking = view.ranking.after(self._signals, self._touched) if self._touched else view.ranking
        return View(ranking, rev, view.at, profile)

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

    def _bring_in(self, now: datetime) -> Sequence[Source]:
        known = self._store.sources(self._person)
        sources, muted = {source.id for source in known}, {source.id for source in known if source.muted}
        if now - self._since > 2 * KNOWN or self._sources - sources:  # the store tells nothing of what was removed
            self._signals, self._since = Signals(), now - KNOWN
            self._entries.clear()
            self._touched = None
        if muted != self._muted:
            self._touched = None
        self._sources, self._muted = sources, muted
        changed = self._store.facts(self._person, after=self._signals.rev, since=self._since)
        for facts in changed if self._entries else ():
            self._entries.pop(facts.id, None)
        marked = self._signals.update(changed)
        self._touched = None if self._touched is None or marked is None else self._touched | marked
        return known

    def _ranking(self, profile: Profile, now: datetime) -> Ranking:
        return rank(self._signals, profile, now, since=now - SHOWN, muted=self._muted)


def _size(entry: Entry) -> int:
    return len(entry.item.text) + len(entry.item.html) + _RECORD
