"""The order of one person's conversations now, as a sum of points that each say what they are for."""

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import numpy as np

from dashboard.ranking.census import Census
from dashboard.ranking.columns import Bools, Columns, Ints, different
from dashboard.ranking.history import History
from dashboard.ranking.layers import Layers
from dashboard.ranking.ordering import Order, Ordering, Position
from dashboard.ranking.reasons import Part, Reason
from dashboard.ranking.scoring import FIRST, Moment, Scored, urgent
from dashboard.ranking.signals import Signals
from dashboard.ranking.standing import PLACES, Place, Places, numbers, places, places_after
from dashboard.ranking.weights import DEFAULT, Weights
from dashboard.relevance import Profile

_SMALL = 0.05  # reasons with fewer points are told together
_CROWD = "why.crowd"


@dataclass(frozen=True, slots=True)
class Line:
    """What a list says of one item: see the methods of :class:`Ranking` of the same names."""

    place: Place | None
    count: int
    score: float
    why: list[Reason]


@dataclass(eq=False)
class Ranking:
    """Everything of one person in its order; an item is asked for by its number in the store.

    ``order`` and ``held`` are the newest items of their conversations, best first. All items
    that are not the person's own are in exactly one of the lists that ``sums`` counts.
    """

    order: list[int]
    held: list[int]
    census: Census = field(repr=False)
    _moment: Moment = field(repr=False)
    _talks: Layers = field(repr=False)
    _ordering: Ordering = field(repr=False)
    _lines: Order = field(repr=False)
    _place: Places = field(repr=False)
    _window: Bools = field(repr=False)
    _covered: Bools = field(repr=False)

    def after(self, signals: Signals, items: Collection[int]) -> "Ranking":
        """Return the order of the same moment after the person marked some items, and nothing else changed.

        It is the one that :func:`rank` returns for the same signals, with less work: the conversations
        that were not touched have the points that they had.
        """
        columns, threads = signals.columns, self._covered.copy()
        threads[columns.thread[columns.rows(list(items))]] = True
        rows = np.flatnonzero(threads[columns.thread])
        history = copy(self._talks.under.talks.history)  # with what was computed: nothing in it looks at marks
        history.columns = columns
        place = places_after(self._place, columns, rows, history.now)
        window = self._window.copy()
        window[rows] = _current(columns, rows, self._moment.since)
        over = Scored.of(history, rows[window[rows] & (place[rows] == 0)], self._moment)
        return _listed(self._moment, Layers(self._talks.under, over, threads), place, window, threads)

    @cached_property
    def sums(self) -> Mapping[Place, int]:
        """How many items are shown, held, done, snoozed and muted."""
        return self.census.sums()

    def lines(self, items: Sequence[int]) -> list[Line]:
        """Return what a list says of some items."""
        rows = self._talks.columns.rows(items).tolist()
        groups = [self._group_at(row) for row in rows]
        whys = self._whys(groups)
        return [
            Line(
                self._place_at(row),
                0 if group < 0 else int(self._counts[group]),
                0.0 if group < 0 else float(self._lines.scores[group]),
                why,
            )
            for row, group, why in zip(rows, groups, whys, strict=True)
        ]

    def score(self, item: int) -> float:
        """Return the points of the conversation of an item; 0 for what is not ranked."""
        group = self._group(item)
        return 0.0 if group < 0 else float(self._lines.scores[group])

    def why(self, item: int) -> list[Reason]:
        """Return the reasons for an item's conversation, the weightiest first; they add up to its score."""
        return self._whys([self._group(item)])[0]

    def _whys(self, groups: Sequence[int]) -> list[list[Reason]]:
        """Return the reasons for each of some conversations, all columns of points read at once; none for -1."""
        whys: list[list[Reason]] = [[] for _ in groups]
        for layer, first in self._talks.layers:
            here = [at for at, group in enumerate(groups) if first <= group < first + len(layer.talks)]
            some = np.array([groups[at] for at in here], np.int64)
            parts = [*layer.parts, self._crowd(first)]
            points = np.array([part.points[some - first] for part in parts]).reshape(len(parts), len(some))
            order = np.argsort(-np.abs(points), axis=0, kind="stable")
            for at, given, heaviest in zip(here, points.T.tolist(), order.T.tolist(), strict=True):
                told = [n for n in heaviest if abs(given[n]) >= _SMALL]
                whys[at] = [parts[n].reason(groups[at] - first, given[n]) for n in told]
                if len(told) < sum(map(bool, given)):
                    rest = float(self._lines.scores[groups[at]]) - sum(given[n] for n in told)
                    whys[at].append(Reason("why.other", {}, rest))
        return whys

    def _crowd(self, first: int) -> Part:
        """Return what was taken from conversations that make room, as a column that begins at one of them."""
        name = self._talks.newest_author
        return Part(_CROWD, self._lines.room[first:], lambda group: {"name": name(first + group)})

    def position(self, item: int) -> Position | None:
        """Return where an item's conversation stands in its list, None for what is not ranked."""
        group = self._group(item)
        return None if group < 0 else self._lines.position(group)

    def without(self, item: int) -> list[Position]:
        """Return for each reason of :meth:`why`, but the small ones, where the item would stand were it alone gone."""
        group = self._group(item)
        if group < 0:
            return []
        layer, first = self._talks.layer(group)
        parts = [*layer.parts, self._crowd(first)]
        given = [float(part.points[group - first]) for part in parts]
        told = sorted((n for n in range(len(parts)) if abs(given[n]) >= _SMALL), key=lambda n: -abs(given[n]))
        return [self._order_without(parts[n], group).position(group) for n in told]

    def _order_without(self, part: Part, group: int) -> Order:
        points, first = self._talks.points.copy(), self._talks.urgent.copy()
        if part.key == _CROWD:
            return self._ordering.freeing(group).of(points, first)
        layer, begin = self._talks.layer(group)
        points[group] -= part.points[group - begin]
        if part.key.startswith(FIRST):
            others = (other for other in layer.parts if other is not part)
            first[group] = urgent(others, len(layer.talks))[group - begin]
        return self._ordering.of(points, first)

    def items(self, item: int) -> list[int]:
        """Return every ranked item of the same conversation, the newest first."""
        group = self._group(item)
        if group < 0:
            return []
        columns = self._talks.columns
        ranked = self._window & (self._place == 0) & (columns.thread == self._talks.thread[group])
        return [int(number) for number in columns.id[ranked][::-1]]

    def count(self, item: int) -> int:
        """Return how many items stand behind a line of the list."""
        group = self._group(item)
        return 0 if group < 0 else int(self._counts[group])

    def versions(self, items: Sequence[int]) -> list[tuple[int, int]]:
        """Return for listed items what changes with each of them: its revision, and how many stand behind its line."""
        columns = self._talks.columns
        rows = columns.rows(items)
        groups = np.where(self._place[rows] == 0, self._talks.of_thread[columns.thread[rows]], -1)
        counts = np.append(self._counts, 0)[groups]  # -1 is the last
        return list(zip(columns.rev[rows].tolist(), counts.tolist(), strict=True))

    def place(self, item: int) -> Place | None:
        """Return where an item is, None where it is not among those that were ranked."""
        return self._place_at(int(self._talks.columns.rows([item])[0]))

    @cached_property
    def kinds(self) -> list[str]:
        """The kinds of the lines of both lists, in alphabetical order."""
        columns = self._talks.columns
        return sorted(
            str(columns.codes["kind"].names[kind])
            for kind in different(columns.kind[self._talks.last[self._talks.there]])
        )

    def kind(self, item: int) -> str | None:
        """Return the kind of an item, None where it is not among those that are known."""
        columns = self._talks.columns
        row = columns.row(item)
        return None if row is None else str(columns.codes["kind"].names[columns.kind[row]])

    def arrivals(self, edges: Sequence[datetime]) -> dict[tuple[int, str, Place], int]:
        """Count what reached the person between each of some ascending times and the next: by span, kind and place."""
        columns = self._talks.columns
        span = np.searchsorted([edge.timestamp() for edge in edges], columns.at, side="right") - 1
        chosen = (span >= 0) & (span < len(edges) - 1) & (self._place != PLACES.index(Place.OWN))
        group = self._talks.of_thread[columns.thread]
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

    def _group(self, item: int) -> int:
        """Return the number of an item's conversation, -1 for what is not ranked."""
        return self._group_at(int(self._talks.columns.rows([item])[0]))

    def _group_at(self, row: int) -> int:
        waits = row >= 0 and self._place[row] == 0
        return int(self._talks.of_thread[self._talks.columns.thread[row]]) if waits else -1

    def _place_at(self, row: int) -> Place | None:
        if row < 0:
            return None
        group = self._group_at(row)
        return Place.HELD if group >= 0 and self._lines.held[group] else PLACES[int(self._place[row])]

    @cached_property
    def _counts(self) -> Ints:
        ranked = self._talks.columns.thread[self._window & (self._place == 0)]
        return np.bincount(self._talks.of_thread[ranked], minlength=len(self._talks))


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
    moment = Moment(profile, weights, now, since.timestamp() if since else -np.inf)
    history = History.of(columns, numbers(columns.codes["person"], profile.me), at)
    place = places(history, profile, muted)
    window = _current(columns, slice(None), moment.since)
    talks = Layers(Scored.of(history, np.flatnonzero(window & (place == 0)), moment))
    return _listed(moment, talks, place, window, np.zeros(history.threads, np.bool_))


def _listed(moment: Moment, talks: Layers, place: Places, window: Bools, covered: Bools) -> Ranking:
    ordering = Ordering(talks, talks.chosen)
    lines = ordering.of(talks.points, talks.urgent)
    return Ranking(
        order=talks.columns.id[talks.last[lines.shown]].tolist(),
        held=talks.columns.id[talks.last[lines.waiting]].tolist(),
        census=_census(talks, window, place, lines),
        _moment=moment,
        _talks=talks,
        _ordering=ordering,
        _lines=lines,
        _place=place,
        _window=window,
        _covered=covered,
    )


def _current(columns: Columns, rows: Ints | slice, since: float) -> Bools:
    """Return which of some rows are listed because of one of their times, or because they are pinned."""
    times = (columns.at, columns.due, columns.start, columns.end, columns.snoozed)
    return np.asarray((np.fmax.reduce([time[rows] for time in times]) >= since) | columns.pinned[rows], np.bool_)


def _census(talks: Layers, window: Bools, place: Places, lines: Order) -> Census:
    columns, of_thread = talks.columns, talks.of_thread
    rows = np.flatnonzero(window & (place != PLACES.index(Place.OWN)))
    where, group = place[rows], of_thread[columns.thread[rows]]
    listed = where == 0
    stands = np.where(listed, talks.last[group] if len(talks) else rows, rows)
    where[listed] = np.where(lines.held[group[listed]], PLACES.index(Place.HELD), 0)
    ordered = {Place.SHOWN: talks.last[lines.shown], Place.HELD: talks.last[lines.waiting]}
    return Census(columns, rows, stands, where, ordered)
