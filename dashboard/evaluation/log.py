"""A public log of messages as sessions: on a morning, which conversations will this person write in that day."""

import gzip
import hashlib
import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from dashboard.ranking.columns import DAY
from dashboard.store.records import Facts, Flag
from dashboard.terms import pack_terms

WINDOW = 72 * 3600.0
"""Conversations with a message of somebody else in this time before the snapshot are candidates, in seconds."""

CANDIDATES = 120
_SUBSCRIBED = 180 * DAY
_MOST_SESSIONS = 14_000
_FEWEST_POSTS, _FEWEST_CANDIDATES = 8, 5
_CUTS = (0.15, 0.60)


@dataclass(frozen=True, slots=True)
class Event:
    """One message of a log; times are POSIX seconds."""

    id: str
    channel: str
    thread: str
    title: str
    author: str
    at: int
    text: str
    reply_to: str | None
    mentions: tuple[str, ...]

    @property
    def machine(self) -> bool:
        """Whether a program wrote it."""
        return self.author.startswith("bot:")


@dataclass(frozen=True, slots=True)
class Session:
    """One person at the start of one day: the candidates, newest first, and which of them they wrote in that day.

    ``messages`` are for each candidate the numbers of the messages of others that made it one.
    """

    at: float
    user: str
    threads: Sequence[str]
    messages: Sequence[Sequence[int]]
    relevant: np.ndarray[Any, np.dtype[np.float64]]


@dataclass(eq=False)
class Log:
    """A log with its sessions in the order of time and the times at which training and test begin."""

    name: str
    events: Sequence[Event]
    sessions: Sequence[Session] = field(init=False)
    training_from: float = field(init=False)
    test_from: float = field(init=False)

    def __post_init__(self) -> None:
        self.sessions = sorted(_sessions(self.events), key=lambda session: session.at)
        if len(self.sessions) > _MOST_SESSIONS:
            self.sessions = _whole_users(self.sessions)
        size = len(self.sessions)
        self.training_from, self.test_from = (
            self.sessions[int(size * cut)].at if size else float("inf") for cut in _CUTS
        )


def read_log(path: Path) -> Log:
    """Return the log in a file of JSON lines, compressed or not, with the fields ``id ch th ti au ts tx re me``."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return Log(path.name.split(".")[0], [_event(json.loads(line)) for line in lines])


def _event(fields: dict[str, Any]) -> Event:
    return Event(
        id=fields["id"],
        channel=fields["ch"],
        thread=fields["th"],
        title=fields["ti"],
        author=fields["au"],
        at=fields["ts"],
        text=fields["tx"],
        reply_to=fields.get("re"),
        mentions=tuple(fields.get("me") or ()),
    )


def half(user: str, salt: str) -> int:
    """Return which half of the people somebody is in: 0 is learned from, 1 is held out."""
    return int(hashlib.sha256((salt + user).encode()).hexdigest(), 16) % 2


def facts(events: Sequence[Event]) -> list[Facts]:
    """Return what the store would say of each message to somebody who reads every channel."""
    return [_facts(number, event) for number, event in enumerate(events)]


def _facts(number: int, event: Event) -> Facts:
    flags = (Flag.QUESTION if "?" in event.text else 0) | (Flag.AUTOMATED if event.machine else 0)
    return Facts(
        id=number,
        rev=number + 1,
        source=1,
        kind="chat",
        thread=event.thread,
        channel=event.channel,
        author=event.author,
        name="",
        people="\n".join(event.mentions),
        reply_to=event.reply_to or "",
        key=event.id,
        at=float(event.at),
        due=None,
        start=None,
        end=None,
        flags=flags,
        importance=0,
        length=len(event.text),
        terms=pack_terms(event.title, event.text),
        gone=False,
        seen=None,
        done=None,
        snoozed=None,
        pinned=False,
    )


def _sessions(events: Sequence[Event]) -> Iterator[Session]:
    rows_of, times_of = defaultdict(list), defaultdict(list)
    posts: dict[str, list[int]] = defaultdict(list)
    for number, event in enumerate(events):
        rows_of[event.channel].append(number)
        times_of[event.channel].append(event.at)
        if not event.machine:
            posts[event.author].append(number)
    for user, mine in posts.items():
        if len(mine) >= _FEWEST_POSTS:
            yield from _sessions_of(user, mine, events, rows_of, times_of)


def _sessions_of(
    user: str, mine: list[int], events: Sequence[Event], rows_of: dict[str, list[int]], times_of: dict[str, list[int]]
) -> Iterator[Session]:
    times = [events[number].at for number in mine]
    for at in dict.fromkeys(time // int(DAY) * int(DAY) for time in times):
        begin, now, end = (bisect_left(times, limit) for limit in (at - _SUBSCRIBED, at, at + DAY))
        found: dict[str, list[int]] = {}
        for channel in dict.fromkeys(events[number].channel for number in mine[begin:now]):
            first, last = (bisect_left(times_of[channel], limit) for limit in (at - WINDOW, at))
            for number in rows_of[channel][first:last]:
                if events[number].author != user:
                    found.setdefault(events[number].thread, []).append(number)
        threads = sorted(found, key=lambda thread: -found[thread][-1])[:CANDIDATES]
        acted = {events[number].thread for number in mine[now:end]}
        relevant = np.array([thread in acted for thread in threads], np.float64)
        if len(threads) >= _FEWEST_CANDIDATES and 0 < relevant.sum() < len(threads):
            yield Session(float(at), user, threads, [found[thread] for thread in threads], relevant)


def _whole_users(sessions: Sequence[Session]) -> list[Session]:
    """Keep the sessions of people drawn at random as long as they fit, each person's all or none."""
    count: dict[str, int] = defaultdict(int)
    for session in sessions:
        count[session.user] += 1
    users = sorted(count)
    np.random.default_rng(7).shuffle(users)
    kept, size = set(), 0
    for user in users:
        if size + count[user] <= _MOST_SESSIONS:
            kept.add(user)
            size += count[user]
    return [session for session in sessions if session.user in kept]
