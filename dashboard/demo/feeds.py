"""The feeds of the demo as RSS 2.0 files."""

import random
import re
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from dashboard.demo.days import moments

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
    times = sorted(moments(now, chance, count=len(feed["entries"]), hours=_HOURS), reverse=True)
    for number, (title, at) in enumerate(zip(feed["entries"], times, strict=True)):
        entry = ElementTree.SubElement(channel, "item")
        fields = {
            "title": title,
            "link": f"{site}/{number}",
            "guid": f"{site}/{number}",
            "pubDate": format_datetime(at),
            "description": _TEXT[feed["language"]].format(title=title),
        }
        for tag, text in fields.items():
            ElementTree.SubElement(entry, tag).text = text
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
