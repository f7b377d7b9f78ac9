"""The order of one person's conversations now, as a sum of points that each say what they are for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import numpy as np

from dashboard.ranking.conversations import Conversations
from dashboard.ranking.features import FAMILIES
from dashboard.ranking.history import History
from dashboard.ranking.reasons import Part, Reason, filling
from dashboard.ranking.rules import FOR_MANY, chosen_people, parts
from dashboard.ranking.signals import Bools, Columns, Floats, Ints, Signals, different
from dashboard.ranking.standing import PLACES, Place, Places, containing, numbers, places
from dashboard.ranking.weights import DEFAULT, Weights
from dashboard.relevance import Profile
from dashboard.store.records import Flag
from dashboard.terms import hashed

TOP, OF_ONE = 10, 3
"""Of the first ten conversations, one author who was not chosen can have written the newest message of three."""

_SMALL = 0.05  # reasons with fewer points are told together
_STEP = 1e-6  # how far apart those stand that make room


@dataclass(eq=False)
class Ranking:
    """Everything of one person in its order; an item is asked for by its number in the store.

    ``order`` and ``held`` are the newest items of their conversations, best first. All items
    that are not the person's own are in exactly one of the lists that ``sums`` counts.
    """

    order: list[int]
    held: list[int]
    sums: Mapping[Place, int]
    """How many items are shown, held, done, snoozed and muted."""
    _talks: Conversations = field(repr=False)
    _parts: Sequence[Part] = field(repr=False)
    _scores: Floats = field(repr=False)
    _held: Bools = field(repr=False)
    _place: Places = field(repr=False)
    _rows: Ints = field(repr=False)

    def score(self, item: int) -> float:
        """Return the points of the conversation of an item; 0 for what is not ranked."""
        group = self._group(item)
        return 0.0 if group is None else float(self._scores[group])

    def why(self, item: int) -> list[Reason]:
        """Return the reasons for an item's conversation, the weightiest first; they add up to its score."""
        group = self._group(item)
        if group is None:
            return []
        reasons = [part.reason(group) for part in self._parts if part.points[group] != 0]
        told = sorted((r for r in reasons if abs(r.points) >= _SMALL), key=lambda r: -abs(r.points))
        rest = self.score(item) - sum(reason.points for reason in told)
        return [*told, Reason("why.other", {}, rest)] if len(told) < len(reasons) else told

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
        if self._place[row] == 0 and group >= 0 and self._held[group]:
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

    def _row(self, item: int) -> int | None:
        return self._talks.columns.row(item)

    def _group(self, item: int) -> int | None:
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
    weights: Weights = DEFAULT,
) -> Ranking:
    """Return the order of what concerns a person since a time; older rows still tell who they are.

    An item concerns them since then if it came, is due, begins, ends or comes back from snoozing
    after ``since``, or is pinned. The same rows, profile, time and weights give the same order.
    """
    columns, at = signals.columns, now.timestamp()
    history = History.of(columns, numbers(columns.codes["person"], profile.me), at)
    place = places(history, profile)
    window = np.flatnonzero(_current(columns, since.timestamp() if since else -np.inf))
    rows = window[place[window] == 0]
    talks = Conversations.of(history, rows, at)
    points = [*_learned(talks, weights), *parts(talks, profile, weights.chosen)]
    held = _held(talks, profile, points)
    scores = _sum(points, len(talks))
    points.append(_making_room(talks, scores, held, chosen_people(talks, profile)))
    scores = scores + points[-1].points
    best = _best(talks, scores)
    return Ranking(
        order=talks.columns.id[talks.last[best[~held[best]]]].tolist(),
        held=talks.columns.id[talks.last[best[held[best]]]].tolist(),
        sums=_sums(talks, place[window], held, rows),
        _talks=talks,
        _parts=points,
        _scores=scores,
        _held=held,
        _place=place,
        _rows=rows,
    )


def _current(columns: Columns, since: float) -> Bools:
    latest = np.fmax.reduce([columns.at, columns.due, columns.start, columns.end, columns.snoozed])
    return np.asarray((latest >= since) | columns.pinned, np.bool_)


def _best(talks: Conversations, scores: Floats) -> Ints:
    """Return the conversations from the most points to the fewest, the newer first where they are equal."""
    return np.lexsort((-talks.columns.at[talks.last], -scores))


def _sums(talks: Conversations, place: Places, held: Bools, rows: Ints) -> dict[Place, int]:
    count = dict(zip(PLACES, np.bincount(place, minlength=len(PLACES)).tolist(), strict=True))
    is_held = np.zeros(talks.history.threads, np.bool_)
    is_held[talks.thread[held]] = True
    count[Place.HELD] = int(is_held[talks.columns.thread[rows]].sum())
    count[Place.SHOWN] -= count[Place.HELD]
    del count[Place.OWN]
    return count


def _learned(talks: Conversations, weights: Weights) -> Iterator[Part]:
    for name, family in FAMILIES.items():
        points = np.full(len(talks), -weights.typical.get(name, 0.0))
        for feature, values in family(talks).items():
            points += weights.learned.get(feature, 0.0) * values
        yield Part(f"why.{name}", points, filling(name, talks))


def _sum(columns_of_points: Iterable[Part], size: int) -> Floats:
    total = np.zeros(size)
    for part in columns_of_points:
        total += part.points
    return total


def _held(talks: Conversations, profile: Profile, points: Sequence[Part]) -> Bools:
    """Return which conversations are newsletters and notifications only, and nothing that concerns the person.

    To be their addressee is not enough, for that is everybody whom they are sent to.
    """
    flags = talks.columns.flags[talks.rows]
    for_many = flags & FOR_MANY > 0
    for_me = (flags & Flag.MENTION > 0) | _named_in_text(talks, profile)
    urgent = _sum((part for part in points if part.key.startswith("why.first.")), len(talks)) > 0
    return ~talks.any(~for_many | for_me) & ~talks.mine & ~chosen_people(talks, profile) & ~urgent


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


def _making_room(talks: Conversations, scores: Floats, held: Bools, chosen: Bools) -> Part:
    """Return the points taken from an author's fourth and later conversations so that they leave the first ten."""
    order = _best(talks, scores)
    order = order[~held[order]]
    free = chosen[order] | (_nth(talks.columns.author[talks.last[order]]) < OF_ONE)
    points = np.zeros(len(talks))
    stay = np.flatnonzero(free)[:TOP]
    if len(stay) and stay[-1] >= len(stay):
        tenth = stay[-1]
        leave = order[:tenth][~free[:tenth]]
        points[leave] = scores[order[tenth]] - _STEP * (1 + np.arange(len(leave))) - scores[leave]
    return Part("why.crowd", points, filling("reply", talks))


def _nth(codes: Ints) -> Ints:
    """Return for each number how many equal ones stand before it."""
    order = np.argsort(codes, kind="stable")
    first = np.flatnonzero(np.diff(codes[order], prepend=-1))
    nth = np.empty(len(codes), np.int64)
    nth[order] = np.arange(len(codes)) - np.repeat(first, np.diff(first, append=len(codes)))
    return nth
