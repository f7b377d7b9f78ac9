"""Dates as people write them in a search: ``today``, ``gestern``, ``7d``, ``2026-11``, ``24.12.2026``."""

import re
from datetime import datetime, timedelta

from dashboard.words import fold

_DAYS = {"today": 0, "heute": 0, "yesterday": 1, "gestern": 1, "vorgestern": 2}
_UNITS = {"h": 1 / 24, "d": 1, "t": 1, "w": 7, "m": 30, "y": 365, "j": 365}
_AGO = re.compile(r"(\d{1,5})([a-z])")
_ISO = re.compile(r"(\d{4})(?:[-/](\d{1,2}))?(?:[-/](\d{1,2}))?")
_GERMAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d\d)?")


def span(text: str, *, now: datetime) -> tuple[float, float] | None:
    """Return begin and end of the day, month or year meant, in POSIX seconds; None for what is no date.

    Days begin in the time zone of ``now``. ``7d`` (``7t``, ``2w``, ``3m``, ``1y``) is so long ago.
    """
    word = fold(text.strip())
    try:
        if word in _DAYS:
            return _day(now - timedelta(days=_DAYS[word]))
        if match := _AGO.fullmatch(word):
            return _day(now - timedelta(days=int(match[1]) * _UNITS[match[2]]))
        if match := _ISO.fullmatch(word):
            return _calendar(now, match[1], match[2], match[3])
        if match := _GERMAN.fullmatch(word):
            year = match[3] or str(now.year)
            return _calendar(now, year if len(year) == 4 else f"20{year}", match[2], match[1])
    except (ValueError, KeyError, OverflowError, OSError):  # 31.2., 7x, 99999y
        return None
    return None


def _day(day: datetime) -> tuple[float, float]:
    start = day.replace(hour=0, minute=0, second=0, microsecond=0)
    return start.timestamp(), (start + timedelta(days=1)).timestamp()


def _calendar(now: datetime, year: str, month: str | None, day: str | None) -> tuple[float, float]:
    start = datetime(int(year), int(month or 1), int(day or 1), tzinfo=now.tzinfo)
    if day:
        return _day(start)
    months = start.year * 12 + start.month - 1 + (1 if month else 12)
    return start.timestamp(), start.replace(year=months // 12, month=months % 12 + 1).timestamp()
