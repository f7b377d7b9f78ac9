"""What is remembered of each room between two syncs: its name, its read markers, what is unread in it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from connectors.kit import Change, Read
from connectors.matrix.message import Place, key, moment, replaced, replacement, root_of

KEPT = 500
"""How many unread messages of a room are remembered one by one."""
EDITS = 100
"""How many edits of a room are remembered, so that taking one back shows the text before it."""
THREADS = 100
"""How many read markers of threads are kept for a room."""
MAIN = "main"


class Room:
    """One joined room; ``known`` is its part of the cursor.

    ``read`` holds the time in milliseconds up to which the main timeline, each thread (by its root)
    and everything (``""``) is read. ``unread`` holds thread and time of each unread message.
    """

    def __init__(self, id_: str, known: dict[str, Any], me: str) -> None:
        self.id, self.known, self.me = id_, known, me
        known.setdefault("read", {})
        known.setdefault("unread", {})
        known.setdefault("edits", {})

    def place(self, names: Mapping[str, str], direct: Iterable[str], taken: Iterable[str]) -> Place:
        """Return the room under its name; one of several with the same name gets its address behind it."""
        name = self._title(names)
        if name in taken:
            name = f"{name} ({self.known.get('alias') or self.id})"
        self.known["title"] = name
        return Place(id=self.id, name=name, direct=self.id in direct, me=self.me)

    def _title(self, names: Mapping[str, str]) -> str:
        """Return the name as the specification calculates it (Client-Server API, 'Calculating the display name')."""
        heroes = ", ".join(names.get(user) or user for user in self.known.get("heroes", ()))
        return str(self.known.get("name") or self.known.get("alias") or heroes or self.id)

    def learn(self, events: Iterable[Mapping[str, Any]], summary: Mapping[str, Any]) -> None:
        """Take in the name, the address and the people that name a room without one."""
        if "m.heroes" in summary:
            self.known["heroes"] = [user for user in summary["m.heroes"] if user != self.me]
        for event in events:
            content = event.get("content") or {}
            if event["type"] == "m.room.name":
                self.known["name"] = content.get("name") or ""
            elif event["type"] == "m.room.canonical_alias":
                self.known["alias"] = content.get("alias") or ""

    def is_unread(self, event: Mapping[str, Any]) -> bool:
        """Whether no receipt covers a message; a new one is remembered until one does."""
        if event["sender"] == self.me:
            return False
        thread, at = root_of(event) or MAIN, event["origin_server_ts"]
        read = self.known["read"]
        if at <= max(read.get("", 0), read.get(thread, 0)):
            return False
        unread = self.known["unread"]
        unread[event["event_id"]] = [thread, at]
        if len(unread) > KEPT:
            del unread[min(unread, key=lambda one: unread[one][1])]
            self.known["backlog"] = True
        return True

    def mark(self, thread: str, at: int) -> Iterator[Change | Read]:
        """Take in that a thread (``""``: all of them) is read up to a time, and yield what that changes."""
        read = self.known["read"]
        if at <= read.get(thread, 0):
            return
        read[thread] = at
        if len(read) > THREADS:
            del read[min((one for one in read if one not in ("", MAIN)), key=lambda one: int(read[one]))]
        if self.known.get("backlog") and thread in ("", MAIN):
            self.known.pop("backlog")
            yield Read(self.known.get("title", self.id), moment(at))
        unread = self.known["unread"]
        for event in [one for one, (of, when) in unread.items() if when <= at and thread in ("", of)]:
            del unread[event]
            yield Change(id=key(self.id, event), unread=False)

    def edited(self, edit: dict[str, Any], original: dict[str, Any] | None) -> set[str]:
        """Take in an edit: hang it on its message where that is at hand, else return the message to ask for."""
        target = replaced(edit)
        edits = self.known["edits"]
        edits[edit["event_id"]] = target
        if len(edits) > EDITS:
            del edits[next(iter(edits))]
        if original is None:
            return {target}
        own = edit["sender"] == original["sender"]
        if own and edit["origin_server_ts"] >= replacement(original).get("origin_server_ts", 0):
            original["unsigned"] = {"m.relations": {"m.replace": edit}}
        return set()

    def forget(self, event: str) -> set[str]:
        """Drop what is remembered of a redacted event; return the message to ask for if it was an edit."""
        self.known["unread"].pop(event, None)
        target = self.known["edits"].pop(event, None)
        return {target} if target else set()
