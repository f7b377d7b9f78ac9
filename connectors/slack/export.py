"""A Slack export: the zip file or folder that an admin of a workspace can download."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import Field

from connectors.kit import About, BadData, Connector, Cursor, Events, Item, Progress, Run
from connectors.slack.archive import Archive, opened
from connectors.slack.message import Place, Record, people_in, sound, translate
from connectors.slack.names import group_title, name_of

_DAY = re.compile(r"(?P<folder>[^/]+)/(?P<day>\d{4}-\d\d-\d\d)\.json")
_LISTS = ("channels.json", "groups.json", "mpims.json", "dms.json")


class SlackExport(Connector):
    """Messages from the export of a Slack workspace, a zip file or its folder."""

    about = About(kind="chat", every="1d", slowest="1d")

    path: str = Field(title="Path", description="The zip file, or the folder it was unpacked to.")
    me: list[str] = Field(
        default=[], title="My names",
        description="Your name, mail address or user id in that workspace, one a line.",
    )  # fmt: skip

    def check(self, run: Run) -> str:
        """Open the export and return the name of its file, which Slack makes of the workspace and the time."""
        path = run.files.path(self.path)
        with opened(run.files, path) as archive:
            _days(archive)
        return path.stem

    def fetch(self, run: Run) -> Events:
        """Read the export day by day, the newest first; one that did not change since is not read again."""
        path = run.files.path(self.path)
        with opened(run.files, path) as archive:
            stamp = [path.stat().st_mtime_ns, sum(archive.names.values())]
            before = run.cursor.get("before", "") if run.cursor.get("stamp") == stamp else "9999"
            workspace = _Workspace(archive, self.me)
            days = {day: names for day, names in _days(archive).items() if day < before}
            since = run.since.date().isoformat() if run.since else ""
            read, records = 0, 0
            total = sum(archive.names[name] for day, names in days.items() if day >= since for _, name in names)
            for day in sorted((day for day in days if day >= since), reverse=True):
                for folder, name in days[day]:
                    read += archive.names[name]
                    for record in workspace.records(archive, folder, name):
                        records += isinstance(record, Record)
                        yield record
                yield Progress(max(records, round(records * total / max(read, 1))))
                yield Cursor({"stamp": stamp, "before": day})

    def item(self, raw: Record | BadData) -> Item | None:
        """Translate one message; joins, topics and the like are left out, a damaged day counts as unreadable."""
        if isinstance(raw, BadData):
            raise raw
        return translate(raw)


class _Workspace:
    """Who and what the export names by id."""

    def __init__(self, archive: Archive, me: Sequence[str]) -> None:
        users = [user for name in ("users.json", "org_users.json") for user in _list(archive, name) if "id" in user]
        self._me = next((user["id"] for user in users if _is(user, me)), "")
        self._names = {user["id"]: name_of(user) for user in users}
        self._places: dict[str, Place] = {}
        for name in _LISTS:
            for channel in (channel for channel in _list(archive, name) if "id" in channel):
                place = self._place(channel, direct=name in ("dms.json", "mpims.json"))
                self._names[channel["id"]] = place.name
                self._places |= {str(channel.get("name") or channel["id"]): place, channel["id"]: place}

    def records(self, archive: Archive, folder: str, name: str) -> Iterator[Record | BadData]:
        """Yield the messages of one file, newest first, or why it cannot be read."""
        place = self._places.get(folder) or Place(id=folder, name=f"#{folder}", me=self._me)
        try:
            found = _list(archive, name)
        except BadData as error:
            yield error
            return
        messages = [message for message in found if sound(message)]
        yield from [BadData(f"a message without a time: {name}")] * (len(found) - len(messages))
        for message in sorted(messages, key=lambda message: str(message["ts"]), reverse=True):
            wanted = {*people_in(message), *re.findall(r"<#(\w+)", str(message.get("text") or ""))}
            names = {one: self._names[one] for one in wanted if one in self._names}
            yield Record(message=message, place=place, names=names)

    def _place(self, channel: Mapping[str, Any], *, direct: bool) -> Place:
        name = str(channel.get("name") or "")
        if direct and not name:
            others = [user for user in channel.get("members", ()) if user != self._me]
            title = ", ".join(self._names.get(user) or user for user in others) or channel["id"]
        else:
            title = group_title(name) if direct else f"#{name or channel['id']}"
        return Place(id=channel["id"], name=title, direct=direct, me=self._me)


def _is(user: Mapping[str, Any], me: Sequence[str]) -> bool:
    profile = user.get("profile") or {}
    names = (user["id"], user.get("name"), user.get("real_name"), profile.get("email"), profile.get("display_name"))
    known = {str(name).casefold() for name in names if name}
    return any(each.strip().casefold().removeprefix("@") in known for each in me)


def _list(archive: Archive, name: str) -> list[dict[str, Any]]:
    """Return the objects of a file, none where the export has no such file. Raises BadData for anything else."""
    if name not in archive.names:
        return []
    found = archive.read(name)
    if not isinstance(found, list):
        raise BadData(f"not a list: {name}")
    return [one for one in found if isinstance(one, dict)]


def _days(archive: Archive) -> dict[str, list[tuple[str, str]]]:
    """Return folder and name of every message file by its day. Raises BadData where there is none."""
    days: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name in archive.names:
        if match := _DAY.fullmatch(name):
            days[match["day"]].append((match["folder"], name))
    if not days:
        raise BadData("no Slack export: no <channel>/<day>.json in it")
    return days
