"""The feeds of the demo as RSS 2.0 files."""

import random
import re
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

_HOURS = 200
_TEXT = {
    "de": "{title}: die Zusammenfassung mit den wichtigsten Zahlen und was sie für Betreiber bedeuten.",
    "en": "{title}: a short summary with the numbers that matter and what they mean for operators.",
}


def write(path: Path, feed: dict[str, Any], now: datetime, chance: random.Random) -> None:
    """Write one feed, its newest entry first."""
    root = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(root, "channel")
    site = f"https://{re.sub(r'[^a-z]+', '-', feed['title'].lower())}.example"
    for tag, text in (("title", feed["title"]), ("link", site), ("description", feed["title"])):
        ElementTree.SubElement(channel, tag).text = text
    ages = sorted(chance.uniform(0.5, _HOURS) for _ in feed["entries"])
    for number, (title, age) in enumerate(zip(feed["entries"], ages, strict=True)):
        entry = ElementTree.SubElement(channel, "item")
        fields = {
            "title": title,
            "link": f"{site}/{number}",
            "guid": f"{site}/{number}",
            "pubDate": format_datetime(now - timedelta(hours=age)),
            "description": _TEXT[feed["language"]].format(title=title),
        }
        for tag, text in fields.items():
            ElementTree.SubElement(entry, tag).text = text
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
