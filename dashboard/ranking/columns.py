"""The items of one person as columns, in the order of their time: what the ranking computes with. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from dashboard.ranking.arrays import Codes, Ragged, Sparse
from dashboard.ranking.memory import Memory

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.floating[Any]]
Bools: TypeAlias = npt.NDArray[np.bool_]
Words: TypeAlias = npt.NDArray[np.uint32]

BUCKETS = 1 << 18
"""Into how many classes words are hashed where they are counted."""

DAY = 86_400.0
_ANSWER_WITHIN = 7 * DAY
_ANSWER_LOOKS_BACK = 6


def bucket(terms: Words) -> Ints:
    """Return the class in which each hashed word is counted."""
    return (terms & np.uint32(BUCKETS - 1)).astype(np.int64)


def different(numbers: Ints) -> Ints:
    """Return the different ones of some numbers from 0 on, ascending; faster than ``np.unique``."""
    ascending = np.sort(numbers)
    return ascending[np.diff(ascending, prepend=-1) > 0]


@dataclass(eq=False)
class Columns:
    """All rows in the order of their time; a name is a number of the :class:`Codes` beside it.

    ``reply`` is the key that a row answers, ``name`` the author's own. ``terms`` are hashed words with the title bit,
    ``people`` the others an item names. ``content`` is a checksum of ``terms``, ``slot`` a number that
    belongs to this revision of a row alone. Times are POSIX seconds, NaN for none.
    """

    id: Ints
    source: Ints
    at: Floats
    due: Floats
    start: Floats
    end: Floats
    flags: Ints
    importance: Ints
    length: Ints
    done: Floats
    snoozed: Floats
    seen: Floats
    pinned: Bools
    rev: Ints
    author: Ints
    name: Ints
    thread: Ints
    channel: Ints
    kind: Ints
    key: Ints
    reply: Ints
    terms: Ragged
    people: Ragged
    content: Ints
    slot: Ints
    codes: dict[str, Codes]
    memory: Memory

    def __len__(self) -> int:
        return len(self.id)

    @cached_property
    def _by_id(self) -> Ints:
        return np.argsort(self.id)

    def row(self, item: int) -> int | None:
        """Return the row of an item, None where there is none."""
        row = int(self.rows([item])[0])
        return row if row >= 0 else None

    def rows(self, items: Sequence[int]) -> Ints:
        """Return the row of each item, -1 where there is none."""
        wanted = np.array([item if abs(item) < 1 << 63 else -1 for item in items], np.int64)
        if not len(self):
            return np.full(len(wanted), -1, np.int64)
        place = np.searchsorted(self.id, wanted, sorter=self._by_id)
        rows = self._by_id[np.minimum(place, len(self) - 1)]
        return np.where(self.id[rows] == wanted, rows, -1)

    @cached_property
    def counted(self) -> Bools:
        """The rows whose words are counted: all but the newest one in a hundred, so that the usual seldom changes."""
        step = 1 << max(len(self).bit_length() - 8, 0)
        counted = np.zeros(len(self), np.bool_)
        counted[self._by_id[: len(self) // step * step]] = True
        return counted

    def contents(self, rows: Ints) -> bytes:
        """Return what is equal for equal words of equal items, whatever else became of them."""
        return self.id[rows].tobytes() + self.content[rows].tobytes()

    @cached_property
    def usual(self) -> bytes:
        """What is equal where the same rows are counted, with the same words."""
        return sha256(self.contents(np.flatnonzero(self.counted)) + b"|" + self.contents(self.openings)).digest()

    @property
    def frequency(self) -> Floats:
        """In how many of the counted rows each class of words occurs."""
        return self._frequency("frequency", np.flatnonzero(self.counted)).dense()

    def _frequency(self, name: str, rows: Ints) -> Sparse:
        found: Sparse = self.memory.once(
            name,
            self.contents(rows),
            lambda: Sparse.of(np.bincount(bucket(self.terms.take(rows)), minlength=BUCKETS).astype(np.float32), 0),
        )
        return found

    @cached_property
    def _of_place(self) -> tuple[Ints, Ints]:
        rows = np.flatnonzero(self.terms.count)
        rows = rows[np.argsort(self.terms.start[rows])]
        return rows, self.terms.start[rows]

    def having(self, words: Iterable[int]) -> dict[int, Ints]:
        """Return for each hashed word the rows that have it."""
        rows, start = self._of_place
        found = {}
        for word, places in self.memory.places(set(words), self.terms.flat).items():
            number = np.searchsorted(start, places, "right") - 1
            some, row = places[number >= 0], rows[number[number >= 0]]  # the others are in rows that are no more
            found[word] = row[some < (self.terms.start + self.terms.count)[row]]
        return found

    @cached_property
    def by_thread(self) -> Ints:
        """Every row, conversation by conversation, each in the order of time."""
        return np.argsort(self.thread, kind="stable")

    @cached_property
    def first(self) -> Ints:
        """The first row of each thread, -1 for a thread without rows."""
        first = np.full(len(self.codes["thread"]), -1, np.int64)
        first[self.thread[::-1]] = np.arange(len(self))[::-1]
        return first

    @cached_property
    def answers(self) -> Ints:
        """The row that each row answers: the one it names, else the last by another author in its thread.

        The latter is looked for among the last six rows and the last seven days; -1 where there is none.
        """
        order, found = self.by_thread, np.full(len(self), -1, np.int64)
        for back in range(_ANSWER_LOOKS_BACK, 0, -1):
            later, earlier = order[back:], order[:-back]
            fits = (
                (self.thread[later] == self.thread[earlier])
                & (self.author[later] != self.author[earlier])
                & (self.at[later] - self.at[earlier] < _ANSWER_WITHIN)
            )
            found[later[fits]] = earlier[fits]
        row_of = np.full(len(self.codes["key"]) + 1, -1, np.int64)
        row_of[self.key] = np.arange(len(self))
        return np.where(row_of[self.reply] >= 0, row_of[self.reply], found)

    @cached_property
    def posts(self) -> Floats:
        """How many rows each thread has."""
        return np.bincount(self.thread, minlength=len(self.codes["thread"])).astype(np.float64)

    @cached_property
    def _voices(self) -> tuple[Ints, Ints]:
        """Every pair of a thread and somebody who wrote in it."""
        size = len(self.codes["person"])
        return np.divmod(different(self.thread * size + self.author), max(size, 1))

    @cached_property
    def people_in(self) -> Floats:
        """How many people wrote in each thread."""
        return np.bincount(self._voices[0], minlength=len(self.codes["thread"])).astype(np.float64)

    @cached_property
    def threads_of(self) -> Floats:
        """In how many threads each author wrote."""
        return np.bincount(self._voices[1], minlength=len(self.codes["person"])).astype(np.float64)

    @cached_property
    def posts_of(self) -> Floats:
        """How many rows each author wrote."""
        return np.bincount(self.author, minlength=len(self.codes["person"])).astype(np.float64)

    @cached_property
    def threads_in(self) -> Floats:
        """How many threads began in each channel."""
        channel = self.channel[self.first[self.first >= 0]]
        return np.bincount(channel, minlength=len(self.codes["channel"])).astype(np.float64)

    @cached_property
    def openings(self) -> Ints:
        """The counted rows that are the first of their thread."""
        first = np.sort(self.first[self.first >= 0])
        return first[self.counted[first]]

    @property
    def opening_frequency(self) -> Floats:
        """In how many of the counted first rows each class of words occurs."""
        return self._frequency("opening frequency", self.openings).dense()

    @cached_property
    def answered(self) -> Floats:
        """How often anybody answered each author."""
        rows = self.answers[self.answers >= 0]
        rows_by = self.author[np.flatnonzero(self.answers >= 0)]
        others = self.author[rows] != rows_by
        return np.bincount(self.author[rows[others]], minlength=len(self.codes["person"])).astype(float)
