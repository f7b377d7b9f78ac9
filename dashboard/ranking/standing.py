"""Where each row stands for one person before any ranking: waiting, done, snoozed, muted or their own."""

from collections.abc import Collection, Iterable
from enum import StrEnum
from functools import reduce
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from dashboard.ranking.arrays import Codes
from dashboard.ranking.columns import Bools, Columns, Ints
from dashboard.ranking.history import History
from dashboard.relevance import Muted, Profile
from dashboard.store.records import Flag
from dashboard.terms import hashed

Places: TypeAlias = npt.NDArray[np.int8]


class Place(StrEnum):
    """Where an item is: in the list, held beside it, or left out, and why."""

    SHOWN = "shown"
    HELD = "held"
    DONE = "done"
    SNOOZED = "snoozed"
    MUTED = "muted"
    OWN = "own"


PLACES = tuple(Place)


def places(history: History, profile: Profile, sources: Collection[int] = ()) -> Places:
    """Return for each row its number in :data:`PLACES`; muting wins over everything but one's own rows.

    ``sources`` are those that the person has muted as a whole.
    """
    columns = history.columns
    place = _put_away(columns, np.arange(len(columns)), history.now)
    place[muted(columns, profile.muted) | np.isin(columns.source, list(sources))] = PLACES.index(Place.MUTED)
    place[history.own] = PLACES.index(Place.OWN)
    return place


def places_after(before: Places, columns: Columns, rows: Ints, now: float) -> Places:
    """Return the places after the person marked some of these rows: what is muted, or their own, stays so."""
    place = before.copy()
    free = rows[~np.isin(place[rows], (PLACES.index(Place.MUTED), PLACES.index(Place.OWN)))]
    place[free] = _put_away(columns, free, now)
    return place


def _put_away(columns: Columns, rows: Ints, now: float) -> Places:
    place = np.zeros(len(rows), np.int8)
    place[columns.snoozed[rows] > now] = PLACES.index(Place.SNOOZED)
    place[~np.isnan(columns.done[rows]) | (columns.flags[rows] & Flag.DONE > 0)] = PLACES.index(Place.DONE)
    return place


def muted(columns: Columns, what: Muted) -> Bools:
    """Return which rows are by a muted person, in a muted channel or thread, or contain a muted word."""
    found, people = np.zeros(len(columns), np.bool_), numbers(columns.codes["person"], what.people)
    for values, names in (
        (columns.author, people),
        (columns.name, people),
        (columns.channel, channels(columns, what.channels)),
        (columns.thread, thread_codes(columns.codes["thread"], what.threads)),
    ):
        if len(names):
            found |= np.isin(values, names)
    for rows in containing(columns, what.words, np.arange(len(columns))):
        found[rows] = True
    return found


def numbers(codes: Codes, names: frozenset[str]) -> Ints:
    """Return the numbers of those names that were met."""
    return np.array([number for number in map(codes.find, names) if number >= 0], np.int64)


def channels(columns: Columns, names: frozenset[str]) -> Ints:
    """Return the numbers of the channels with one of these names, whatever their source."""
    return columns.codes["channel"].where(lambda channel: " ".join(channel[1].casefold().split()) in names)


def containing(columns: Columns, phrases: Iterable[str], rows: Ints) -> list[Ints]:
    """Return for each phrase which of some rows contain all its words; none for a phrase of stop words alone."""
    wanted = [hashed(phrase) for phrase in phrases]
    if not wanted:
        return []
    having = columns.having(word for words in wanted for word in words)
    of_interest = np.zeros(len(columns), np.bool_)
    of_interest[rows] = True
    found = []
    for words in wanted:
        has = [having[word] for word in words]
        every = reduce(np.intersect1d, has) if has else np.zeros(0, np.int64)
        found.append(every[of_interest[every]])
    return found


def thread_codes(codes: Codes, names: Iterable[str]) -> Ints:
    """Return the numbers of the conversations that a profile names; see :func:`dashboard.relevance.thread_name`."""
    found = []
    for name in names:
        source, _, thread = name.partition(":")
        if source.isdecimal():
            found += [codes.find((int(source), thread)), codes.find((int(source), f"\0{thread}"))]
    return np.array([number for number in found if number >= 0], np.int64)
