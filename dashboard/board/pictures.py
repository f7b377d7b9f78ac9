"""What is looked at rather than read: how the day went, how well a source did, what would change a place."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from dashboard.board.listing import Listing
from dashboard.ranking.ordering import Position
from dashboard.ranking.pace import Silence, silent
from dashboard.ranking.standing import Place
from dashboard.store.protocol import Store
from dashboard.store.records import Health

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Hour:
    """What reached a person within one hour: how many items of each kind, and where they stand now."""

    begin: datetime
    kinds: Mapping[str, int]
    places: Mapping[Place, int]

    @property
    def count(self) -> int:
        """How many items came."""
        return sum(self.kinds.values())


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an item stands, and for each of its told reasons where it would stand without that reason alone."""

    now: Position
    without: Sequence[Position]


@dataclass(frozen=True, slots=True)
class Span:
    """How a source was for a while; ``health`` None where nothing is known yet, ``failure`` the class of its error."""

    begin: datetime
    end: datetime
    health: Health | None
    failure: str | None = None

    @property
    def length(self) -> timedelta:
        """How long that was."""
        return self.end - self.begin


class Pictures:
    """The figures behind every picture of the page."""

    def __init__(self, store: Store, listing: Listing, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._listing = listing
        self._clock = clock

    def day(self, person: int, zone: tzinfo) -> list[Hour]:
        """Return the hours of the person's day until now, the one that runs included."""
        begins = _hours(self._clock(), zone)
        edges = [*begins, begins[-1] + _HOUR]
        kinds: list[Counter[str]] = [Counter() for _ in begins]
        places: list[Counter[Place]] = [Counter() for _ in begins]
        for (hour, kind, place), count in self._listing.ranking(person).arrivals(edges).items():
            kinds[hour][kind] += count
            places[hour][place] += count
        return [Hour(*one) for one in zip(begins, kinds, places, strict=True)]

    def standing(self, person: int, entry: int) -> Standing | None:
        """Return where an item stands and what would move it, None for what is in no list."""
        ranking = self._listing.ranking(person)
        now = ranking.position(entry)
        return None if now is None else Standing(now, ranking.without(entry))

    def health(self, person: int, source: int, length: timedelta) -> list[Span]:
        """Return how a source was over a time until now, without a gap: each span begins where the last one ends.

        A source that is younger than that time begins with itself.
        """
        now = self._clock()
        begin = now - length
        spans = []
        health, failure = None, None
        for change in self._store.health_log(person, source, since=begin):
            if change.at > begin and health:
                spans.append(Span(begin, change.at, health, failure))
            begin = max(begin, change.at)
            health, failure = change.health, change.failure
        return [*spans, Span(begin, max(begin, now), health, failure)]

    def silent(self, person: int) -> dict[int, Silence]:
        """Return the sources of a person that have been silent for longer than they ever are."""
        columns = self._listing.ranking(person).census.columns
        return silent(columns.at, columns.source, self._clock().timestamp())


def _hours(now: datetime, zone: tzinfo) -> list[datetime]:
    """Return when each hour of the day began, the day that clocks are put forward or back included."""
    local = now.astimezone(zone)
    begin = local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    return [begin + number * _HOUR for number in range(int((now - begin) / _HOUR) + 1)]
