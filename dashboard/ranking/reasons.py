"""Points with the sentence they are for: its key, and what fills it for one conversation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from dashboard.ranking.conversations import Conversations
from dashboard.ranking.signals import Floats

Args: TypeAlias = Callable[[int], Mapping[str, Any]]


LESS = {f"why.{name}" for name in ("person", "thread", "reply", "mention", "contact", "habit", "words")}
"""Reasons whose sentence is another one, ``why.less.`` something, where they take points away."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an item stands where it does: the key of a sentence, what fills it, and the points it gives."""

    key: str
    args: Mapping[str, Any]
    points: float


@dataclass(frozen=True, slots=True)
class Part:
    """One column of points, one for each conversation, with the key and the arguments of its sentence."""

    key: str
    points: Floats
    args: Args = lambda _: {}

    def reason(self, group: int) -> Reason:
        """Return what this column says of one conversation."""
        points = float(self.points[group])
        key = self.key.replace("why.", "why.less.") if points < 0 and self.key in LESS else self.key
        return Reason(key, self.args(group), points)


def filling(family: str, talks: Conversations) -> Args:
    """Return what fills the sentence of a family of learned features."""
    columns, history = talks.columns, talks.history
    names = columns.codes["person"].names

    def known(group: int) -> Mapping[str, Any]:
        rows = talks.rows[talks.start[group] : talks.start[group] + talks.count[group]]
        authors = columns.author[rows]
        return {"name": names[authors[np.argmax(history.together[authors])]]}

    def last(group: int) -> Mapping[str, Any]:
        return {"name": names[columns.author[talks.last[group]]]}

    return {
        "recency": lambda group: {"hours": round(float(talks.hours[group]))},
        "lively": lambda group: {"count": int(talks.count[group])},
        "thread": lambda group: {"count": int(history.my_posts[talks.thread[group]])},
        "reply": last,
        "contact": known,
        "renown": last,
        "habit": lambda group: {"channel": columns.codes["channel"].names[columns.channel[talks.last[group]]][1]},
    }.get(family, lambda _: {})
