"""Points with the sentence they are for: its key, and what fills it for one conversation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from dashboard.ranking.columns import Floats
from dashboard.ranking.conversations import Conversations
from dashboard.store.records import Flag, Kind

Args: TypeAlias = Callable[[int], Mapping[str, Any]]
Said: TypeAlias = Callable[[int], str]


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
    """One column of points, one for each conversation, with the key and the arguments of its sentence.

    ``said`` returns the key of the sentence where it is not the same for every conversation.
    """

    key: str
    points: Floats
    args: Args = lambda _: {}
    said: Said | None = None

    def reason(self, group: int, points: float) -> Reason:
        """Return what this column says of one conversation, to which it gives these points."""
        if points < 0 and self.key in LESS:
            return Reason(self.key.replace("why.", "why.less."), self.args(group), points)
        return Reason(self.said(group) if self.said else self.key, self.args(group), points)


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


def saying(family: str, talks: Conversations) -> Said | None:
    """Return which sentence a family of learned features stands for, where it is not always the same.

    Who is among the recipients counts like one whom the text names, but nobody named them; and the
    guest of an appointment is told as what they are.
    """
    if family != "mention":
        return None
    columns, event = talks.columns, talks.columns.codes["kind"].find(str(Kind.EVENT))

    def said(group: int) -> str:
        rows = talks.rows[talks.start[group] : talks.start[group] + talks.count[group]]
        named = rows[columns.flags[rows] & Flag.MENTION > 0]
        if not len(named):
            return "why.listed"
        return "why.invited" if (columns.kind[named] == event).all() else "why.mention"

    return said
