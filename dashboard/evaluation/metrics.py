"""How good an order is: the usual five figures of one session, where equal scores count as any order of them would."""

from typing import NamedTuple

import numpy as np

from dashboard.ranking.columns import Floats


class Figures(NamedTuple):
    """What one order is worth, each from 0 to 1."""

    auc: float
    mrr: float
    ndcg_5: float
    ndcg_10: float
    recall_5: float


def figures(relevant: Floats, scores: Floats) -> Figures:
    """Return the figures of an order; ``relevant`` is 1 or 0 and has at least one of each."""
    hits = relevant.sum()
    gains = _gains(relevant, scores)
    return Figures(
        auc=_auc(relevant, scores),
        mrr=float((gains / np.arange(1, len(gains) + 1)).sum() / hits),
        ndcg_5=_ndcg(gains, hits, 5),
        ndcg_10=_ndcg(gains, hits, 10),
        recall_5=float(gains[:5].sum() / min(5.0, hits)),
    )


def _gains(relevant: Floats, scores: Floats) -> Floats:
    """Return how much relevance stands at each place, shared evenly among equal scores."""
    _, tie = np.unique(-scores, return_inverse=True)
    share = np.bincount(tie, relevant) / np.bincount(tie)
    return np.asarray(share[np.sort(tie)], np.float64)


def _auc(relevant: Floats, scores: Floats) -> float:
    values, tie = np.unique(scores, return_inverse=True)
    good, bad = (np.bincount(tie, weight, minlength=len(values)) for weight in (relevant, 1 - relevant))
    below = np.cumsum(bad) - bad
    return float((good * (below + bad / 2)).sum() / (good.sum() * bad.sum()))


def _ndcg(gains: Floats, hits: float, depth: int) -> float:
    discount = 1 / np.log2(np.arange(2, depth + 2))
    best = discount[: int(min(depth, hits))].sum()
    return float((gains[:depth] * discount[: len(gains)]).sum() / best)
