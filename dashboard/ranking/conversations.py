"""The conversations that wait for a person: what others wrote, thread by thread, each in the order of time."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from dashboard.ranking.columns import Bools, Columns, Floats, Ints, different
from dashboard.ranking.history import History

BURST = 72 * 3600.0
"""How far behind the newest message of a conversation its other new messages lie, in seconds."""
_TAIL = 3  # the last messages whose words speak for the conversation


@dataclass(eq=False)
class Conversations:
    """Rows in groups, one group a thread: ``rows[start[i] : start[i] + count[i]]`` are those of group ``i``."""

    history: History
    now: float
    rows: Ints
    start: Ints
    count: Ints

    @classmethod
    def of(cls, history: History, rows: Ints, now: float) -> "Conversations":
        """Group some rows, in the order of time, by their thread; only the burst at the end of each is kept."""
        thread, at = history.columns.thread, history.columns.at
        newest = np.full(history.threads, -np.inf)
        newest[thread[rows]] = at[rows]
        rows = rows[at[rows] >= newest[thread[rows]] - BURST]
        rows = rows[np.argsort(thread[rows], kind="stable")]
        start = np.flatnonzero(np.diff(thread[rows], prepend=-1))
        return cls(history, now, rows, start, np.diff(start, append=len(rows)))

    def __len__(self) -> int:
        return len(self.start)

    @cached_property
    def columns(self) -> Columns:
        """Every row that the person sees."""
        return self.history.columns

    @cached_property
    def group(self) -> Ints:
        """For each row, which group it is in."""
        return np.repeat(np.arange(len(self)), self.count)

    @cached_property
    def last(self) -> Ints:
        """The newest row of each group: it stands for the conversation."""
        return np.asarray(self.rows[self.start + self.count - 1], np.int64)

    @cached_property
    def thread(self) -> Ints:
        """The thread of each group."""
        return self.columns.thread[self.last]

    @cached_property
    def opening(self) -> Ints:
        """The first row of each thread, whoever wrote it."""
        return np.asarray(self.columns.first[self.thread], np.int64)

    @cached_property
    def tail(self) -> tuple[Ints, Ints]:
        """The last rows of each group, and the group of each."""
        near = (self.start + self.count)[self.group] - np.arange(len(self.rows)) <= _TAIL
        return self.rows[near], self.group[near]

    @cached_property
    def hours(self) -> Floats:
        """How many hours ago the newest row of each group came."""
        return np.asarray(np.maximum(self.now - self.columns.at[self.last], 0) / 3600, np.float64)

    @cached_property
    def mine(self) -> Bools:
        """Whether the person wrote in the thread."""
        return np.isfinite(self.history.my_last[self.thread])

    @cached_property
    def hours_since_mine(self) -> Floats:
        """How many hours ago the person last wrote in the thread, infinity for never."""
        return np.asarray(np.maximum(self.now - self.history.my_last[self.thread], 0) / 3600, np.float64)

    @cached_property
    def after_mine(self) -> Bools:
        """For each row, whether it came after the person last wrote in its thread."""
        return self.columns.at[self.rows] > self.history.my_last[self.columns.thread[self.rows]]

    def any(self, values: npt.NDArray[Any]) -> Bools:
        """Return for each group whether a value is true for one of its rows."""
        return np.logical_or.reduceat(values, self.start) if len(self) else np.zeros(0, np.bool_)

    def sum(self, values: npt.NDArray[Any]) -> Floats:
        """Return for each group the sum of the values of its rows."""
        return np.bincount(self.group, values, minlength=len(self)).astype(np.float64)

    def most(self, values: npt.NDArray[Any]) -> Floats:
        """Return for each group the largest of the values of its rows."""
        return np.maximum.reduceat(values, self.start).astype(np.float64) if len(self) else np.zeros(0)

    def most_of_tail(self, values: Floats) -> Floats:
        """Return for each group the largest of the values of its tail."""
        _, group = self.tail
        starts = np.flatnonzero(np.diff(group, prepend=-1))
        return np.maximum.reduceat(values, starts) if len(self) else np.zeros(0)

    def distinct(self, codes: Ints, rows: Bools | slice = slice(None)) -> Floats:
        """Return for each group how many different numbers its rows have, or only some of them."""
        size = int(codes.max(initial=0)) + 1
        pairs = different(self.group[rows] * size + codes[rows])
        return np.bincount(pairs // size, minlength=len(self)).astype(np.float64)
