"""The order of one person's conversations now, as a sum of points that each say what they are for."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import numpy as np

from dashboard.ranking.census import Census
from dashboard.ranking.conversations import Conversations
from dashboard.ranking.features import FAMILIES, OF_MINE
from dashboard.ranking.history import History
from dashboard.ranking.ordering import Order, Ordering, Position
from dashboard.ranking.reasons import Part, Reason, filling, saying
from dashboard.ranking.rules import FOR_MANY, chosen_people, parts
from dashboard.ranking.signals import Bools, Columns, Floats, Ints, Signals, different
from dashboard.ranking.standing import PLACES, Place, Places, containing, numbers, places
from dashboard.ranking.weights import DEFAULT, Weights
from dashboard.relevance import Profile
from dashboard.store.records import Flag
from dashboard.terms import hashed

_SMALL = 0.05  # reasons with fewer points are told together
_CROWD, _FIRST = "why.crowd", "why.first."


@dataclass(eq=False)
class Ranking:
    """Everything of one person in its order; an item is asked for by its number in the store.

    ``order`` and ``held`` are the newest items of their conversations, best first. All items
    that are not the person's own are in exactly one of the lists that ``sums`` counts.
    """

    order: list[int]
    held: list[int]
    census: Census = field(repr=False)
    _talks: Conversations = field(repr=False)
    _parts: Sequence[Part] = field(repr=False)
    _ordering: Ordering = field(repr=False)
    _lines: Order = field(repr=False)
    _place: Places = field(repr=False)
    _rows: Ints = field(repr=False)
    _found: dict[int, int | None] = field(default_factory=dict, repr=False)

    @cached_property
    def sums(self) -> Mapping[Place, int]:
        """How many items are shown, held, done, snoozed and muted."""
        return self.census.sums()

    def score(self, item: int) -> float:
        """Return the points of the conversation of an item; 0 for what is not ranked."""
        group = self._group(item)
        return 0.0 if group is None else float(self._lines.scores[group])

    def why(self, item: int) -> list[Reason]:
        """Return the reasons for an item's conversation, the weightiest first; they add up to its score."""
        group = self._group(item)
        if group is None:
            return []
        points = [float(part.points[group]) for part in self._parts]
        told = [part.reason(group) for part in self._told(points)]
        rest = self.score(item) - sum(reason.points for reason in told)
        return [*told, Reason("why.other", {}, rest)] if len(told) < sum(map(bool, points)) else told

    def position(self, item: int) -> Position | None:
        """Return where an item's conversation stands in its list, None for what is not ranked."""
        group = self._group(item)
        return None if group is None else self._lines.position(group)

    def without(self, item: int) -> list[Position]:
        """Return for each reason of :meth:`why`, but the small ones, where the item would stand were it alone gone."""
        group = self._group(item)
        if group is None:
            return []
        points = [float(part.points[group]) for part in self._parts]
        return [self._order_without(part, group).position(group) for part in self._told(points)]

    def _told(self, points: Sequence[float]) -> list[Part]:
        """Return the parts that are worth a sentence of their own, the weightiest first."""
        told = [place for place, given in enumerate(points) if abs(given) >= _SMALL]
        return [self._parts[place] for place in sorted(told, key=lambda place: -abs(points[place]))]

    def _order_without(self, part: Part, group: int) -> Order:
        points, urgent = self._lines.scores - self._lines.room, _urgent(self._parts, len(self._talks)) > 0
        if part.key == _CROWD:
            return self._ordering.freeing(group).of(points, urgent)
        points[group] -= part.points[group]
        if part.key.startswith(_FIRST):
            urgent[group] = _urgent((other for other in self._parts if other is not part), len(self._talks))[group] > 0
        return self._ordering.of(points, urgent)

    def items(self, item: int) -> list[int]:
        """Return every ranked item of the same conversation, the newest first."""
        group = self._group(item)
        if group is None:
            return []
        thread = self._talks.columns.thread
        rows = self._rows[thread[self._rows] == self._talks.thread[group]]
        return [int(number) for number in self._talks.columns.id[rows][::-1]]

    def count(self, item: int) -> int:
        """Return how many items stand behind a line of the list."""
        group = self._group(item)
        return 0 if group is None else int(self._counts[group])

    def place(self, item: int) -> Place | None:
        """Return where an item is, None where it is not among those that were ranked."""
        row = self._row(item)
        if row is None:
            return None
        group = self._group_of[self._talks.columns.thread[row]]
        if self._place[row] == 0 and group >= 0 and self._lines.held[group]:
            return Place.HELD
        return PLACES[int(self._place[row])]

    @cached_property
    def kinds(self) -> list[str]:
        """The kinds of the lines of both lists, in alphabetical order."""
        columns = self._talks.columns
        return sorted(str(columns.codes["kind"].names[kind]) for kind in different(columns.kind[self._talks.last]))

    def kind(self, item: int) -> str | None:
        """Return the kind of an item, None where it is not among those that are known."""
        row = self._row(item)
        columns = self._talks.columns
        return None if row is None else str(columns.codes["kind"].names[columns.kind[row]])

    def arrivals(self, edges: Sequence[datetime]) -> dict[tuple[int, str, Place], int]:
        """Count what reached the person between each of some ascending times and the next: by span, kind and place."""
        columns = self._talks.columns
        span = np.searchsorted([edge.timestamp() for edge in edges], columns.at, side="right") - 1
        chosen = (span >= 0) & (span < len(edges) - 1) & (self._place != PLACES.index(Place.OWN))
        group = self._group_of[columns.thread]
        place = np.where(
            (self._place == 0) & (group >= 0) & self._lines.held[group], PLACES.index(Place.HELD), self._place
        )
        cells, counts = np.unique(
            np.stack([span[chosen], columns.kind[chosen], place[chosen]]), axis=1, return_counts=True
        )
        kinds = columns.codes["kind"].names
        return {
            (int(span), str(kinds[kind]), PLACES[place]): int(count)
            for (span, kind, place), count in zip(cells.T, counts, strict=True)
        }

    def _row(self, item: int) -> int | None:
        return self._talks.columns.row(item)

    def _group(self, item: int) -> int | None:
        if item not in self._found:
            self._found[item] = self._find_group(item)
        return self._found[item]

    def _find_group(self, item: int) -> int | None:
        row = self._row(item)
        if row is None or self._place[row] != 0:
            return None
        group = int(self._group_of[self._talks.columns.thread[row]])
        return None if group < 0 else group

    @cached_property
    def _group_of(self) -> Ints:
        groups = np.full(self._talks.history.threads, -1, np.int64)
        groups[self._talks.thread] = np.arange(len(self._talks))
        return groups

    @cached_property
    def _counts(self) -> Ints:
        return np.bincount(self._group_of[self._talks.columns.thread[self._rows]], minlength=len(self._talks))


def rank(
    signals: Signals,
    profile: Profile,
    now: datetime,
    *,
    since: datetime | None = None,
    muted: Collection[int] = (),
    weights: Weights = DEFAULT,
) -> Ranking:
    """Return the order of what concerns a person since a time; older rows still tell who they are.

    An item concerns them since then if it came, is due, begins, ends or comes back from snoozing
    after ``since``, or is pinned. Nothing of the sources in ``muted`` is listed. The same rows,
    profile, time and weights give the same order.
    """
    columns, at = signals.columns, now.timestamp()
    history = History.of(columns, numbers(columns.codes["person"], profile.me), at)
    place = places(history, profile, muted)
    window = np.flatnonzero(_current(columns, since.timestamp() if since else -np.inf))
    rows = window[place[window] == 0]
    talks = Conversations.of(history, rows, at)
    unused = () if profile.uses.written else OF_MINE
    points = [*_learned(talks, weights, unused), *parts(talks, profile, weights.chosen)]
    quiet = _quiet(talks, profile) | _after_hours(talks, profile, now)
    ordering = Ordering(talks, quiet=quiet, chosen=chosen_people(talks, profile))
    lines = ordering.of(_sum(points, len(talks)), _urgent(points, len(talks)) > 0)
    points.append(Part(_CROWD, lines.room, filling("reply", talks)))
    return Ranking(
        order=talks.columns.id[talks.last[lines.shown]].tolist(),
        held=talks.columns.id[talks.last[lines.waiting]].tolist(),
        census=_census(talks, window, place, lines),
        _talks=talks,
        _parts=points,
        _ordering=ordering,
        _lines=lines,
        _place=place,
        _rows=rows,
    )


def _current(columns: Columns, since: float) -> Bools:
    latest = np.fmax.reduce([columns.at, columns.due, columns.start, columns.end, columns.snoozed])
    return np.asarray((latest >= since) | columns.pinned, np.bool_)


def _census(talks: Conversations, window: Ints, place: Places, lines: Order) -> Census:
    held = np.zeros(talks.history.threads, np.bool_)
    held[talks.thread[lines.held]] = True
    rows = window[place[window] != PLACES.index(Place.OWN)]
    where = place[rows]
    listed = where == 0
    newest = np.zeros(talks.history.threads, np.int64)
    newest[talks.thread] = talks.last
    stands = np.where(listed, newest[talks.columns.thread[rows]], rows)
    where[listed & held[talks.columns.thread[rows]]] = PLACES.index(Place.HELD)
    ordered = {Place.SHOWN: talks.last[lines.shown], Place.HELD: talks.last[lines.waiting]}
    return Census(talks.columns, rows, stands, where, ordered)


def _learned(talks: Conversations, weights: Weights, without: Collection[str] = ()) -> Iterator[Part]:
    for name, family in FAMILIES.items():
        if name in without:
            continue
        points = np.full(len(talks), -weights.typical.get(name, 0.0))
        for feature, values in family(talks).items():
            points += weights.learned.get(feature, 0.0) * values
        yield Part(f"why.{name}", points, filling(name, talks), saying(name, talks))


def _sum(columns_of_points: Iterable[Part], size: int) -> Floats:
    total = np.zeros(size)
    for part in columns_of_points:
        total += part.points
    return total


def _urgent(points: Iterable[Part], size: int) -> Floats:
    return _sum((part for part in points if part.key.startswith(_FIRST)), size)


def _quiet(talks: Conversations, profile: Profile) -> Bools:
    """Return which conversations are newsletters and notifications only, and nothing that concerns the person.

    To be their addressee is not enough, for that is everybody whom they are sent to.
    """
    flags = talks.columns.flags[talks.rows]
    for_many = flags & FOR_MANY > 0
    for_me = (flags & Flag.MENTION > 0) | _named_in_text(talks, profile)
    return ~talks.any(~for_many | for_me) & ~talks.mine & ~chosen_people(talks, profile)


def _after_hours(talks: Conversations, profile: Profile, now: datetime) -> Bools:
    """Return which conversations wait for the person's working time: all that do not come from a private source."""
    if profile.hours is None or profile.hours.working(now):
        return np.zeros(len(talks), np.bool_)
    return np.isin(talks.columns.source[talks.last], list(profile.hours.private), invert=True)


def _named_in_text(talks: Conversations, profile: Profile) -> Bools:
    """Return which notifications have a name of the person of two words or more in their text.

    Newsletters greet everybody by name, and addresses stand in everybody's footer: neither counts.
    """
    notes = talks.columns.flags[talks.rows] & FOR_MANY == Flag.AUTOMATED
    names = [name for name in profile.me if "@" not in name and len(hashed(name)) > 1]
    found = np.zeros(len(talks.columns), np.bool_)
    for rows in containing(talks.columns, names, talks.rows[notes]):
        found[rows] = True
    return found[talks.rows]
