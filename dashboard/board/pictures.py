"""What is looked at rather than read: how the day went, how well a source did, what would change a place."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from dashboard.board.listing import Listing
from dashboard.ranking.ordering import Position
from dashboard.ranking.standing import Place

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


class Pictures:
    """The figures behind every picture of the page."""

    def __init__(self, listing: Listing, clock: Callable[[], datetime]) -> None:
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


def _hours(now: datetime, zone: tzinfo) -> list[datetime]:
    """Return when each hour of the day began, the day that clocks are put forward or back included."""
    local = now.astimezone(zone)
    begin = local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    return [begin + number * _HOUR for number in range(int((now - begin) / _HOUR) + 1)]
