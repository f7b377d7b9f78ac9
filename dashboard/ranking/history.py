"""What the past of one person says: whom they answer, who answers them, where and about what they write."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dashboard.ranking.columns import Bools, Columns, Floats, Ints, different
from dashboard.ranking.wording import SUMS, Vocabulary
from dashboard.store.records import Flag


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
        """Tell the person's rows by flags and by the numbers of their addresses and names: a backend may not know it.

        Being the addressee is not being named: it has a flag and points of its own.
        """
        own = (columns.flags & Flag.OWN > 0) | np.isin(columns.author, me) | np.isin(columns.name, me)
        named = columns.flags & Flag.MENTION > 0
        if len(me):
            rows = np.arange(len(columns))
            listed = np.zeros(len(columns), np.bool_)
            listed[columns.people.owners(rows)[np.isin(columns.people.take(rows), me)]] = True
            named |= listed & (columns.flags & Flag.DIRECT == 0)
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
        rows = np.sort(self.columns.first[self.my_posts > 0])
        return np.asarray(rows[~self.own[rows]], np.int64)

    @cached_property
    def together(self) -> Floats:
        """In how many threads the person and each author both wrote."""
        rows = np.flatnonzero((self.my_posts[self.columns.thread] > 0) & ~self.own)
        pairs = different(self.columns.thread[rows] * self.authors + self.columns.author[rows])
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

    @cached_property
    def share(self) -> Floats:
        """Which share of the person's own rows is in each channel."""
        return tally(self.columns.channel[self.mine], len(self.columns.codes["channel"])) / max(1, len(self.mine))

    @cached_property
    def i_answer(self) -> Floats:
        """How often the person answered each author."""
        return tally(self.columns.author[self.answered_by_me], self.authors)

    @cached_property
    def wrote(self) -> Ints:
        """What the person wrote, and what they answered."""
        return different(np.concatenate([self.mine, self.answered_by_me]))

    def wording(self, rows: Ints) -> Mapping[str, Floats]:
        """Return how much the words of each row are those of the person, by :data:`dashboard.ranking.wording.SUMS`.

        They are computed once for each row, until what the person wrote or what is usual changes.
        """
        columns = self.columns
        key = b"|".join((columns.contents(self.wrote), columns.contents(self.joined), columns.usual))

        def sums(places: Ints) -> Floats:
            vocabulary: Vocabulary = columns.memory.once(
                "vocabulary", key, lambda: Vocabulary.of(columns, self.wrote, self.joined)
            )
            return vocabulary.sums(columns, rows[places])

        return dict(zip(SUMS, columns.memory.by_slot("wording", key, columns.slot[rows], sums).T, strict=True))
