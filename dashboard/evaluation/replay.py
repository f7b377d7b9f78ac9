"""A log lived through day by day: what the product would have known, and how it would have ordered, at each session."""

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np

from dashboard.evaluation.log import WINDOW, Log, Session, facts
from dashboard.rank import Ranking, rank
from dashboard.ranking.columns import Floats, Ints
from dashboard.ranking.conversations import Conversations
from dashboard.ranking.features import FAMILIES
from dashboard.ranking.history import History
from dashboard.ranking.signals import Signals
from dashboard.ranking.standing import numbers
from dashboard.ranking.weights import Weights
from dashboard.relevance import Profile

SUM_WITHIN = 1e-9
"""How far the sum of the reasons may be from the score."""


class Replay:
    """The public ranking fed with a log in the order of time: at a session it has seen nothing later.

    All people of a log share its rows, as the readers of an open community do; a profile says
    who is asking.
    """

    def __init__(self, log: Log) -> None:
        self.log = log
        self._facts = facts(log.events)
        self._times = np.array([event.at for event in log.events])
        self._signals = Signals()
        self._taken = 0

    def features(self, session: Session) -> Floats:
        """Return the features of each candidate of a session, one row each."""
        talks = self._talks(session)
        values = [values for family in FAMILIES.values() for values in family(talks).values()]
        return np.column_stack(values)[self._places(session, talks)]

    def ranking(self, session: Session, weights: Weights) -> Ranking:
        """Return how the product orders the last three days for the person of a session, who chose nothing."""
        self._go_on(session.at)
        now, since = (datetime.fromtimestamp(at, UTC) for at in (session.at, session.at - WINDOW))
        return rank(self._signals, Profile(me=frozenset([session.user])), now, since=since, weights=weights)

    def scores(self, session: Session, weights: Weights) -> Floats:
        """Return the score of each candidate. Raises ArithmeticError where its reasons do not add up to it."""
        ranking = self.ranking(session, weights)
        return np.array([self._checked(ranking, messages[-1]) for messages in session.messages])

    def new_to_me(self, session: Session) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        """Return which candidates the person has neither written in nor is named in."""
        talks = self._talks(session)
        named = talks.any(talks.history.named[talks.rows])
        return np.asarray(~(talks.mine | named)[self._places(session, talks)], np.bool_)

    @staticmethod
    def _checked(ranking: Ranking, item: int) -> float:
        score = ranking.score(item)
        told = sum(reason.points for reason in ranking.why(item))
        if abs(told - score) > SUM_WITHIN:
            raise ArithmeticError(f"the reasons of item {item} add up to {told!r}, its score is {score!r}")
        return score

    def _talks(self, session: Session) -> Conversations:
        self._go_on(session.at)
        columns = self._signals.columns
        me = numbers(columns.codes["person"], frozenset([session.user]))
        rows = np.sort(np.concatenate([np.array(messages) for messages in session.messages]))
        return Conversations.of(History.of(columns, me, session.at), rows, session.at)

    def _places(self, session: Session, talks: Conversations) -> Ints:
        place = np.empty(talks.history.threads, np.int64)
        place[talks.thread] = np.arange(len(talks))
        last = np.array([messages[-1] for messages in session.messages])
        return np.asarray(place[talks.columns.thread[last]], np.int64)

    def _go_on(self, until: float) -> None:
        last = int(np.searchsorted(self._times, until))
        self._signals.update(self._facts[self._taken : last])
        self._taken = max(last, self._taken)


def feature_names() -> Iterator[tuple[str, str]]:
    """Yield the family and the name of each feature in the order of the columns that a replay gives."""
    nobody = Signals().columns
    nothing = np.zeros(0, np.int64)
    talks = Conversations.of(History.of(nobody, nothing, 0.0), nothing, 0.0)
    for name, family in FAMILIES.items():
        yield from ((name, feature) for feature in family(talks))
