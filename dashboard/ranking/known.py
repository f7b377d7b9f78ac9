"""Who and what reaches a person, and what their own writing tells: to be suggested, and to be shown to them."""

from typing import NamedTuple

import numpy as np

from dashboard.ranking.columns import Columns, Ints
from dashboard.ranking.history import History
from dashboard.ranking.standing import numbers
from dashboard.relevance import Profile
from dashboard.store.records import Flag

MOST = 100
"""How many people or channels are told."""


class Met(NamedTuple):
    """A person or a channel as a profile names it, how often it occurs, and the newest item with it."""

    name: str
    times: int
    item: int


class Known(NamedTuple):
    """What a person's items show, the most frequent first; ``since`` is in POSIX seconds, None for wrote nothing."""

    people: list[Met]
    """Who wrote to them, without programs and newsletters."""
    channels: list[Met]
    written: int
    since: float | None
    answered: list[Met]
    """Whom they answered."""
    wrote_in: list[Met]
    """In which channels they wrote."""


def known(columns: Columns, profile: Profile, now: float) -> Known:
    """Return what some rows show of the person whose profile it is."""
    history = History.of(columns, numbers(columns.codes["person"], profile.me), now)
    people = np.flatnonzero(~history.own & (columns.flags & (Flag.BULK | Flag.AUTOMATED) == 0))
    return Known(
        people=_people(columns, people),
        channels=_channels(columns, np.flatnonzero(~history.own)),
        written=len(history.mine),
        since=float(columns.at[history.mine].min()) if len(history.mine) else None,
        answered=_people(columns, np.sort(history.answered_by_me)),
        wrote_in=_channels(columns, history.mine),
    )


def _people(columns: Columns, rows: Ints) -> list[Met]:
    """Return people by their names, under which they write in all channels, by address where they have none."""
    names = columns.codes["person"].names
    nameless = columns.name == columns.codes["person"].find("")
    who = np.where(nameless, columns.author, columns.name)
    return [Met(names[code], times, item) for code, times, item in _most(columns, who, rows) if names[code]]


def _channels(columns: Columns, rows: Ints) -> list[Met]:
    """Return channels by name, as a profile does not tell one of two sources from the other."""
    found: dict[str, Met] = {}
    for code, times, item in _most(columns, columns.channel, rows):
        if name := " ".join(columns.codes["channel"].names[code][1].casefold().split()):
            before = found.get(name, Met(name, 0, item))
            found[name] = Met(name, before.times + times, before.item)
    return sorted(found.values(), key=lambda met: -met.times)


def _most(columns: Columns, codes: Ints, rows: Ints) -> list[tuple[int, int, int]]:
    """Return the numbers that occur most in some rows in the order of time, how often, and the newest item of each."""
    counts = np.bincount(codes[rows])
    newest = np.zeros(len(counts), np.int64)
    newest[codes[rows]] = columns.id[rows]
    best = np.argsort(-counts, kind="stable")[:MOST]
    return [(int(code), int(counts[code]), int(newest[code])) for code in best if counts[code]]
