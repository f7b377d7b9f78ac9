"""From an iCalendar component to an item."""

from datetime import UTC, datetime, timedelta, tzinfo
from hashlib import blake2b
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from connectors.calendar.recurrence import Component, moment, time_of, value_of
from connectors.kit import Importance, Item, Kind, Person, Role
from connectors.kit.text import plain, tidy

_TEXT, _LINE, _PEOPLE = 20_000, 500, 200
_CIRCLE = 8  # a meeting of so many is between people, a larger one is an announcement
_ANSWERS = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative"}


class Record(NamedTuple):
    """One appointment or task, with what its calendar says of all of them."""

    component: Component
    calendar: str
    zone: tzinfo


def identity(component: Component, zone: tzinfo) -> str:
    """Return what stays the same over every fetch: the UID, and for one of a series also its original start."""
    uid = str(value_of(component, "UID") or "").strip()
    begins = time_of(component, "RECURRENCE-ID")
    if not uid:
        parts = (str(component.get("SUMMARY", "")), str(begins or time_of(component, "DTSTART")))
        return blake2b("\x1f".join(parts).encode(errors="replace"), digest_size=8).hexdigest()
    original = f"/{moment(begins, zone).astimezone(UTC):%Y%m%dT%H%M%SZ}" if begins is not None else ""
    return uid[:900] + original


def item(record: Record, me: frozenset[str]) -> Item:
    """Translate one appointment or task; ``me`` are the lower-cased mail addresses of its reader."""
    component, zone = record.component, record.zone
    task = component.name == "VTODO"
    organizer = _person(value_of(component, "ORGANIZER"), Role.ORGANIZER)
    guests = _all(component, "ATTENDEE")[:_PEOPLE]
    people = tuple(person for guest in guests if (person := _person(guest, Role.ATTENDEE)))
    mine = next((guest for guest in guests if _address(guest).lower() in me and hasattr(guest, "params")), None)
    answer = str(mine.params.get("PARTSTAT", "NEEDS-ACTION")).upper() if mine is not None else ""
    start, end = _span(component, zone)
    labels = [str(name) for group in _all(component, "CATEGORIES") for name in getattr(group, "cats", [group])]
    place, about = _text(component, "LOCATION"), _text(component, "DESCRIPTION")
    return Item(
        id=identity(component, zone),
        kind=Kind.TASK if task else Kind.EVENT,
        title=" ".join(_text(component, "SUMMARY")[:_LINE].split()),
        text="\n".join(filter(None, (place, plain(about) if "</" in about else about)))[:_TEXT],
        html=about if "</" in about else "",
        url=_web(component, place),
        author=organizer,
        people=people,
        thread=str(value_of(component, "UID") or "")[:900] or None,
        channel=record.calendar or None,
        created=_when(component, "CREATED", zone) or _when(component, "DTSTAMP", zone),
        updated=_when(component, "LAST-MODIFIED", zone),
        start=start,
        end=end,
        due=_when(component, "DUE", zone) if task else None,
        done=_is_done(component) if task else None,
        own=bool(organizer and organizer.address.lower() in me),
        direct=mine is not None and len(guests) <= _CIRCLE,
        mention=mine is not None,
        answered=answer in _ANSWERS if mine is not None else None,
        importance=_importance(component),
        labels=tuple(dict.fromkeys(filter(None, (*labels, _ANSWERS.get(answer, "")))))[:30],
        raw=component.to_ical().decode(errors="replace"),
    )


def _text(component: Component, name: str) -> str:
    return tidy("\n".join(str(value) for value in _all(component, name))[: 2 * _TEXT])


def _all(component: Component, name: str) -> list[Any]:
    value = component.get(name, [])
    return value if isinstance(value, list) else [value]


def _address(value: Any) -> str:
    return str(value).strip().removeprefix("mailto:").removeprefix("MAILTO:")[:200]


def _person(value: Any, role: Role) -> Person | None:
    if not hasattr(value, "params"):
        return None
    name, address = tidy(str(value.params.get("CN", "")))[:200], _address(value)
    return Person(name, address, role) if name or address else None


def _when(component: Component, name: str, zone: tzinfo) -> datetime | None:
    found = time_of(component, name)
    return moment(found, zone) if found else None


def _span(component: Component, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    """Return begin and end; without an end it is the duration, else the whole day (RFC 5545, 3.6.1)."""
    start, end = _when(component, "DTSTART", zone), _when(component, "DTEND", zone)
    if start and not end:
        given = getattr(value_of(component, "DURATION"), "dt", None)
        whole = not isinstance(time_of(component, "DTSTART"), datetime)
        length = given if isinstance(given, timedelta) else timedelta(days=1) if whole else timedelta()
        end = start + length if component.name == "VEVENT" else None
    return start, end


def _is_done(component: Component) -> bool:
    return str(component.get("STATUS", "")).upper() in {"COMPLETED", "CANCELLED"} or "COMPLETED" in component


def _importance(component: Component) -> Importance:
    """Read PRIORITY: 1 to 4 is high, 6 to 9 is low (RFC 5545, 3.8.1.9)."""
    try:
        priority = int(value_of(component, "PRIORITY") or 0)
    except (TypeError, ValueError):
        return Importance.NORMAL
    return Importance.HIGH if 1 <= priority <= 4 else Importance.LOW if 6 <= priority <= 9 else Importance.NORMAL


def _web(component: Component, place: str) -> str | None:
    """Return where to join or read on: the conference, the URL, or an address given as the place."""
    words = (_text(component, "X-GOOGLE-CONFERENCE"), _text(component, "URL"), *place.split()[:20])
    for word in words:
        try:
            if urlsplit(word).scheme in {"http", "https"}:
                return word[:2000]
        except ValueError:
            continue
    return None
