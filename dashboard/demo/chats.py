"""The chat of the demo: a folder as a workspace export unpacks to."""

import json
import random
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from dashboard.demo.days import moments

_HOURS_OF_CHATTER = 168

_Days = dict[str, dict[str, list[dict[str, Any]]]]
"""The messages by conversation and day."""


def write(folder: Path, told: dict[str, Any], now: datetime, chance: random.Random) -> None:
    """Write users, conversations and one file a day and conversation."""
    folder.mkdir(parents=True, exist_ok=True)
    people = {"me": told["me"], **told["people"]}
    users = [
        {"id": person["slack"], "name": key, "profile": {"real_name": person["name"], "email": person["address"]}}
        for key, person in people.items()
    ]
    names = [channel["name"] for channel in told["channel"]]
    channels = [{"id": f"C{number:03d}", "name": name, "members": []} for number, name in enumerate(names)]
    direct = [
        {"id": _direct(number), "members": [told["me"]["slack"], people[talk["with"]]["slack"]]}
        for number, talk in enumerate(told["direct"])
    ]
    for name, listed in (("users", users), ("channels", channels), ("dms", direct)):
        (folder / f"{name}.json").write_text(json.dumps(listed, ensure_ascii=False), encoding="utf-8")
    for place, days in _days(told, people, now, chance).items():
        (folder / place).mkdir(exist_ok=True)
        for day, messages in days.items():
            ordered = sorted(messages, key=lambda message: float(message["ts"]))
            (folder / place / f"{day}.json").write_text(json.dumps(ordered, ensure_ascii=False), encoding="utf-8")


def _direct(number: int) -> str:
    return f"D{number:03d}"


def _days(told: dict[str, Any], people: dict[str, Any], now: datetime, chance: random.Random) -> _Days:
    days: _Days = defaultdict(lambda: defaultdict(list))

    def say(place: str, who: str, at: datetime, text: str) -> None:
        message = {"type": "message", "user": people[who]["slack"], "ts": f"{at.timestamp():.6f}", "text": text}
        days[place][at.date().isoformat()].append(message)

    talks = {channel["name"]: channel for channel in told["channel"]}
    talks |= {_direct(number): talk for number, talk in enumerate(told["direct"])}
    for place, talk in talks.items():
        for message in talk["messages"]:
            say(place, message["by"], now - timedelta(hours=message["age"]), message["text"])
    talkers = [key for key in people if key not in ("me", "karl", "zoe", "grace")]
    for chatter in told["chatter"]:
        for at in moments(now, chance, count=chatter["count"], hours=_HOURS_OF_CHATTER):
            text = chance.choice(chatter["texts"]).format(n=chance.randint(1, 40), m=chance.randint(2, 12))
            say(chatter["channel"], chance.choice(talkers), at, text)
    return days
