"""How much the words of a row are those of one person: the words they write, and those that open what they join."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dashboard.ranking.arrays import Sparse
from dashboard.ranking.columns import BUCKETS, Bools, Columns, Floats, Ints, bucket
from dashboard.terms import TITLE

SUMS = ("lift", "for", "title", "likeness", "opening_lift")
"""What is told of each row: its lift, only what speaks for it, that of its title; the two of an opening."""

_DOUBT = 10.0  # rows of the usual kind that are assumed beside those seen, so that few say little


@dataclass(eq=False)
class Wording:
    """All words of some rows one after another, and where those of each row begin."""

    classes: Ints
    title: Bools
    start: Ints
    count: Ints

    @classmethod
    def of(cls, columns: Columns, rows: Ints) -> "Wording":
        """Read the words of some rows; a row may be there twice."""
        count = columns.terms.count[rows]
        terms = columns.terms.take(rows)
        return cls(bucket(terms), terms >= np.uint32(TITLE), np.cumsum(count) - count, count)

    @cached_property
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

    def length(self, idf: Floats) -> Floats:
        """Return for each row the length of the vector of its words, 1 for a row without."""
        length = np.sqrt(self.sum(idf[self.classes] ** 2))
        return np.where(length > 0, length, 1.0)


@dataclass(eq=False)
class Vocabulary:
    """How much each class of words counts for one person."""

    lift: Sparse
    """How much more often the person writes it than anybody, as a logarithm."""
    opening_lift: Sparse
    """The same for the first rows of the threads which the person joined, against those of all threads."""
    idf: Sparse
    """How much it tells: the rarer, the more."""
    openings: Sparse
    """The words that opened the threads which the person joined, as a vector of length one."""

    @classmethod
    def of(cls, columns: Columns, wrote: Ints, joined: Ints) -> "Vocabulary":
        """Compare what a person wrote, and the openings of what they joined, with what is usual."""
        counted = int(columns.counted.sum())
        idf = np.asarray(np.log((1 + counted) / (1 + columns.frequency)) + 1, np.float32)
        return cls(
            lift=_lift(columns, wrote, columns.frequency, counted),
            opening_lift=_lift(columns, joined, columns.opening_frequency, len(columns.openings)),
            idf=Sparse.of(idf, float(idf.max())),
            openings=Sparse.of(_direction(Wording.of(columns, joined), idf), 0),
        )

    def sums(self, columns: Columns, rows: Ints) -> Floats:
        """Return the :data:`SUMS` of some rows, one column each."""
        words = Wording.of(columns, rows)
        lift, opening_lift = (values.dense()[words.classes] for values in (self.lift, self.opening_lift))
        idf = self.idf.dense()
        return np.column_stack(
            [
                words.sum(lift) / words.root,
                words.sum(np.maximum(lift, 0)) / words.root,
                words.sum(np.where(words.title, lift, 0)),
                words.sum((idf * self.openings.dense())[words.classes]) / words.length(idf),
                words.sum(opening_lift) / words.root,
            ]
        )


def _lift(columns: Columns, rows: Ints, frequency: Floats, size: int) -> Sparse:
    found = np.bincount(bucket(columns.terms.take(rows)), minlength=BUCKETS)
    there = np.flatnonzero(found)
    usual = np.maximum(frequency[there], found[there])  # the newest rows are not yet counted
    lift = np.log((found[there] * (size + 1) / (usual + 0.5) + _DOUBT) / (len(rows) + _DOUBT))
    none = float(np.log(_DOUBT / (len(rows) + _DOUBT)))
    return Sparse(BUCKETS, none, there.astype(np.int32), lift.astype(np.float32))


def _direction(words: Wording, idf: Floats) -> Floats:
    """Return the sum of the rows' words, each row of length one, as a vector of length one over all classes."""
    weight = idf[words.classes] / np.repeat(words.length(idf), words.count)
    vector = np.bincount(words.classes, weight, minlength=BUCKETS).astype(np.float64)
    return np.asarray(vector / (np.sqrt((vector**2).sum()) or 1.0), np.float32)
