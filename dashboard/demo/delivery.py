"""Write the demo's mailbox, chat export, feeds and calendar, with every time counted back from now."""

import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from dashboard.demo import calendars, chats, feeds, mails

_SEED = 20


@dataclass(frozen=True, slots=True)
class Delivered:
    """A source of the demo: a connector, how it is called, and the options that find its file."""

    connector: str
    title: str
    options: Mapping[str, Any]


def company() -> dict[str, Any]:
    """Return the texts of the demo."""
    return tomllib.loads(files("dashboard.demo").joinpath("company.toml").read_text(encoding="utf-8"))


def deliver(folder: Path, now: datetime) -> list[Delivered]:
    """Write every file of the demo below ``folder``; the same ``now`` gives the same files."""
    folder.mkdir(parents=True, exist_ok=True)
    told, chance = company(), random.Random(_SEED)  # noqa: S311  a demo, not a secret
    me = told["me"]
    mails.write(folder / "mail.mbox", told, now, chance)
    chats.write(folder / "chat", told, now, chance)
    calendars.write(folder / "calendar.ics", told, now)
    delivered = [
        Delivered("mailbox", "Demo: Mail", {"path": str(folder / "mail.mbox"), "me": [me["address"]]}),
        Delivered("slack_export", "Demo: Chat", {"path": str(folder / "chat"), "me": [me["slack"]]}),
        Delivered("calendar", "Demo: Calendar", {"address": str(folder / "calendar.ics"), "me": [me["address"]]}),
    ]
    for number, feed in enumerate(told["feed"]):
        path = folder / f"feed-{number}.xml"
        feeds.write(path, feed, now, chance)
        delivered.append(Delivered("feeds", f"Demo: {feed['title']}", {"address": str(path)}))
    return delivered
