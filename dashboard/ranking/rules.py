"""The points that nobody learned: for the profile, for what items say of themselves, for what is never buried."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from connectors.kit import Kind
from dashboard.ranking.columns import DAY, Bools, Floats, Ints
from dashboard.ranking.conversations import Conversations
from dashboard.ranking.reasons import Part
from dashboard.ranking.standing import channels, containing
from dashboard.relevance import Profile
from dashboard.store.records import Flag

FOR_MANY = Flag.BULK | Flag.AUTOMATED
"""What marks newsletters and notifications."""

_MOST = 4.0  # so many times its weight is the most that topics together, or projects together, can give
_OVERDUE = 7 * DAY
_SOON = 3600.0


def parts(talks: Conversations, profile: Profile, chosen: Mapping[str, float]) -> Iterator[Part]:
    """Yield every column of points for what was chosen, not learned."""
    liking = _liking(talks, profile)
    yield from _profile(talks, profile, liking, chosen)
    yield from _state(talks, chosen)
    if profile.uses.opened:
        yield Part("why.seen", chosen["seen"] * ~np.isnan(talks.columns.seen[talks.last]))
    yield from _time(talks, chosen)
    yield from _never_buried(talks, liking, chosen)


def chosen_people(talks: Conversations, profile: Profile) -> Bools:
    """Return for each conversation whether a person with a weight above 0 wrote its new messages."""
    return talks.any(_liking(talks, profile) > 0)


def _liking(talks: Conversations, profile: Profile) -> Floats:
    """Return for each row the weight of its author's address, or else of their name."""
    columns, codes = talks.columns, talks.columns.codes["person"]
    weight = np.zeros(len(codes))
    for name, value in profile.people.items():
        if (number := codes.find(name)) >= 0:
            weight[number] = value
    by_address, by_name = weight[columns.author[talks.rows]], weight[columns.name[talks.rows]]
    return np.where(by_address == 0, by_name, by_address)


def _profile(talks: Conversations, profile: Profile, liking: Floats, chosen: Mapping[str, float]) -> Iterator[Part]:
    columns = talks.columns
    best = np.where(talks.most(liking) > 0, talks.most(liking), -talks.most(-liking))
    row = _first(talks, liking == best[talks.group])
    names = columns.codes["person"].names
    yield Part("why.person", chosen["person"] * best, lambda i: {"name": names[columns.author[row[i]]]})
    yield from _phrases(talks, "topic", profile.topics, chosen["topic"])
    yield from _phrases(talks, "project", profile.projects, chosen["project"])
    for channel, weight in profile.channels.items():
        fits = np.isin(columns.channel[talks.last], channels(columns, frozenset([channel])))
        yield _where("channel", channel, chosen["channel"] * weight * fits)
    for kind, weight in profile.kinds.items():
        fits = columns.kind[talks.last] == columns.codes["kind"].find(str(kind))
        yield _where("kind", str(kind), chosen["kind"] * weight * fits)
    for source, weight in profile.sources.items():
        yield _where("source", source, chosen["source"] * weight * (columns.source[talks.last] == source))


def _phrases(talks: Conversations, key: str, weights: Mapping[str, float], unit: float) -> Iterable[Part]:
    """Return a part for each phrase that occurs; all together give no more than a few, so that stuffing is no use."""
    found, group = [], np.full(len(talks.columns), -1, np.int64)
    group[talks.rows] = talks.group
    for (phrase, weight), rows in zip(weights.items(), containing(talks.columns, weights, talks.rows), strict=True):
        points = np.zeros(len(talks))
        points[group[rows][group[rows] >= 0]] = unit * weight
        if points.any():
            found.append((phrase, points))
    total = np.abs(sum((points for _, points in found), np.zeros(len(talks))))
    scale = np.minimum(1.0, _MOST * unit / np.maximum(total, 1e-9))
    return [_where(key, phrase, points * scale) for phrase, points in found]


def _where(name: str, value: object, points: Floats) -> Part:
    """Return points that are for the same thing in every conversation: a channel, a kind, a topic."""
    return Part(f"why.{name}", points, lambda _: {name: value})


def _state(talks: Conversations, chosen: Mapping[str, float]) -> Iterator[Part]:
    columns, last = talks.columns, talks.last
    flags = columns.flags[last]
    for name, flag in (
        ("direct", Flag.DIRECT),
        ("flagged", Flag.FLAGGED),
        ("unread", Flag.UNREAD),
        ("answered", Flag.ANSWERED),
    ):
        yield Part(f"why.{name}", chosen[name] * (flags & flag > 0))
    yield Part("why.important", chosen["important"] * np.clip(columns.importance[last], -1, 1))
    yield _question(talks, chosen["ask"])


def _question(talks: Conversations, unit: float) -> Part:
    """Return what a question to the person gives, the more the more people ask; not where only their name is listed."""
    columns = talks.columns
    to_me = columns.flags[talks.rows] & (FOR_MANY | Flag.DIRECT | Flag.MENTION)
    asks = _asking(talks) & (to_me > 0) & (to_me & FOR_MANY == 0)
    names, row = columns.codes["person"].names, _first(talks, asks)
    people = talks.distinct(columns.author[talks.rows], asks)
    return Part("why.ask", unit * np.log2(1 + people), lambda i: {"name": names[columns.author[row[i]]]})


def _time(talks: Conversations, chosen: Mapping[str, float]) -> Iterator[Part]:
    """Yield what a due date within a week and a beginning within a day give, the more the nearer."""
    left, until, over = _due(talks), _begins(talks), _ends(talks) < 0
    near = np.where(left >= 0, np.clip(1 - left / _OVERDUE, 0, 1), 0.0)
    yield Part("why.due", chosen["due"] * near, lambda i: {"hours": round(left[i] / 3600)})
    yield Part("why.overdue", chosen["overdue"] * (left < 0), lambda i: {"hours": round(-left[i] / 3600)})
    soon = np.where(over | (until >= DAY), 0.0, 1 - np.maximum(until, 0) / (2 * DAY))
    yield Part("why.soon", chosen["soon"] * soon, lambda i: {"minutes": int(max(until[i], 0) // 60)})
    yield Part("why.over", chosen["over"] * over)


def _never_buried(talks: Conversations, liking: Floats, chosen: Mapping[str, float]) -> Iterator[Part]:
    """Yield the declared rules that put a conversation before all that no rule is for.

    A chosen person asks the person; it is due within a day or has been for a week; it begins
    within the hour or runs; a chosen person called; it is pinned.
    """
    columns, rows, left = talks.columns, talks.rows, _due(talks)
    first = chosen["first"]
    asks = (liking > 0) & _asking(talks)
    calls = (liking > 0) & (columns.kind[rows] == columns.codes["kind"].find(str(Kind.CALL)))
    names = columns.codes["person"].names
    asking, calling = _first(talks, asks), _first(talks, calls)
    yield Part("why.first.ask", first * talks.any(asks), lambda i: {"name": names[columns.author[asking[i]]]})
    yield Part("why.first.call", first * talks.any(calls), lambda i: {"name": names[columns.author[calling[i]]]})
    yield Part("why.first.due", first * ((left < DAY) & (left > -_OVERDUE)))
    yield Part("why.first.soon", first * ((_begins(talks) < _SOON) & (_ends(talks) >= 0)))
    yield Part("why.first.pinned", first * talks.any(columns.pinned[rows]))


def _asking(talks: Conversations) -> Bools:
    """Return which rows ask the person, directly or by name, since they last wrote in the conversation."""
    flags = talks.columns.flags[talks.rows]
    to_me = (flags & (Flag.DIRECT | Flag.MENTION) > 0) | talks.history.named[talks.rows]
    return to_me & (flags & Flag.QUESTION > 0) & talks.after_mine


def _first(talks: Conversations, fits: Bools) -> Ints:
    """Return for each group its first row that fits, its newest where none does."""
    row = talks.last.copy()
    places = np.flatnonzero(fits)[::-1]
    row[talks.group[places]] = talks.rows[places]
    return row


def _due(talks: Conversations) -> Floats:
    """Return in how many seconds the first thing of each group is due, infinity for nothing."""
    return -talks.most(-np.nan_to_num(talks.columns.due[talks.rows] - talks.now, nan=np.inf))


def _begins(talks: Conversations) -> Floats:
    """Return in how many seconds the newest row of each group begins, infinity for not an event."""
    return np.asarray(np.nan_to_num(talks.columns.start[talks.last] - talks.now, nan=np.inf), np.float64)


def _ends(talks: Conversations) -> Floats:
    """Return in how many seconds the newest row of each group ends; an event without an end lasts an hour."""
    begin, end = talks.columns.start[talks.last], talks.columns.end[talks.last]
    return np.asarray(np.nan_to_num(np.where(np.isnan(end), begin + _SOON, end) - talks.now, nan=np.inf), np.float64)
