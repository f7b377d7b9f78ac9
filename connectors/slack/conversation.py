"""One Slack conversation: what is new, what was edited or deleted, its threads, and its read marker.

The Web API reports neither edits nor deletions nor replies to older messages. So every fetch
reads the newest page of a conversation and compares it with what the cursor knows of it: the
newest :data:`PAGE` messages, none older than :data:`WINDOW`. What lies further back is read once.
"""

import json
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from connectors.kit import BadData, Change, Gone, Read, Run, Snapshot
from connectors.slack.message import Place, Record, key, moment, people_in, sound
from connectors.slack.names import MORE, Names

PAGE = 200
"""Messages per request; Slack recommends no more."""
WINDOW = 7 * 86400.0
"""How far back, in seconds, edits, deletions and new replies are looked for."""
SAVE = object()
"""Stands where everything before it can be committed."""
_PASSING = frozenset(
    ("is_locked", "is_starred", "last_read", "pinned_info", "pinned_to", "reactions", "subscribed", "unread_count")
)
"""Fields that change without anything new to read."""


def read(run: Run, place: Place, names: Names, known: dict[str, Any]) -> Iterator[Any]:
    """Yield records, events and :data:`SAVE`; ``known`` is this conversation's part of the cursor.

    ``known`` holds ``floor`` and ``newest`` (Slack timestamps), ``seen`` (the compared messages by
    key with a stamp), ``aside`` (the time of the newest that is not compared any more), ``gaps``
    (ranges still to be read, newest first) and ``read`` (the marker).
    """
    yield from _Reading(run, place, names, known).all()


@dataclass(frozen=True, slots=True)
class _Reading:
    run: Run
    place: Place
    names: Names
    known: dict[str, Any]

    def all(self) -> Iterator[Any]:
        before = json.dumps(self.known)
        yield from self._newest_page()
        if json.dumps(self.known) != before:
            yield SAVE
        while self.known["gaps"]:
            yield from self._gap(*self.known["gaps"][0])
            yield SAVE

    def _newest_page(self) -> Iterator[Any]:
        known = self.known
        edge = self.run.now.timestamp() - WINDOW
        if "floor" not in known:
            since = self.run.since.timestamp() if self.run.since else 0.0
            known |= {"floor": f"{since:.6f}", "newest": f"{since:.6f}", "seen": {}, "gaps": [], "aside": 0.0}
            edge = since
        oldest = f"{max(float(known['floor']), min(edge, float(known['newest']))):.6f}"
        page = self._history(oldest=oldest)
        messages = page["messages"]
        if messages and page["has_more"]:
            oldest = messages[-1]["ts"]
            if float(oldest) > float(known["newest"]):
                known["gaps"].insert(0, [oldest, known["newest"]])
        newest = max((message["ts"] for message in messages), key=float, default=known["newest"])
        yield from page["broken"]
        yield from self._marker(newest)
        yield from self._compare(messages, float(oldest))
        known["newest"] = max(newest, known["newest"], key=float)

    def _history(self, **between: Any) -> dict[str, Any]:
        reply = self.run.http.get("conversations.history", channel=self.place.id, limit=PAGE, **between)
        page: dict[str, Any] = reply.json()
        found = [message for message in page["messages"] if sound(message)]
        page["broken"] = [BadData("a message without a time")] * (len(page["messages"]) - len(found))
        page["messages"] = sorted(found, key=lambda message: float(message["ts"]), reverse=True)
        return page

    def _compare(self, messages: list[dict[str, Any]], oldest: float) -> Iterator[Any]:
        """Yield what is new or differs since the last time, and what is missing from it."""
        seen, edge = self.known["seen"], self.run.now.timestamp() - WINDOW
        now = {self._short(message): _stamp(message) for message in messages}
        shrunk = []
        for short in seen:
            if short not in now and _time(short) >= max(oldest, edge):
                yield Gone(f"{self.place.id}/{short}")
                if _lost([], seen[short]):  # a message goes for good only after all replies to it
                    shrunk.append(Snapshot(ids=(), within=f"{self.place.id}/{short}/"))
        changed = [message for message in messages if seen.get(self._short(message)) != now[self._short(message)]]
        yield from self._records(changed, self.known["read"])
        for message in changed:
            replies = yield from self._thread(message)
            if _lost(replies, seen.get(self._short(message))):
                ids = [key(self.place.id, reply) for reply in replies]
                shrunk.append(Snapshot(ids=ids, within=f"{self.place.id}/{message['ts']}/"))
        yield from shrunk
        self.known["seen"] = {short: stamp for short, stamp in now.items() if _time(short) >= edge}
        self._lay_aside(_time(short) for short in {**seen, **now} if short not in self.known["seen"])

    def _gap(self, latest: str, oldest: str) -> Iterator[Any]:
        page = self._history(latest=latest, oldest=oldest)
        messages = page["messages"]
        if messages and page["has_more"] and float(messages[-1]["ts"]) < float(latest):
            self.known["gaps"][0] = [messages[-1]["ts"], oldest]
        else:
            self.known["gaps"].pop(0)
        self._lay_aside(float(message["ts"]) for message in messages)
        yield from page["broken"]
        yield from self._records(messages, self.known["read"])
        for message in messages:
            yield from self._thread(message)

    def _thread(self, root: dict[str, Any]) -> Generator[Any, None, list[dict[str, Any]]]:
        """Yield the replies to a message, newest first, and return them."""
        if not root.get("reply_count") or root.get("thread_ts", root["ts"]) != root["ts"]:
            return []
        pages = self.run.http.pages(
            "conversations.replies", token=MORE, channel=self.place.id, ts=root["ts"], limit=PAGE
        )
        found = [message for page in pages for message in page["messages"] if sound(message)]
        replies = [message for message in reversed(found) if message["ts"] != root["ts"]]
        marker = next((one.get("last_read") for one in found if one["ts"] == root["ts"]), None)
        yield from self._records(replies, marker)
        return replies

    def _records(self, messages: list[dict[str, Any]], marker: str | None) -> Iterator[Record | Gone]:
        people = self.names.of(user for message in messages for user in people_in(message))
        for message in messages:
            if message.get("subtype") == "tombstone":
                yield Gone(key(self.place.id, message))
                continue
            names = {user: people[user] for user in people_in(message)}
            yield Record(message=message, place=self.place, names=names, read=marker)

    def _marker(self, newest: str) -> Iterator[Change | Read]:
        """Ask for the read marker where it can have moved, and yield what that changes.

        Items inside the window change one by one, because a channel's marker says nothing of its
        threads; only a backlog that reaches further back takes the marker as a whole.
        """
        old = self.known.get("read")
        settled = old is not None and float(old) >= float(newest)
        if settled or ("read" in self.known and old is None):
            return
        answer = self.run.http.get("conversations.info", channel=self.place.id).json()
        new = self.known["read"] = answer["channel"].get("last_read")
        if old is None or new is None or float(new) <= float(old):
            return
        if float(old) < self.known["aside"]:
            yield Read(self.place.name, moment(new))
        for short in self.known["seen"]:
            if float(old) < _time(short) <= float(new):
                yield Change(id=f"{self.place.id}/{short}", unread=False)

    def _lay_aside(self, times: Iterable[float]) -> None:
        """Remember the newest message that came but is not compared any more."""
        self.known["aside"] = max(self.known["aside"], *times, 0.0)

    def _short(self, message: dict[str, Any]) -> str:
        return key(self.place.id, message).removeprefix(f"{self.place.id}/")


def _time(short: str) -> float:
    return float(short.rpartition("/")[2])


def _stamp(message: dict[str, Any]) -> list[Any]:
    """Return what a message is compared by: a checksum, how many replies it has, and when the last one came."""
    content = {name: value for name, value in message.items() if name not in _PASSING}
    checksum = crc32(json.dumps(content, sort_keys=True).encode())
    count, latest = message.get("reply_count"), message.get("latest_reply")
    return [checksum, count if isinstance(count, int) else 0, latest if isinstance(latest, str) else "0"]


def _lost(replies: list[dict[str, Any]], before: list[Any] | None) -> bool:
    """Whether some of the replies that were there before are not among ``replies``."""
    if before is None:
        return False
    _, count, latest = before
    return sum(float(reply["ts"]) <= float(latest) for reply in replies) < int(count)
