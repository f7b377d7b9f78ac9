"""What the past of one person says: whom they answer, who answers them, where and about what they write."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dashboard.signals import BUCKETS, DAY, Bools, Columns, Floats, Ints, bucket
from dashboard.store.records import Flag

_FADES = 60 * DAY  # after this time a word that the person wrote counts half
_DOUBT = 10.0  # rows of the usual kind that are assumed beside those seen, so that few say little


def tally(codes: Ints, size: int, weights: Floats | None = None) -> Floats:
    """Count how often each number below ``size`` occurs."""
    return np.bincount(codes, weights, minlength=size).astype(np.float64)


@dataclass(eq=False)
class History:
    """The past as seen at one moment: every row, which of them the person wrote, and which name the person."""

    columns: Columns
    own: Bools
    named: Bools
    now: float
    """POSIX seconds."""

    @classmethod
    def of(cls, columns: Columns, me: Ints, now: float) -> "History":
        """Tell the person's rows by their flags and by the numbers of their addresses: a backend may not know it."""
        own = (columns.flags & Flag.OWN > 0) | np.isin(columns.author, me)
        named = columns.flags & Flag.MENTION > 0
        if len(me):
            people, owner = columns.people.take(np.arange(len(columns)))
            named[owner[np.isin(people, me)]] = True
        return cls(columns, own, named, now)

    @cached_property
    def mine(self) -> Ints:
        """Every row that the person wrote."""
        return np.flatnonzero(self.own)

    @cached_property
    def authors(self) -> int:
        """How many people there are."""
        return len(self.columns.codes["person"])

    @cached_property
    def threads(self) -> int:
        """How many conversations there are."""
        return len(self.columns.codes["thread"])

    @cached_property
    def answered_by_me(self) -> Ints:
        """The rows of others that the person answered."""
        rows = self.columns.answers[self.mine]
        rows = rows[rows >= 0]
        return rows[~self.own[rows]]

    @cached_property
    def answers_to_me(self) -> Ints:
        """The rows of others that answer the person."""
        answers = self.columns.answers
        return np.flatnonzero((answers >= 0) & self.own[answers] & ~self.own)

    @cached_property
    def answer_me(self) -> Floats:
        """How often each author answered the person."""
        return tally(self.columns.author[self.answers_to_me], self.authors)

    @cached_property
    def my_posts(self) -> Floats:
        """How often the person wrote in each thread."""
        return tally(self.columns.thread[self.mine], self.threads)

    @cached_property
    def my_last(self) -> Floats:
        """When the person last wrote in each thread, minus infinity for never."""
        last = np.full(self.threads, -np.inf)
        last[self.columns.thread[self.mine]] = self.columns.at[self.mine]
        return last

    @cached_property
    def joined(self) -> Ints:
        """The first rows of the threads in which the person wrote but which others began."""
        rows = self.columns.first[self.my_posts > 0]
        return np.asarray(rows[~self.own[rows]], np.int64)

    @cached_property
    def together(self) -> Floats:
        """In how many threads the person and each author both wrote."""
        rows = np.flatnonzero((self.my_posts[self.columns.thread] > 0) & ~self.own)
        pairs = np.unique(self.columns.thread[rows] * self.authors + self.columns.author[rows])
        return tally(pairs % self.authors, self.authors)

    @cached_property
    def bond(self) -> Floats:
        """How much more readily than a stranger's the person joins the threads of each author, as a logarithm."""
        return np.log((self.together + 0.5) / (self.columns.threads_of + 5) * 10)

    @cached_property
    def haunt(self) -> Floats:
        """How much more readily than in a new one the person joins threads in each channel, as a logarithm."""
        first = self.columns.first[self.my_posts > 0]
        joined = tally(self.columns.channel[first], len(self.columns.codes["channel"]))
        return np.log((joined + 0.05) / (self.columns.threads_in + 5) * 100)

    def share(self, fades: float = np.inf) -> Floats:
        """Return which share of the person's own rows is in each channel, a row counting half after some seconds."""
        count = tally(
            self.columns.channel[self.mine], len(self.columns.codes["channel"]), self._weight(self.mine, fades)
        )
        return np.asarray(count / max(float(count.sum()), 1e-9), np.float64)

    def i_answer(self, fades: float = np.inf) -> Floats:
        """Return how often the person answered each author, an answer counting half after some seconds."""
        rows = self.answered_by_me
        return tally(self.columns.author[rows], self.authors, self._weight(rows, fades))

    def _weight(self, rows: Ints, fades: float) -> Floats:
        return np.asarray(0.5 ** ((self.now - self.columns.at[rows]) / fades), np.float64)

    @cached_property
    def idf(self) -> Floats:
        """How much a class of words tells: the rarer, the more."""
        return np.asarray(np.log((1 + len(self.columns)) / (1 + self.columns.frequency)) + 1, np.float64)

    @cached_property
    def profile(self) -> Floats:
        """The words of what the person wrote and answered, newer ones weighing more, as a vector of length one."""
        rows = np.concatenate([self.mine, self.answered_by_me])
        weight = np.repeat([1.0, 0.7], [len(self.mine), len(self.answered_by_me)])
        return unit(self.words(rows, weight * self._weight(rows, _FADES)))

    @cached_property
    def openings(self) -> Floats:
        """The words that opened the threads which the person joined, as a vector of length one."""
        return unit(self.words(self.joined, np.ones(len(self.joined))))

    @cached_property
    def lift(self) -> Floats:
        """How much more often than in all rows each class of words is in those of the person, as a logarithm."""
        rows = np.unique(np.concatenate([self.mine, self.answered_by_me]))
        return self._lift(rows, self.columns.frequency, len(self.columns))

    @cached_property
    def opening_lift(self) -> Floats:
        """The same for the first rows of the threads which the person joined, against those of all threads."""
        return self._lift(self.joined, *self.columns.opening_frequency)

    def _lift(self, rows: Ints, frequency: Floats, size: int) -> Floats:
        usual = (frequency + 0.5) / (size + 1)
        found = tally(bucket(self.columns.terms.take(rows)[0]), BUCKETS)
        return np.asarray(np.log((found + _DOUBT * usual) / ((len(rows) + _DOUBT) * usual)), np.float64)

    def words(self, rows: Ints, weight: Floats) -> Floats:
        """Return the weighted sum of the word vectors of some rows."""
        terms, owner = self.columns.terms.take(rows)
        classes = bucket(terms)
        idf = self.idf[classes]
        length = np.sqrt(tally(owner, len(rows), idf**2))
        return tally(classes, BUCKETS, idf * (weight / np.maximum(length, 1e-9))[owner])

    def likeness(self, rows: Ints, vector: Floats) -> Floats:
        """Return the cosine between the words of each row and a vector of length one."""
        terms, owner = self.columns.terms.take(rows)
        classes = bucket(terms)
        idf = self.idf[classes]
        dot = tally(owner, len(rows), idf * vector[classes])
        return np.asarray(dot / np.maximum(np.sqrt(tally(owner, len(rows), idf**2)), 1e-9), np.float64)


def unit(vector: Floats) -> Floats:
    """Return a vector of length one in the same direction."""
    return np.asarray(vector / (float(np.linalg.norm(vector)) or 1.0), np.float64)
