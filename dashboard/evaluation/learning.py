"""Learn one set of weights from sessions: those under which the relevant conversations are chosen most readily."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.ranking.columns import Floats, Ints

_STEPS = 30
_PULL = 5.0  # how strongly weights are pulled to 0, against the weight of all sessions of a log
_LOG_WEIGHT = 3000.0


@dataclass(frozen=True, slots=True)
class Lesson:
    """The candidates of one session: their features, one row each, and which are relevant."""

    log: str
    user: str
    features: Floats
    relevant: Floats


def learn(lessons: Sequence[Lesson]) -> Floats:
    """Return one weight for each feature, for features as they are.

    A session is a choice among its candidates (conditional logit). Every log counts the same, and
    within a log a person counts as the root of their sessions, so that a few busy ones do not decide.
    """
    features = np.vstack([lesson.features for lesson in lessons]).astype(np.float64)
    relevant = np.concatenate([lesson.relevant for lesson in lessons])
    size = np.array([len(lesson.relevant) for lesson in lessons])
    scale = features.std(0)
    scale[scale < 1e-9] = np.inf
    weights = _newton((features - features.mean(0)) / scale, relevant, size, _session_weights(lessons))
    return np.asarray(weights / scale, np.float64)


def _session_weights(lessons: Sequence[Lesson]) -> Floats:
    _, of_user, sessions = np.unique(
        [f"{lesson.log} {lesson.user}" for lesson in lessons], return_inverse=True, return_counts=True
    )
    weights = 1 / np.sqrt(sessions[of_user])
    _, of_log = np.unique([lesson.log for lesson in lessons], return_inverse=True)
    return np.asarray(weights / np.bincount(of_log, weights)[of_log] * _LOG_WEIGHT, np.float64)


def _newton(features: Floats, relevant: Floats, size: Ints, weight: Floats) -> Floats:
    """Minimise the weighted loss with Newton's method; a step is halved while it makes the loss larger."""
    start, session = np.cumsum(size) - size, np.repeat(np.arange(len(size)), size)
    hits = np.add.reduceat(relevant, start)

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = features @ weights
        top = np.maximum.reduceat(scores, start)
        odds = np.exp(scores - top[session])
        total = np.add.reduceat(odds, start)
        missed = (weight * hits * (np.log(total) + top)).sum() - (weight[session] * relevant * scores).sum()
        return float(missed + _PULL / 2 * weights @ weights), odds / total[session]

    weights = np.zeros(features.shape[1])
    best, chance = loss(weights)
    for _ in range(_STEPS):
        mass = (weight * hits)[session] * chance
        slope = features.T @ (weight[session] * relevant - mass) - _PULL * weights
        mean = np.add.reduceat(features * chance[:, None], start)
        bend = (features * mass[:, None]).T @ features - (mean * (weight * hits)[:, None]).T @ mean
        step = np.linalg.solve(bend + _PULL * np.eye(len(weights)), slope)
        value, chance = loss(weights + step)
        while value > best and np.abs(step).max() > 1e-9:
            step = step / 2
            value, chance = loss(weights + step)
        weights, gained, best = weights + step, best - value, value
        if gained < 1e-7 * abs(best):
            break
    return weights
