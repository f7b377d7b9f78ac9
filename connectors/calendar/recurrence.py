"""Appointments that repeat, as the single ones of a window of time, however wild their rules are."""

import time
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, TypeAlias

import icalendar
import recurring_ical_events

MOST = 1000
"""How many appointments of one calendar are shown at most."""
_BUDGET = 0.6  # seconds of CPU time for all series of one calendar
_STEPS = 20_000
_DAYS = {"MONTHLY": 28, "WEEKLY": 7, "DAILY": 1}
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FINE = {"BYHOUR", "BYMINUTE", "BYSECOND"}


Component: TypeAlias = Any
"""An icalendar component; icalendar types each of its values as any of thirty kinds."""


class Unreadable(ValueError):
    """Appointments that cannot be made out, or whose rule would take too long to follow."""


def value_of(component: Component, name: str) -> Any:
    """Return the value of a property, the first where a broken calendar has several."""
    value = component.get(name)
    return value[0] if isinstance(value, list) and value else value


def time_of(component: Component, name: str) -> date | None:
    """Return the date or time of a property, None where it has none."""
    found = getattr(value_of(component, name), "dt", None)
    return found if isinstance(found, date) else None


def occurrences(
    series: Iterable[list[Component]], zones: list[Component], start: datetime, end: datetime
) -> Iterator[Component | Unreadable]:
    """Yield every appointment between ``start`` and ``end``, at most :data:`MOST`.

    ``series`` are the components of one UID each. A series that cannot be followed in time gives
    one :class:`Unreadable` in its place.
    """
    begun, left = time.thread_time(), MOST
    for group in series:
        late = time.thread_time() - begun > _BUDGET
        for one in islice(_of_one(group, zones, start, end, late=late), left):
            left -= 1
            yield one
        if left <= 0:
            return


def _of_one(
    group: list[Component], zones: list[Component], start: datetime, end: datetime, *, late: bool
) -> Iterable[Component | Unreadable]:
    uid = str(group[0].get("UID", ""))[:200]
    try:
        if not _repeats(group):
            return [one for one in group if _overlaps(one, start, end)]
        if not late and all(_bounded(one, end) for one in group):
            return _expanded(group, zones, start, end)
    except Exception as error:  # the libraries raise whatever a broken rule makes them stumble over
        return [Unreadable(f"{uid}: {error!r}"[:300])]
    return [Unreadable(f"{uid}: the rule takes too long to follow")]


def _repeats(group: list[Component]) -> bool:
    return len(group) > 1 or any(name in group[0] for name in ("RRULE", "RDATE", "RECURRENCE-ID"))


def _expanded(group: list[Component], zones: list[Component], start: datetime, end: datetime) -> list[Component]:
    calendar = icalendar.Calendar()
    for component in (*zones, *group):
        calendar.add_component(component)
    query = recurring_ical_events.of(calendar, components=["VEVENT"], skip_bad_series=True)
    return sorted(query.between(start, end), key=lambda one: str(time_of(one, "DTSTART")))


def moment(value: date | datetime, zone: Any) -> datetime:
    """Return an aware time; a whole day begins at midnight in ``zone``, a floating time is one of that zone."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001  the zone comes next
    return value if value.tzinfo else value.replace(tzinfo=zone)


def _overlaps(one: Component, start: datetime, end: datetime) -> bool:
    begins, ends = time_of(one, "DTSTART"), time_of(one, "DTEND")
    if begins is None:
        return False
    first = moment(begins, start.tzinfo)
    last = moment(ends, start.tzinfo) if ends is not None else first + timedelta(days=1)
    return first < end and last >= start


def _bounded(one: Component, end: datetime) -> bool:
    """Whether the rules of a component come to their end in time: dateutil looks for a match until the year 9999."""
    rules = one.get("RRULE", [])
    begins = time_of(one, "DTSTART")
    if not rules or begins is None:
        return len(str(one.get("RDATE", ""))) < _STEPS
    first = begins.date() if isinstance(begins, datetime) else begins
    return all(_ends(rule, first, end.date()) for rule in (rules if isinstance(rules, list) else [rules]))


def _ends(rule: Any, first: date, last: date) -> bool:
    frequency = str(_listed(rule, "FREQ", ["DAILY"])[0]).upper()
    interval = int(_listed(rule, "INTERVAL", [1])[0])
    filters = {name.upper() for name in rule} - {
        "FREQ",
        "INTERVAL",
        "UNTIL",
        "COUNT",
        "WKST",
        "BYDAY",
        "BYMONTH",
        "BYMONTHDAY",
    }
    if (
        interval < 1
        or any(len(_listed(rule, name, [])) > 24 for name in rule)
        or sum(len(_listed(rule, n, [])) for n in _FINE) > 24
    ):
        return False
    if frequency == "YEARLY":
        return True
    if frequency == "HOURLY":
        return not filters and not {"BYDAY", "BYMONTH", "BYMONTHDAY"} & set(rule) and (last - first).days * 24 < _STEPS
    allowed = _FINE | {"BYSETPOS"} if frequency == "MONTHLY" else _FINE
    if frequency not in _DAYS or filters - allowed or (last - first).days / _DAYS[frequency] / interval > _STEPS:
        return False
    if any(abs(int(position)) > 4 for position in _listed(rule, "BYSETPOS", [])):
        return False
    step = interval if frequency == "DAILY" else 1
    return any(_matches(rule, first + timedelta(days=n * step)) for n in range(1500))


def _matches(rule: Any, day: date) -> bool:
    months = [int(month) for month in _listed(rule, "BYMONTH", [])]
    days = [int(number) for number in _listed(rule, "BYMONTHDAY", [])]
    weekdays = [str(name)[-2:].upper() for name in _listed(rule, "BYDAY", [])]
    backwards = day.day - (date(day.year + day.month // 12, day.month % 12 + 1, 1) - timedelta(days=1)).day - 1
    return (
        (not months or day.month in months)
        and (not days or day.day in days or backwards in days)
        and (not weekdays or _WEEKDAYS[day.weekday()] in weekdays)
    )


def _listed(rule: Any, name: str, default: list[Any]) -> list[Any]:
    value = rule.get(name, default)
    return value if isinstance(value, list) else [value]
