"""The dates that feeds really contain, as aware UTC; what cannot be read is no date."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

_NAMES = (
    # As English, German, French, Spanish, Italian, Portuguese, Dutch and Nordic feeds begin them.
    "jan ene gen", "feb fév fev", "mar mär mrz mrt maa", "apr avr abr", "may mai mag mei maj", "jun juin giu",
    "jul juil lug", "aug aoû aou ago", "sep set", "oct okt ott out", "nov", "dec dez déc dic des",
)  # fmt: skip
_MONTHS = {name: month for month, names in enumerate(_NAMES, start=1) for name in names.split()}
_USUAL = re.compile(
    r"(?:[^\W\d_]{2,13}\.?,?\s+)?([0-9]{1,2})\.?\s+([^\W\d_]{3,12})\.?\s+([0-9]{4})\s+"
    r"([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?\s+(?:(GMT|UTC|UT|Z)|([+-])([0-9]{2}):?([0-9]{2}))"
)
_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ]+(\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d)?)?",
    re.ASCII | re.IGNORECASE,
)
_PARTIAL = re.compile(r"(\d{4})(?:-?(\d\d))?(?:-?(\d\d))?", re.ASCII)
_LONGEST = 100
_FIRST = datetime(1970, 1, 2, tzinfo=UTC)  # earlier is what a program writes that has no date


def moment(text: str) -> datetime | None:
    """Read a date of RFC 822, RFC 3339 or a near relative of them; without a zone it is taken as UTC."""
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    try:
        found = (None if text[4:5] == "-" else _usual(text)) or _iso(text) or _other(text)
        found = found if found.tzinfo is UTC else found.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return found if found >= _FIRST else None


def _usual(text: str) -> datetime | None:
    match = _USUAL.fullmatch(text)
    name = match[2].lower() if match else ""
    month = _MONTHS.get(name[:3]) or _MONTHS.get(name[:4])
    if not match or not month:
        return None
    zone = UTC
    if match[8]:
        offset = timedelta(hours=int(match[9]), minutes=int(match[10]))
        zone = timezone(offset if match[8] == "+" else -offset)
    second = min(int(match[6] or 0), 59)
    return datetime(int(match[3]), month, int(match[1]), int(match[4]), int(match[5]), second, tzinfo=zone)


def _iso(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        match = _ISO.fullmatch(text)
        if not match:
            return None
        zone = (match[4] or "Z").upper()
        zone = "Z" if zone in {"UTC", "GMT"} else zone
        found = datetime.fromisoformat(f"{match[1]}T{match[2] or '00:00'}{zone}")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _other(text: str) -> datetime:
    if match := _PARTIAL.fullmatch(text):
        return datetime(int(match[1]), int(match[2] or 1), int(match[3] or 1), tzinfo=UTC)
    found = parsedate_to_datetime(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
