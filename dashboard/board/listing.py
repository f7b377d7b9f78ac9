"""The lists of a person: what matters now, what waits, what a search found, and one item in full."""

import threading
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from datetime import UTC, datetime, tzinfo

from cachetools import LRUCache

from connectors.kit import Misconfigured, Person
from connectors.kit.html.remote import remote
from connectors.kit.html.sanitizer import safe_html
from connectors.kit.registry import Registry
from connectors.kit.text import shorten
from dashboard.board.desk import Desk, View
from dashboard.board.profiles import Profiles
from dashboard.board.records import Found, Opened, Reason, Row, Sum, Today, Version
from dashboard.rank import Ranking
from dashboard.ranking.census import EVERYTHING, Filter
from dashboard.ranking.standing import Place
from dashboard.search import All, parse, snippet
from dashboard.store.protocol import Store
from dashboard.store.records import Entry, Source
from dashboard.words import composed

_DESKS = 256
_SNIPPET = 240
_CANDIDATES = 2000
_NAMES = 5000


class Listing:
    """Everything a person can look at. No call here waits for a backend."""

    def __init__(self, store: Store, profiles: Profiles, registry: Registry, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._profiles = profiles
        self._registry = registry
        self._clock = clock
        self._desks: LRUCache[int, Desk] = LRUCache(_DESKS)
        self._lock = threading.Lock()

    def rev(self, person: int) -> int:
        """Return a number that grows with every change the person could see."""
        return self._store.rev(person)

    def kinds(self, person: int) -> list[str]:
        """Return the kinds of what is listed or held, in one order."""
        return self._view(person).ranking.kinds

    def today(
        self,
        person: int,
        *,
        place: Place = Place.SHOWN,
        only: Filter = EVERYTHING,
        start: int = 0,
        limit: int = 50,
        known: Mapping[int, Version] = {},
    ) -> Today:
        """Return ``limit`` rows of one list from a place on: conversations best first, or items newest first.

        Rows that are ``known`` in their version are left out: whoever asks has them.
        ``only`` leaves out everything else, in the sums as well; what can be chosen is told of the whole list.
        """
        desk = self.desk(person)
        with self._store.together():
            view, sources = desk.sight()
            census = view.ranking.census
            chosen = census.items(place, only)
            page = chosen[start : start + limit]
            told = view.ranking.versions(page)
            versions = {item: (view.edition, *version) for item, version in zip(page, told, strict=True)}
            entries = desk.entries([item for item in page if known.get(item) != versions[item]])
        sums = census.sums(only)
        return Today(
            rows=self._rows(entries, view, sources, names=desk.names),
            waiting=len(chosen),
            listed=chosen,
            versions=versions,
            total=Sum(
                shown=sums[Place.SHOWN],
                held=sums[Place.HELD],
                done=sums[Place.DONE],
                snoozed=sums[Place.SNOOZED],
                muted=sums[Place.MUTED],
            ),
            kinds=census.kinds(place, only),
            channels=census.channels(place, only),
            sources=sources,
            hours=view.profile.hours,
            rev=view.rev,
        )

    def search(self, person: int, text: str, *, zone: tzinfo = UTC, limit: int = 50) -> Found:
        """Return what a query finds, the newest hits first ranked; held, done and far ones included."""
        query = parse(text, now=self._clock().astimezone(zone))
        problems = [composed(text)[flaw.start : flaw.end] for flaw in query.flaws]
        if problems and query.part == All() and query.held is None:
            return Found(rows=[], total=0, problems=problems)
        newest = self._store.search(person, query, limit=_CANDIDATES + 1)
        hits = {hit.id: hit.snippet for hit in newest[:_CANDIDATES]}
        view = self._view(person)
        wanted = [*hits]
        if query.held is not None:
            wanted = [item for item in hits if query.held is (view.ranking.place(item) is Place.HELD)]
        best = sorted(wanted, key=lambda item: _merit(view.ranking, item), reverse=True)
        entries = self._store.entries(person, best[:limit])
        marked = {e.id: hits[e.id] or snippet(query, e.item.title, e.item.text, length=_SNIPPET) for e in entries}
        return Found(
            rows=self._rows(entries, view, self._store.sources(person), marked),
            total=len(wanted),
            problems=problems,
            listed=best,
            cut=len(newest) > _CANDIDATES,
        )

    def ranking(self, person: int) -> Ranking:
        """Return the order as of now, for what looks at all of it at once."""
        return self._view(person).ranking

    def conversation(self, person: int, entry: int) -> list[int]:
        """Return the items that stand behind one row: what is done with the row is done with all of them."""
        return self._view(person).ranking.items(entry) or [entry]

    def open(self, person: int, entry: int) -> Opened | None:
        """Return one item in full, None where it is gone or another's."""
        found = self._store.entries(person, [entry])
        if not found:
            return None
        ranking = self._view(person).ranking
        source = self._store.source(person, found[0].source)
        thread = self._store.thread(person, entry)
        return Opened(
            entry=found[0],
            source=source.title if source else "",
            html=safe_html(found[0].item.html) if found[0].item.html else "",
            thread=thread,
            why=_named(ranking.why(entry), _names(thread), source.title if source else ""),
            score=ranking.score(entry),
            place=ranking.place(entry),
            actions=self._actions(source.connector) if source and source.owner == person else (),
            raw=self._store.raw(person, entry) or "",
            blocked=remote(found[0].item.html),
        )

    def forget(self, person: int) -> None:
        """Let go of everything that is in memory of a person."""
        with self._lock:
            self._desks.pop(person, None)

    def desk(self, person: int) -> Desk:
        """Return what is kept in memory of a person, for what compares or counts all of it."""
        with self._lock:
            desk = self._desks.get(person)
            if desk is None:
                desk = self._desks[person] = Desk(self._store, self._profiles, person, self._clock)
        return desk

    def _view(self, person: int) -> View:
        return self.desk(person).view()

    def _rows(
        self,
        entries: Sequence[Entry],
        view: View,
        sources: Iterable[Source],
        snippets: Mapping[int, str] | None = None,
        names: MutableMapping[str, str] | None = None,
    ) -> list[Row]:
        titles = {source.id: source.title for source in sources}
        names = {} if names is None or len(names) > _NAMES else names
        names.update(_names(entries))
        lines = view.ranking.lines([entry.id for entry in entries])
        return [
            Row(
                entry=entry,
                source=titles.get(entry.source, ""),
                snippet=(snippets or {}).get(entry.id) or _snippet(entry),
                count=line.count,
                score=line.score,
                why=_named(line.why, names, titles.get(entry.source, "")),
                place=None if line.place is Place.SHOWN and not line.count else line.place,
            )
            for entry, line in zip(entries, lines, strict=True)
        ]

    def _actions(self, connector: str) -> Sequence[str]:
        try:
            return tuple(self._registry.get(connector).actions())
        except Misconfigured:
            return ()


def _listed(ranking: Ranking, item: int) -> Place | None:
    """Return where an item stands, None for what is older than the lists."""
    place = ranking.place(item)
    return None if place is Place.SHOWN and not ranking.count(item) else place


def _merit(ranking: Ranking, item: int) -> tuple[bool, float, int]:
    """Return what a hit is sorted by: what is listed by its score, then everything else by its time."""
    listed = ranking.count(item) > 0
    return listed, ranking.score(item) if listed else 0.0, item


def _names(entries: Iterable[Entry]) -> Mapping[str, str]:
    """Return the names of all people of some items by what the order calls them: an address, else the name in small."""
    people = [who for entry in entries for who in (entry.item.author, *entry.item.people) if who is not None]
    called = [who if isinstance(who, Person) else Person(name=who) for who in people]
    return {(person.address or person.name).lower(): person.name for person in called if person.name}


def _named(reasons: Sequence[Reason], names: Mapping[str, str], source: str) -> list[Reason]:
    """Let reasons speak of people by the names that are known of them, and of a source where it has no channels."""
    return [_with_names(one, names, source) if one.args else one for one in reasons]


def _with_names(reason: Reason, names: Mapping[str, str], source: str) -> Reason:
    if reason.args.get("channel") == "":
        return Reason(reason.key, {"channel": source}, reason.points)
    if names.keys().isdisjoint(reason.args.values()):
        return reason
    return Reason(reason.key, {key: names.get(value, value) for key, value in reason.args.items()}, reason.points)


def _snippet(entry: Entry) -> str:
    text = " ".join(entry.item.text[: 4 * _SNIPPET].split())
    title = " ".join(entry.item.title.split())
    return shorten(text.removeprefix(title).lstrip(" .:–-") if title else text, _SNIPPET)
