"""From points to places: which conversations are listed, which are held, and which make room in the first ten."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from dashboard.ranking.columns import Bools, Floats, Ints
from dashboard.ranking.layers import Layers
from dashboard.ranking.standing import Place

TOP, OF_ONE = 10, 3
"""Of the first ten conversations, one author who was not chosen can have written the newest message of three."""

_STEP = 1e-6  # how far apart those stand that make room


class Position(NamedTuple):
    """Where a conversation stands: its ``number``, from 1 on, among the ``of`` that are shown or held with it."""

    place: Place
    number: int
    of: int


@dataclass(eq=False, frozen=True, slots=True)
class Order:
    """Conversations by number: what each scores, which are held, and which stand in both lists, best first."""

    scores: Floats
    held: Bools
    room: Floats
    """The points taken from those that make room; part of ``scores``."""
    shown: Ints
    waiting: Ints

    def position(self, group: int) -> Position:
        """Return where one conversation stands."""
        place, line = (Place.HELD, self.waiting) if self.held[group] else (Place.SHOWN, self.shown)
        return Position(place, int(np.flatnonzero(line == group)[0]) + 1, len(line))


@dataclass(eq=False, frozen=True)
class Ordering:
    """What decides about the order of conversations beside their points.

    ``chosen`` are those of people who were chosen, who never make room for others.
    """

    talks: Layers
    chosen: Bools

    def of(self, points: Floats, urgent: Bools) -> Order:
        """Return the order by these points; nothing ``urgent`` is held."""
        held = self.talks.quiet & ~urgent
        best = self._best(points)
        room = self._room(points, best[~held[best]])
        if room.any():
            best = self._best(points + room)
        return Order(points + room, held, room, shown=best[~held[best]], waiting=best[held[best]])

    def freeing(self, group: int) -> "Ordering":
        """Return the same with one conversation that need not make room."""
        chosen = self.chosen.copy()
        chosen[group] = True
        return Ordering(self.talks, chosen)

    def _best(self, points: Floats) -> Ints:
        """Return the conversations from the most points to the fewest, the newer first where they are equal."""
        there = self.talks.there
        best = np.lexsort((self.talks.thread, -self._newest, -points))
        return best if there.all() else best[there[best]]

    def _room(self, points: Floats, order: Ints) -> Floats:
        """Return the points taken from an author's fourth and later conversations so that they leave the first ten."""
        free = self.chosen[order] | (_nth(self.talks.columns.author[self.talks.last[order]]) < OF_ONE)
        room = np.zeros(len(self.talks))
        stay = np.flatnonzero(free)[:TOP]
        if len(stay) and stay[-1] >= len(stay):
            tenth = stay[-1]
            leave = order[:tenth][~free[:tenth]]
            room[leave] = points[order[tenth]] - _STEP * (1 + np.arange(len(leave))) - points[leave]
        return room

    @cached_property
    def _newest(self) -> Floats:
        return np.asarray(self.talks.columns.at[self.talks.last], np.float64)


def _nth(codes: Ints) -> Ints:
    """Return for each number how many equal ones stand before it."""
    order = np.argsort(codes, kind="stable")
    first = np.flatnonzero(np.diff(codes[order], prepend=-1))
    nth = np.empty(len(codes), np.int64)
    nth[order] = np.arange(len(codes)) - np.repeat(first, np.diff(first, append=len(codes)))
    return nth
