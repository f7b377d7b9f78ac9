"""The words of the page in the language of the person: one TOML file a language, English where one is missing."""

import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("locales")
LANGUAGES = tuple(sorted(file.stem for file in FOLDER.glob("*.toml")))
FALLBACK = "en"


def negotiate(wanted: str | None) -> str:
    """Return the language to use for a browser's locale such as ``de-AT``; None and unknown ones give English."""
    short = (wanted or "").replace("_", "-").split("-")[0].lower()
    return short if short in LANGUAGES else FALLBACK


@cache
def catalog(language: str) -> Mapping[str, str]:
    """Return every text of a language by its dotted key, ``today.title``; plurals end in ``.one`` and ``.other``."""
    texts: dict[str, str] = {}

    def walk(table: Mapping[str, Any], prefix: str) -> None:
        for name, value in table.items():
            if isinstance(value, str):
                texts[prefix + name] = value
            else:
                walk(value, f"{prefix}{name}.")

    walk(tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8")), "")
    return texts


class Translator:
    """Texts and times for one person: ``t("today.title")``, ``t("today.rows", count=3)``."""

    def __init__(self, language: str, zone: tzinfo = UTC) -> None:
        self.language = language
        self.zone = zone
        self._texts = catalog(language)
        self._fallback = catalog(FALLBACK)

    def __call__(self, key: str, **values: Any) -> str:
        """Return the text with its values filled in; ``count`` chooses between ``.one`` and ``.other``.

        Raises KeyError for a key that no language has: a page must not show a key.
        """
        if "count" in values:
            key = f"{key}.one" if values["count"] == 1 else f"{key}.other"
        return self.find(key, **values) or self._fallback[key]

    def find(self, key: str, default: str = "", **values: Any) -> str:
        """Return the text, or ``default`` where there is none: for what plugins may leave untranslated."""
        text = self._texts.get(key) or self._fallback.get(key)
        return text.format(**values) if text and values else text or default

    def ago(self, then: datetime, now: datetime) -> str:
        """Say how long ago something was, or how soon it is, in at most two words."""
        unit, amount = _largest(abs(now - then))
        if not unit:
            return self("ago.now")
        return self(f"ago.{unit}" if then <= now else f"in.{unit}", count=amount)

    def moment(self, when: datetime) -> str:
        """Say the day and the time in the person's time zone."""
        return self("ago.moment", when=when.astimezone(self.zone))

    def hour(self, when: datetime) -> str:
        """Say the time of the day in the person's time zone."""
        return f"{when.astimezone(self.zone):%H:%M}"

    def number(self, value: float, digits: int, *, sign: bool = False) -> str:
        """Write a number with the decimal sign of the language; with ``sign`` its plus or true minus before it."""
        text = f"{abs(value):.{digits}f}".replace(".", self("number.decimal"))
        before = ("+" if sign and value > 0 else "") if value >= 0 else "\u2212"
        return before + text

    def span(self, length: timedelta) -> str:
        """Say how long something takes, to stand behind a word such as "in" or "for"."""
        unit, amount = _largest(abs(length))
        return self(f"span.{unit or 'minutes'}", count=amount)


def _largest(length: timedelta) -> tuple[str, int]:
    """Return the largest unit that fits into a length and how often it does; ``""`` below a minute."""
    for unit, seconds in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if (amount := int(length.total_seconds() // seconds)) >= 1:
            return unit, amount
    return "", 0
