"""The protocol: learn on one half of the people, rank for the others at later times, compare with what is simpler."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np

from dashboard.evaluation.learning import Lesson, learn
from dashboard.evaluation.log import Log, Session, half, read_log
from dashboard.evaluation.metrics import Figures, figures
from dashboard.evaluation.replay import Replay, feature_names
from dashboard.ranking.columns import Floats
from dashboard.ranking.features import FAMILIES
from dashboard.ranking.weights import DEFAULT, Weights

SALT = "split-v1"
SLICES = ("all", "new to me", "first 5 sessions")
CHANCE, BASELINE, BUSY, PRODUCT = SCORERS = ("random", "recency", "most new messages", "Frontdesk")

_FEWEST = 5
_BEGINNER = 5
_BOOTSTRAPS = 1000

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told what is being done to which log, how many sessions of it are through, and of how many."""


@dataclass
class Score:
    """What one scorer is worth on one slice of one log, collected session by session."""

    per_user: dict[str, list[Figures]] = field(default_factory=lambda: defaultdict(list))

    @property
    def sessions(self) -> int:
        """How many sessions were measured."""
        return sum(map(len, self.per_user.values()))

    @property
    def mean(self) -> Figures:
        """The mean over all sessions."""
        every = np.array([found for sessions in self.per_user.values() for found in sessions])
        return Figures(*every.mean(0).tolist()) if len(every) else Figures(*[float("nan")] * 5)

    @property
    def users(self) -> dict[str, float]:
        """The mean nDCG@10 of each person."""
        return {user: float(np.mean([found.ndcg_10 for found in own])) for user, own in self.per_user.items()}

    @property
    def user_ndcg_10(self) -> float:
        """The primary figure: the mean over people of their mean nDCG@10."""
        return float(np.mean(list(self.users.values()))) if self.per_user else float("nan")

    def against(self, other: "Score") -> tuple[float, float, float]:
        """Return how much better than another scorer this is for its people, with the 95 % interval."""
        if not self.per_user:
            return (float("nan"),) * 3
        theirs = other.users
        gain = np.array([value - theirs[user] for user, value in sorted(self.users.items())])
        drawn = np.random.default_rng(2).integers(0, len(gain), (_BOOTSTRAPS, len(gain)))
        low, high = np.percentile(gain[drawn].mean(1), [2.5, 97.5])
        return float(gain.mean()), float(low), float(high)


@dataclass
class Table:
    """The figures of one log: for each slice each scorer."""

    log: str
    events: int
    sessions: int
    scores: dict[str, dict[str, Score]] = field(
        default_factory=lambda: {name: {scorer: Score() for scorer in SCORERS} for name in SLICES}
    )


@dataclass
class Evaluation:
    """The tables, and the weights that they are measured with."""

    tables: list[Table]
    weights: Weights
    learned_from: int
    """Sessions that the weights were learned from; 0 where those that ship were measured."""


def evaluate(
    paths: Sequence[Path], *, salt: str = SALT, shipped: bool = False, progress: Progress = lambda *_: None
) -> Evaluation:
    """Measure the ranking on the held-out half of the people of some logs, in the last 40 % of the time.

    One set of weights serves all logs. It is learned from the other half's training sessions,
    or is the one that ships. Raises ArithmeticError where reasons do not add up to a score.
    """
    replays = [Replay(read_log(path)) for path in paths]
    lessons = [] if shipped else [lesson for replay in replays for lesson in _lessons(replay, salt, progress)]
    weights = _weights(lessons) if lessons else DEFAULT
    return Evaluation([_table(replay, salt, weights, progress) for replay in replays], weights, len(lessons))


def _lessons(replay: Replay, salt: str, progress: Progress) -> Iterator[Lesson]:
    log = replay.log
    sessions = [s for s in log.sessions if log.training_from <= s.at < log.test_from and half(s.user, salt) == 0]
    for session in _told(sessions, f"learning {log.name}", progress):
        yield Lesson(log.name, session.user, replay.features(session), session.relevant)


def _table(replay: Replay, salt: str, weights: Weights, progress: Progress) -> Table:
    log = replay.log
    table, earlier = Table(log.name, len(log.events), len(log.sessions)), _earlier(log)
    sessions = [session for session in log.sessions if session.at >= log.test_from and half(session.user, salt) == 1]
    for session in _told(sessions, f"ranking {log.name}", progress):
        scores = {**_baselines(log, session), PRODUCT: replay.scores(session, weights)}
        _add(table, "all", session, scores, np.ones(len(session.threads), np.bool_))
        new = replay.new_to_me(session)
        if new.sum() >= _FEWEST:
            _add(table, "new to me", session, scores, new)
        if earlier[session.user, session.at] < _BEGINNER:
            _add(table, "first 5 sessions", session, scores, np.ones(len(session.threads), np.bool_))
    return table


def _add(
    table: Table,
    name: str,
    session: Session,
    scores: dict[str, Floats],
    chosen: "np.ndarray[tuple[int], np.dtype[np.bool_]]",
) -> None:
    relevant = session.relevant[chosen]
    if 0 < relevant.sum() < len(relevant):
        for scorer, values in scores.items():
            table.scores[name][scorer].per_user[session.user].append(figures(relevant, values[chosen]))


def _baselines(log: Log, session: Session) -> dict[str, Floats]:
    newest = np.array([log.events[messages[-1]].at for messages in session.messages], np.float64)
    return {
        CHANCE: np.zeros(len(newest)),  # equal scores count as any order of them would
        BASELINE: newest,
        BUSY: np.array([float(len(messages)) for messages in session.messages]),
    }


def _earlier(log: Log) -> dict[tuple[str, float], int]:
    """Return for each session how many the person had before it."""
    count: dict[str, int] = defaultdict(int)
    found = {}
    for session in log.sessions:
        found[session.user, session.at] = count[session.user]
        count[session.user] += 1
    return found


def _told(sessions: Sequence[Session], what: str, progress: Progress) -> Iterator[Session]:
    for number, session in enumerate(sessions):
        if number % 100 == 0:
            progress(what, number, len(sessions))
        yield session
    progress(what, len(sessions), len(sessions))


def _weights(lessons: Sequence[Lesson]) -> Weights:
    """Return the learned weights with the points that they give the average candidate; every log counts the same."""
    learned = learn(lessons).round(4)
    by_log = defaultdict(list)
    for lesson in lessons:
        by_log[lesson.log].append(lesson.features)
    means = np.mean([np.vstack(features).mean(0) for features in by_log.values()], axis=0)
    typical = dict.fromkeys(FAMILIES, 0.0)
    for (family, _), points in zip(feature_names(), learned * means, strict=True):
        typical[family] += float(points)
    return Weights(
        {feature: float(weight) for (_, feature), weight in zip(feature_names(), learned, strict=True)},
        {family: round(points, 4) for family, points in typical.items()},
        DEFAULT.chosen,
    )
