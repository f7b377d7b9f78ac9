"""The chat of the demo: a folder as a workspace export unpacks to."""

import json
import random
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

_HOURS_OF_CHATTER = 120


def write(folder: Path, told: dict[str, Any], now: datetime, chance: random.Random) -> None:
    """Write users, channels and one file a day and channel."""
    folder.mkdir(parents=True, exist_ok=True)
    people = {"me": told["me"], **told["people"]}
    users = [
        {"id": person["slack"], "name": key, "profile": {"real_name": person["name"], "email": person["address"]}}
        for key, person in people.items()
    ]
    names = [channel["name"] for channel in told["channel"]]
    channels = [{"id": f"C{number:03d}", "name": name, "members": []} for number, name in enumerate(names)]
    (folder / "users.json").write_text(json.dumps(users, ensure_ascii=False), encoding="utf-8")
    (folder / "channels.json").write_text(json.dumps(channels), encoding="utf-8")
    for channel, days in _days(told, people, now, chance).items():
        (folder / channel).mkdir(exist_ok=True)
        for day, messages in days.items():
            ordered = sorted(messages, key=lambda message: float(message["ts"]))
            (folder / channel / f"{day}.json").write_text(json.dumps(ordered, ensure_ascii=False), encoding="utf-8")


def _days(
    told: dict[str, Any], people: dict[str, Any], now: datetime, chance: random.Random
) -> dict[str, dict[str, list[dict[str, Any]]]]:
    days: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))

    def say(channel: str, who: str, age: float, text: str) -> None:
        at = now - timedelta(hours=age)
        message = {"type": "message", "user": people[who]["slack"], "ts": f"{at.timestamp():.6f}", "text": text}
        days[channel][at.date().isoformat()].append(message)

    for channel in told["channel"]:
        for message in channel["messages"]:
            say(channel["name"], message["by"], message["age"], message["text"])
    talkers = [key for key in people if key != "me"]
    for chatter in told["chatter"]:
        for _ in range(chatter["count"]):
            text = chance.choice(chatter["texts"]).format(n=chance.randint(1, 40), m=chance.randint(2, 12))
            say(chatter["channel"], chance.choice(talkers), chance.uniform(1, _HOURS_OF_CHATTER), text)
    return days
