"""The points of some conversations, one column for each reason, and what decides about them beside their points."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from dashboard.ranking.columns import Bools, Floats, Ints
from dashboard.ranking.conversations import Conversations
from dashboard.ranking.features import FAMILIES, OF_MINE
from dashboard.ranking.history import History
from dashboard.ranking.reasons import Part, filling, saying
from dashboard.ranking.rules import FOR_MANY, chosen_people, parts
from dashboard.ranking.standing import containing
from dashboard.ranking.weights import Weights
from dashboard.relevance import Profile
from dashboard.store.records import Flag
from dashboard.terms import hashed

FIRST = "why.first."
"""How the keys of the reasons begin that put a conversation before all others."""


@dataclass(eq=False, frozen=True, slots=True)
class Moment:
    """What points depend on beside the rows."""

    profile: Profile
    weights: Weights
    now: datetime
    since: float
    """From when on things are listed, in POSIX seconds."""


@dataclass(eq=False, frozen=True, slots=True)
class Scored:
    """Some conversations with their points. What one of them has does not depend on which others there are."""

    talks: Conversations
    parts: Sequence[Part]
    points: Floats
    """The sum of all parts."""
    urgent: Bools
    """Which come before all others."""
    quiet: Bools
    """Which are held unless they are urgent."""
    chosen: Bools
    """Which have a message of a person who was chosen."""

    @classmethod
    def of(cls, history: History, rows: Ints, moment: Moment) -> "Scored":
        """Group some rows into conversations and give them their points."""
        talks, profile = Conversations.of(history, rows, moment.now.timestamp()), moment.profile
        unused = () if profile.uses.written else OF_MINE
        columns = [*_learned(talks, moment.weights, unused), *parts(talks, profile, moment.weights.chosen)]
        return cls(
            talks=talks,
            parts=columns,
            points=total(columns, len(talks)),
            urgent=urgent(columns, len(talks)),
            quiet=_quiet(talks, profile) | _after_hours(talks, profile, moment.now),
            chosen=chosen_people(talks, profile),
        )


def total(columns_of_points: Iterable[Part], size: int) -> Floats:
    """Return the sum of some columns of points."""
    points = np.zeros(size)
    for part in columns_of_points:
        points += part.points
    return points


def urgent(points: Iterable[Part], size: int) -> Bools:
    """Return which conversations a rule puts before all others."""
    return np.asarray(total((part for part in points if part.key.startswith(FIRST)), size) > 0, np.bool_)


def _learned(talks: Conversations, weights: Weights, without: Collection[str] = ()) -> Iterator[Part]:
    for name, family in FAMILIES.items():
        if name in without:
            continue
        points = np.full(len(talks), -weights.typical.get(name, 0.0))
        for feature, values in family(talks).items():
            points += weights.learned.get(feature, 0.0) * values
        yield Part(f"why.{name}", points, filling(name, talks), saying(name, talks))


def _quiet(talks: Conversations, profile: Profile) -> Bools:
    """Return which conversations are newsletters and notifications only, and nothing that concerns the person.

    To be their addressee is not enough, for that is everybody whom they are sent to.
    """
    flags = talks.columns.flags[talks.rows]
    for_many = flags & FOR_MANY > 0
    for_me = (flags & Flag.MENTION > 0) | _named_in_text(talks, profile)
    return ~talks.any(~for_many | for_me) & ~talks.mine & ~chosen_people(talks, profile)


def _after_hours(talks: Conversations, profile: Profile, now: datetime) -> Bools:
    """Return which conversations wait for the person's working time: all that do not come from a private source."""
    if profile.hours is None or profile.hours.working(now):
        return np.zeros(len(talks), np.bool_)
    return np.isin(talks.columns.source[talks.last], list(profile.hours.private), invert=True)


def _named_in_text(talks: Conversations, profile: Profile) -> Bools:
    """Return which notifications have a name of the person of two words or more in their text.

    Newsletters greet everybody by name, and addresses stand in everybody's footer: neither counts.
    """
    notes = talks.columns.flags[talks.rows] & FOR_MANY == Flag.AUTOMATED
    names = [name for name in profile.me if "@" not in name and len(hashed(name)) > 1]
    found = np.zeros(len(talks.columns), np.bool_)
    for rows in containing(talks.columns, names, talks.rows[notes]):
        found[rows] = True
    return found[talks.rows]
