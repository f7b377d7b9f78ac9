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
from dashboard.demo.days import dated

_SEED = 20
_NO_FEED = "<!doctype html><title>502</title><h1>502 Bad Gateway</h1>"
"""What a web server answers when what is behind it is down: even a made-up day has a source in trouble."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A source of the demo: a connector, how it is called, and the options that find its file."""

    connector: str
    title: str
    options: Mapping[str, Any]


def company(now: datetime) -> dict[str, Any]:
    """Return the texts of the demo; they name days counted from ``now``."""
    return tomllib.loads(dated(files("dashboard.demo").joinpath("company.toml").read_text(encoding="utf-8"), now))


def deliver(folder: Path, now: datetime, language: str = "en") -> list[Delivered]:
    """Write every file of the demo below ``folder``; the same ``now`` gives the same files.

    ``language`` is that of the sources' titles; what is in them is in German and in English.
    """
    folder.mkdir(parents=True, exist_ok=True)
    told, chance = company(now), random.Random(_SEED)  # noqa: S311  a demo, not a secret
    me, titles = told["me"], told["title"][language]
    mails.write(folder / "Inbox.mbox", told, now, chance)
    chats.write(folder / "chat", told, now, chance)
    calendars.write(folder / "calendar.ics", told, now)
    (folder / "menu.xml").write_text(_NO_FEED, encoding="utf-8")
    delivered = [
        Delivered("mailbox", titles["mail"], {"path": str(folder / "Inbox.mbox"), "me": [me["address"]]}),
        Delivered("slack_export", titles["chat"], {"path": str(folder / "chat"), "me": [me["slack"]]}),
        Delivered("calendar", titles["calendar"], {"address": str(folder / "calendar.ics"), "me": [me["address"]]}),
        Delivered("feeds", titles["broken"], {"address": str(folder / "menu.xml")}),
    ]
    for number, feed in enumerate(told["feed"]):
        path = folder / f"feed-{number}.xml"
        feeds.write(path, feed, now, chance)
        delivered.append(Delivered("feeds", f"Demo: {feed['title']}", {"address": str(path)}))
    return delivered
