"""Reading the moments that backends write, in whatever form they write them."""

import calendar
import re
import time
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_tz
from typing import Any

_EARLIEST, _LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(?:\.[0-9]{1,20})?")
_ISO = re.compile(
    r"([+-]?\d{4})-?(\d\d)-?(\d\d)(?:[T ]\s?(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?)?\s?"
    r"(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?)?",
    re.IGNORECASE,
)
_LONGEST = 100


def utc(value: Any) -> datetime | None:
    """Return a moment as an aware datetime in UTC, None where ``value`` says none. Never raises.

    It reads ``datetime`` (naive ones are taken as UTC) and ``date`` (its midnight), ``struct_time``
    in UTC as feedparser gives it, numbers and strings of digits as seconds since 1970 (also
    milliseconds and microseconds, told by their size: as seconds they would lie after the year 5000), and
    strings as RFC 3339, ISO 8601 and RFC 5322 write them. A string without a zone is taken as UTC.
    What a zone moves out of the years 1 to 9999 becomes the first or last moment of them.
    """
    try:
        return _read(value)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _read(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return _moved(value)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, time.struct_time):
        return _EPOCH + timedelta(seconds=calendar.timegm(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _since_epoch(float(value))
    return _written(value.strip()) if isinstance(value, str) and len(value) <= _LONGEST else None


def _since_epoch(seconds: float) -> datetime | None:
    if not abs(seconds) < 1e20:  # also no number and infinity
        return None
    while abs(seconds) >= 1e11:
        seconds /= 1000
    return _EPOCH + timedelta(seconds=seconds)


def _written(text: str) -> datetime | None:
    if match := _ISO.fullmatch(text):
        return _iso(match)
    if _NUMBER.fullmatch(text):
        return _since_epoch(float(text))
    fields = parsedate_tz(text)
    if fields is None:
        return None
    # The offset may be absurd ("+9999"), a leap second is 60: counting seconds takes both.
    year, month, day, hour, minute, second = fields[:6]
    moment = datetime(year, month, day, tzinfo=UTC) + timedelta(hours=hour, minutes=minute, seconds=second)
    return _shifted(moment, -(fields[9] or 0))


def _iso(match: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    moment = datetime(int(year), int(month), int(day), tzinfo=UTC)
    if hour is not None and not (int(hour) <= 24 and int(minute or 0) < 60 and int(second or 0) <= 60):
        raise ValueError("no such time of day")
    moment = _shifted(moment, int(hour or 0) * 3600 + int(minute or 0) * 60 + int(second or 0))
    if fraction:
        moment = moment.replace(microsecond=int(fraction[:6].ljust(6, "0")))
    digits = (zone or "").replace(":", "")
    if digits[:1] not in {"+", "-"}:
        return moment
    offset = int(digits[1:3]) * 3600 + int(digits[3:5] or 0) * 60
    return _shifted(moment, offset if digits[0] == "-" else -offset)


def _moved(value: datetime) -> datetime:
    offset = value.utcoffset() or timedelta()
    return _shifted(value.replace(tzinfo=UTC), -offset.total_seconds())


def _shifted(moment: datetime, seconds: float) -> datetime:
    try:
        return moment + timedelta(seconds=seconds)
    except OverflowError:
        return _LATEST if seconds > 0 else _EARLIEST
