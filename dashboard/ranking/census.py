"""How many items are where, of which kind and from where: each is counted once, whatever is left out of sight."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dashboard.ranking.columns import Bools, Columns, Ints
from dashboard.ranking.standing import PLACES, Place, Places, thread_codes


@dataclass(frozen=True, slots=True)
class Filter:
    """What to look at: one kind, one source, one channel of a source; None for all of them."""

    kind: str | None = None
    source: int | None = None
    channel: str | None = None


EVERYTHING = Filter()


@dataclass(eq=False, frozen=True)
class Census:
    """Every item of others in the window of the list, by its row and its place.

    ``lines`` are the newest rows of the conversations that are shown and held, best first. ``stands``
    names for every row the one that a list shows for it, itself or the newest of its conversation: a
    choice counts what the rows that it leaves stand for.
    """

    columns: Columns
    rows: Ints
    stands: Ints
    place: Places
    lines: Mapping[Place, Ints]

    def sums(self, only: Filter = EVERYTHING) -> dict[Place, int]:
        """Count the items by place."""
        counts = np.bincount(self.place[self._fits(self.stands, only)], minlength=len(PLACES)).tolist()
        return {place: count for place, count in zip(PLACES, counts, strict=True) if place is not Place.OWN}

    def items(self, place: Place, only: Filter = EVERYTHING) -> list[int]:
        """Return what stands in a list: conversations best first where it has an order, else items newest first."""
        rows = self._list(place)
        found: list[int] = self.columns.id[rows if only == EVERYTHING else rows[self._fits(rows, only)]].tolist()
        return found

    def kinds(self, place: Place, only: Filter = EVERYTHING) -> dict[str, int]:
        """Count the items of a list by kind, whatever kind is looked at."""
        rows = self._stands(place, Filter(source=only.source, channel=only.channel))
        names = self.columns.codes["kind"].names
        return {str(names[kind]): count for kind, count in _counted(self.columns.kind[rows])}

    def channels(self, place: Place, only: Filter = EVERYTHING) -> dict[tuple[int, str], int]:
        """Count the items of a list by source and channel, whatever source is looked at; ``""`` is no channel."""
        rows = self._stands(place, Filter(kind=only.kind))
        names = self.columns.codes["channel"].names
        return {names[channel]: count for channel, count in _counted(self.columns.channel[rows])}

    def newest(self, thread: str) -> int | None:
        """Return the newest item of a conversation that a profile names, None where it is not known."""
        rows = np.flatnonzero(np.isin(self.columns.thread, thread_codes(self.columns.codes["thread"], [thread])))
        return int(self.columns.id[rows[-1]]) if len(rows) else None

    def _list(self, place: Place) -> Ints:
        if place in self.lines:
            return self.lines[place]
        return np.asarray(self.rows[self.place == PLACES.index(place)][::-1], np.int64)

    def _stands(self, place: Place, only: Filter) -> Ints:
        rows = self.stands[self.place == PLACES.index(place)]
        return np.asarray(rows[self._fits(rows, only)], np.int64)

    def _fits(self, rows: Ints, only: Filter) -> Bools:
        columns, fits = self.columns, np.ones(len(rows), np.bool_)
        if only.kind is not None:
            fits &= columns.kind[rows] == columns.codes["kind"].find(only.kind)
        if only.source is not None:
            fits &= columns.source[rows] == only.source
        if only.channel is not None:
            wanted = columns.codes["channel"].where(lambda name: name[1] == only.channel)
            fits &= np.isin(columns.channel[rows], wanted)
        return fits


def _counted(codes: Ints) -> list[tuple[int, int]]:
    counts = np.bincount(codes)
    numbers = np.flatnonzero(counts)
    return list(zip(numbers.tolist(), counts[numbers].tolist(), strict=True))
