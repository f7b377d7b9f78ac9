"""The words of some rows, ready to be weighed: one pass over them serves every question."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dashboard.signals import Bools, Columns, Floats, Ints, bucket
from dashboard.terms import TITLE


@dataclass(eq=False)
class Wording:
    """All words of some rows one after another, and where those of each row begin."""

    columns: Columns
    classes: Ints
    title: Bools
    start: Ints
    count: Ints

    @classmethod
    def of(cls, columns: Columns, rows: Ints) -> "Wording":
        """Read the words of some rows; a row may be there twice."""
        count = columns.terms.count[rows]
        terms = columns.terms.take(rows)
        return cls(columns, bucket(terms), terms >= np.uint32(TITLE), np.cumsum(count) - count, count)

    @property
    def root(self) -> Floats:
        """The root of how many words each row has, at least 1, so that a long row is not more for being long."""
        return np.sqrt(np.maximum(self.count, 1))

    def sum(self, values: Floats) -> Floats:
        """Return for each row the sum of the values of its words."""
        total = np.zeros(len(self.count))
        some = np.flatnonzero(self.count)
        if len(some):
            total[some] = np.add.reduceat(values, self.start[some])
        return total

    def likeness(self, vector: Floats) -> Floats:
        """Return the cosine between the words of each row and a vector of length one over all classes."""
        return np.asarray(self.sum((self.columns.idf * vector)[self.classes]) / self._length, np.float64)

    def vector(self) -> Floats:
        """Return the sum of the rows' words, each row of length one, as a vector of length one over all classes."""
        weight = self._idf / np.repeat(self._length, self.count)
        vector = np.bincount(self.classes, weight, minlength=len(self.columns.frequency)).astype(np.float64)
        return np.asarray(vector / (np.sqrt((vector**2).sum()) or 1.0), np.float32)

    @cached_property
    def _idf(self) -> Floats:
        return np.asarray(self.columns.idf[self.classes])

    @cached_property
    def _length(self) -> Floats:
        length = np.sqrt(self.sum(self._idf**2))
        return np.where(length > 0, length, 1.0)
