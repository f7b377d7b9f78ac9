"""A calendar that is one file, fetched when it changed or a new day has come, as the weeks around now."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
from pydantic import Field

from connectors.calendar import recurrence, translation
from connectors.calendar.translation import Record
from connectors.kit import (
    About,
    BadData,
    Connector,
    Cursor,
    Events,
    Gone,
    Item,
    Kind,
    Misconfigured,
    NotBefore,
    Reply,
    Run,
)

LARGEST = 5 * 1024 * 1024
"""Calendars of more bytes than these are refused."""
PAST, AHEAD = timedelta(days=7), timedelta(days=60)
_NEVER = 4e9  # in the year 2096
_PATH = re.compile(r"(?:file:(?://)?)?(?=[/~.\\]|[A-Za-z]:[/\\])")


class Calendar(Connector):
    """Appointments and tasks from an iCalendar file or address."""

    about = About(kind=Kind.EVENT, every="15m", fastest="5m", slowest="6h")

    address: str = Field(
        min_length=1, max_length=2000, title="Address",
        description="The address of a calendar (https or webcal), or the path of an .ics file.",
    )  # fmt: skip
    me: list[str] = Field(
        default_factory=list, title="My addresses",
        description="Your mail addresses as they stand in invitations, one a line.",
    )  # fmt: skip

    def fetch(self, run: Run) -> Events:
        """Yield the appointments from a week ago to 60 days ahead, and every task.

        The cursor holds the validators, a digest of the body, the day, and the ids that stood in the
        window with their ends: what is missing among them next time is gone, what is over is not.
        """
        past = run.cursor if isinstance(run.cursor, Mapping) and run.cursor.get("address") == self.address else {}
        today = f"{run.now:%Y-%m-%d}"
        known = past if past.get("day") == today else {}
        body, reply = self._body(run, known)
        if reply and reply.fresh_until:
            yield NotBefore(min(reply.fresh_until, run.now + timedelta(days=1)))
        digest = blake2b(body, digest_size=12).hexdigest()
        if (reply and reply.unchanged) or digest == known.get("body"):
            state = dict(past) | {"validators": reply.validators if reply else {}}
            if state != past:  # nothing is written for a calendar that did not change
                yield Cursor(state)
            return
        found: dict[str, float] = {}
        for record in records(body, run.now):
            if isinstance(record, Record):
                id_ = translation.identity(record.component, record.zone)
                if str(record.component.get("STATUS", "")).upper() == "CANCELLED":
                    continue
                found[id_] = _ends(record)
            yield record
        still = (run.now - PAST).timestamp()
        before = past.get("ids", {})
        yield from (Gone(id_) for id_, end in before.items() if id_ not in found and end > still)
        state = {"address": self.address, "day": today, "body": digest, "ids": found}
        yield Cursor(state | {"validators": reply.validators if reply else {}})

    def item(self, raw: Record) -> Item:
        """Translate one appointment or task."""
        if isinstance(raw, recurrence.Unreadable):
            raise raw
        return translation.item(raw, frozenset(address.lower().removeprefix("mailto:") for address in self.me))

    def _body(self, run: Run, known: Mapping[str, Any]) -> tuple[bytes, Reply | None]:
        if path := _PATH.match(self.address):
            found = run.files.path(self.address[path.end() :])
            try:
                with found.open("rb") as file:
                    return file.read(LARGEST + 1), None
            except OSError as error:
                raise Misconfigured(f"cannot be read: {found.name}") from error
        url = re.sub(r"(?i)^webcals?://", "https://", self.address.strip())
        url = url if "://" in url else f"https://{url}"
        reply = run.http.get(url, unless=known.get("validators"), headers={"Accept": "text/calendar, */*;q=0.5"})
        return reply.body, reply


def records(body: bytes, now: datetime) -> Iterator[Record | recurrence.Unreadable]:
    """Yield what stands in the window around ``now``. Raises BadData for what is no calendar or too large."""
    if len(body) > LARGEST:
        raise BadData(f"the calendar is larger than {LARGEST >> 20} MiB")
    if b"BEGIN:VCALENDAR" not in body[:4096].upper():
        raise BadData("not a calendar")
    try:
        calendars = icalendar.Calendar.from_ical(body, multiple=True)
    except Exception as error:  # it raises ValueError, KeyError, IndexError, AttributeError and more on broken input
        raise BadData(f"not a calendar: {type(error).__name__}") from error
    for calendar in calendars:
        yield from _records(calendar, now)


def _records(calendar: recurrence.Component, now: datetime) -> Iterator[Record | recurrence.Unreadable]:
    name, zone = str(calendar.get("X-WR-CALNAME", ""))[:200], _zone(calendar)
    for task in calendar.walk("VTODO")[: recurrence.MOST]:
        yield Record(task, name, zone)
    series: dict[str, list[recurrence.Component]] = {}
    for event in calendar.walk("VEVENT"):
        uid = str(recurrence.value_of(event, "UID") or "") or f"\0{id(event)}"
        series.setdefault(uid, []).append(event)
    here = now.astimezone(zone)
    found = recurrence.occurrences(series.values(), calendar.walk("VTIMEZONE"), here - PAST, here + AHEAD)
    for one in found:
        yield one if isinstance(one, recurrence.Unreadable) else Record(one, name, zone)


def _zone(calendar: recurrence.Component) -> tzinfo:
    """Return the zone of whole days and floating times: what most calendar programs write down, else UTC."""
    try:
        return ZoneInfo(str(calendar.get("X-WR-TIMEZONE", "UTC")))
    except (OSError, ValueError):
        return UTC


def _ends(record: Record) -> float:
    """Return when an appointment is over; a task is so only when it is gone."""
    ends = recurrence.time_of(record.component, "DTEND") or recurrence.time_of(record.component, "DTSTART")
    if record.component.name == "VTODO" or ends is None:
        return _NEVER
    return recurrence.moment(ends, record.zone).timestamp()
