"""The days of the demo: working days counted from now, their names in both languages, and when people write."""

import random
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

_NAMES = {
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = ("Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")
_DAY = re.compile(r"\{(de|en) ([+-]\d+)( date)?\}")
_WORK = range(6, 17)
_QUIET = 0.08
"""How many of the messages that would come at night or at the weekend do come."""


def working_day(now: datetime, ahead: int) -> datetime:
    """Return the time of ``now`` on the working day so many before (less than 0) or after it."""
    day, step = now, timedelta(days=1 if ahead > 0 else -1)
    for _ in range(abs(ahead)):
        day += step
        while day.weekday() > 4:
            day += step
    return day


def dated(text: str, now: datetime) -> str:
    """Fill in the names and dates of days: ``{de +2}`` is ``Dienstag`` on a Friday."""

    def fill(found: re.Match[str]) -> str:
        language, ahead, date = found.groups()
        day = working_day(now, int(ahead))
        if not date:
            return _NAMES[language][day.weekday()]
        return f"{day.day}.{day.month}." if language == "de" else f"{day.day} {_MONTHS[day.month - 1]}"

    return _DAY.sub(fill, text)


def moments(now: datetime, chance: random.Random, *, count: int, hours: float) -> Iterator[datetime]:
    """Yield ``count`` times within the last ``hours``, nearly all of them in working hours."""
    while count:
        at = now - timedelta(hours=chance.uniform(0.2, hours))
        if (at.weekday() < 5 and at.hour in _WORK) or chance.random() < _QUIET:
            yield at
            count -= 1
