"""One sync of a Matrix account: what came, what changed, and page by page what lies further back.

A server leaves out what does not fit into one answer. Each such gap is noted in the cursor and
closed by reading the room backwards, a page at a time and committed page by page, so that nothing
is lost when a fetch ends early, and all rooms move back in time together.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any, TypeAlias

from connectors.kit import BadData, Change, Cursor, Events, Gone, Misconfigured, Person, Progress, Read, Run
from connectors.matrix import api
from connectors.matrix.message import MESSAGES, Invitation, Place, Record, key, people_in, replaced, root_of, sound
from connectors.matrix.rooms import MAIN, Room

RawEvent: TypeAlias = dict[str, Any]
PART = 20
"""Rooms of one sync where all together are too many for one answer."""
_RECEIPTS = ("m.read", "m.read.private")


def read(run: Run) -> Events:
    """Yield what is new since ``run.cursor``, the newest first, and at first also what is older."""
    cursor = {"names": {}, "rooms": {}, "direct": [], "invited": [], "gaps": []} | deepcopy(run.cursor or {})
    if "me" not in cursor:
        cursor["me"] = api.whoami(run.http)
        cursor["floor"] = round(run.since.timestamp() * 1000) if run.since else 0
    try:
        answer = _answer(run, cursor.get("since"))
    except api.Forgotten:
        cursor |= {"since": None, "gaps": []}
        answer = _answer(run, None)
    yield from _Sync(run, cursor).all(answer)


def _answer(run: Run, since: str | None) -> dict[str, Any]:
    """Return one sync; an account too large for one answer is asked for in parts, joined as if they were one."""
    try:
        return api.sync(run.http, since)
    except BadData:
        rooms = api.joined(run.http)
    whole: dict[str, Any] = {}
    for start in range(0, len(rooms), PART):
        part = api.sync(run.http, since, rooms[start : start + PART])
        whole = whole or part  # its token is the oldest: what comes after it comes again
        for kind, found in (part.get("rooms") or {}).items():
            whole.setdefault("rooms", {}).setdefault(kind, {}).update(found)
    return whole or api.sync(run.http, since)


class _Sync:
    def __init__(self, run: Run, cursor: dict[str, Any]) -> None:
        self._run, self._cursor = run, cursor
        self._me: str = cursor["me"]
        self._came = 0

    def all(self, answer: Mapping[str, Any]) -> Events:
        cursor, rooms = self._cursor, answer.get("rooms") or {}
        for event in (answer.get("account_data") or {}).get("events", ()):
            if event["type"] == "m.direct":
                shared = (rooms for rooms in event["content"].values() if isinstance(rooms, list))
                cursor["direct"] = sorted({str(room) for rooms in shared for room in rooms})
        joined, left = rooms.get("join") or {}, rooms.get("leave") or {}
        yield from self._invitations(rooms.get("invite") or {}, settled={*joined, *left})
        for room in left:
            cursor["rooms"].pop(room, None)
            cursor["gaps"] = [gap for gap in cursor["gaps"] if gap[0] != room]
        records: list[Record] = []
        for room, news in joined.items():
            records += yield from self._joined(room, news)
        records.sort(key=lambda record: int(record.event["origin_server_ts"]), reverse=True)
        yield from records
        cursor["since"] = answer["next_batch"]
        yield from self._save(len(records))
        while cursor["gaps"]:
            yield from self._save((yield from self._gap(*cursor["gaps"].pop(0))))

    def _save(self, came: int) -> Iterator[Progress | Cursor]:
        self._came += came
        yield Progress(self._came + api.PAGE * len(self._cursor["gaps"]))
        yield Cursor(deepcopy(self._cursor))

    def _invitations(self, invited: Mapping[str, Any], settled: Iterable[str]) -> Iterator[Invitation | Gone]:
        for room in settled:
            if room in self._cursor["invited"]:
                self._cursor["invited"].remove(room)
                yield Gone(f"{room}/invitation")
        for room, invitation in invited.items():
            state = {(one["type"], one["state_key"]): one for one in invitation["invite_state"]["events"]}
            self._learn_names(state.values())
            mine = state.get(("m.room.member", self._me)) or {"content": {}, "sender": room}
            inviter = Person(self._cursor["names"].get(mine["sender"], ""), mine["sender"])
            named = (state.get(("m.room.name", "")) or {"content": {}})["content"].get("name")
            place = Place(id=room, name=str(named or inviter.name or inviter.address), direct=True, me=self._me)
            self._cursor["invited"] = sorted({*self._cursor["invited"], room})
            yield Invitation(place=place, inviter=inviter, reason=str(mine["content"].get("reason") or ""))

    def _joined(self, id_: str, news: Mapping[str, Any]) -> Generator[Any, None, list[Record]]:
        """Yield what changes in a room and return its new messages."""
        since = self._cursor.get("since") if id_ in self._cursor["rooms"] else None
        timeline = news.get("timeline") or {}
        events = yield from _sound(timeline.get("events", []))
        state = [*(news.get("state") or {}).get("events", ()), *events]
        self._learn_names(state)
        room = self._room(id_)
        room.learn(state, news.get("summary") or {})
        yield from self._receipts(room, (news.get("ephemeral") or {}).get("events", ()), events)
        if timeline.get("limited") and timeline.get("prev_batch"):
            self._cursor["gaps"].append([id_, timeline["prev_batch"], since])
        return (yield from self._records(room, events, ask=since is not None))

    def _gap(self, id_: str, start: str, end: str | None) -> Generator[Any, None, int]:
        """Read one page of what a sync left out, and note what is still left of it."""
        try:
            page = api.messages(self._run.http, id_, start, end)
        except Misconfigured:
            return 0  # not a member any more
        self._learn_names(page.get("state", ()))
        events, following = (yield from _sound(page["chunk"])), page.get("end")
        deep_enough = any(event["origin_server_ts"] < self._cursor["floor"] for event in events)
        if following and following != start and not deep_enough:
            self._cursor["gaps"].append([id_, following, end])
        records = yield from self._records(self._room(id_), events, ask=end is not None)
        yield from sorted(records, key=lambda record: int(record.event["origin_server_ts"]), reverse=True)
        return len(records)

    def _records(self, room: Room, events: list[RawEvent], *, ask: bool) -> Generator[Any, None, list[Record]]:
        """Yield what some events change and return the messages among them.

        ``ask`` says that an edited message may lie behind what is read, so that it has to be asked for.
        """
        messages = {event["event_id"]: event for event in events if event["type"] in MESSAGES}
        behind: set[str] = set()
        for event in [*messages.values()]:
            if target := replaced(event):
                behind |= room.edited(event, messages.get(target))
            elif event["sender"] == self._me:
                yield from room.mark(root_of(event) or MAIN, event["origin_server_ts"])
        for event in events:
            if event["type"] == "m.room.redaction" and (target := _redacted(event)):
                behind |= room.forget(target)
                messages.pop(target, None)
                yield Gone(key(room.id, target))
        for target in sorted(behind) if ask else ():
            if found := api.event(self._run.http, room.id, target):
                messages[target] = found
        place = room.place(self._cursor["names"], self._cursor["direct"], self._titles(room.id))
        wanted = (one for one in messages.values() if one["type"] in MESSAGES and not replaced(one))
        return [self._record(room, place, event) for event in wanted if self._within(event)]

    def _record(self, room: Room, place: Place, event: RawEvent) -> Record:
        names = {user: self._cursor["names"].get(user, "") for user in (*people_in(event), self._me)}
        return Record(event=event, place=place, names=names, unread=room.is_unread(event))

    def _receipts(self, room: Room, events: Iterable[RawEvent], timeline: list[RawEvent]) -> Iterator[Change | Read]:
        for event in events:
            for target, kinds in event["content"].items():
                for mine in filter(None, (kinds.get(kind, {}).get(self._me) for kind in _RECEIPTS)):
                    at = self._time(room, target, timeline) or mine["ts"]
                    # A foreign server may date its events as it likes; nothing is read before it is read.
                    yield from room.mark(mine.get("thread_id", ""), min(at, mine["ts"]))

    def _time(self, room: Room, target: str, timeline: list[RawEvent]) -> int | None:
        """Return the time of the event that a receipt points to: the receipt's own says when it was sent."""
        for event in timeline:
            if event["event_id"] == target:
                return int(event["origin_server_ts"])
        if target in room.known["unread"]:
            return int(room.known["unread"][target][1])
        found = api.event(self._run.http, room.id, target)
        return int(found["origin_server_ts"]) if found else None

    def _learn_names(self, events: Iterable[Mapping[str, Any]]) -> None:
        for event in events:
            if event["type"] == "m.room.member" and event["content"].get("displayname"):
                self._cursor["names"][event.get("state_key", "")] = str(event["content"]["displayname"])

    def _room(self, id_: str) -> Room:
        return Room(id_, self._cursor["rooms"].setdefault(id_, {}), self._me)

    def _titles(self, but: str) -> set[str]:
        return {known.get("title", "") for id_, known in self._cursor["rooms"].items() if id_ != but}

    def _within(self, event: RawEvent) -> bool:
        return int(event["origin_server_ts"]) >= int(self._cursor["floor"])


def _sound(events: Iterable[Any]) -> Generator[BadData, None, list[RawEvent]]:
    """Return the events that can be placed, and yield a record that cannot be read for each of the others."""
    found = []
    for event in events:
        if sound(event):
            found.append(event)
        else:
            yield BadData("an event without its fields")
    return found


def _redacted(event: Mapping[str, Any]) -> str:
    """Return what a redaction removes; room version 11 moved it into the content."""
    return str(event.get("redacts") or event["content"].get("redacts") or "")
