"""What a browser says it is (its ``User-Agent``), in words a person knows their devices by."""

import re

# The more special comes first: nearly every browser also calls itself Safari, Chrome or Linux.
_BROWSERS = {
    "Edge": r"Edg(e|A|iOS)?/",
    "Opera": r"OPR/|Opera",
    "Samsung Internet": r"SamsungBrowser/",
    "Vivaldi": r"Vivaldi/",
    "Firefox": r"Firefox/|FxiOS/",
    "Chrome": r"Chrome/|CriOS/|Chromium/",
    "Safari": r"Safari/",
}
_SYSTEMS = {
    "Android": r"Android",
    "iPhone": r"iPhone|iPod",
    "iPad": r"iPad",
    "ChromeOS": r"\bCrOS\b",
    "Windows": r"Windows",
    "macOS": r"Macintosh|Mac OS X",
    "Linux": r"Linux|X11",
}
_MOST = 1000
"""Letters that are looked at: the header may be as long as the server allows."""


def device(agent: str) -> str:
    """Return ``Firefox, Linux``, or as much of it as can be told; ``""`` for what is no browser."""
    text = agent[:_MOST]
    return ", ".join(filter(None, (_first(_BROWSERS, text), _first(_SYSTEMS, text))))


def _first(kinds: dict[str, str], text: str) -> str:
    return next((name for name, pattern in kinds.items() if re.search(pattern, text)), "")
