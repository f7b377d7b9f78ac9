"""The calendar of the demo as one iCalendar file (RFC 5545)."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from icalendar import Calendar, Event, vCalAddress


def write(path: Path, told: dict[str, Any], now: datetime) -> None:
    """Write every appointment, its time counted from ``now``."""
    people = {"me": told["me"], **told["people"]}
    calendar = Calendar()
    calendar.add("prodid", "-//Frontdesk//demo//EN")
    calendar.add("version", "2.0")
    for number, told_event in enumerate(told["event"]):
        start = (now + timedelta(hours=told_event["hours"])).replace(minute=0, second=0, microsecond=0)
        event = Event()
        event.add("uid", f"event-{number}@demo.frontdesk.example")
        event.add("dtstamp", now - timedelta(days=2))
        event.add("summary", told_event["title"])
        event.add("dtstart", start)
        event.add("dtend", start + timedelta(hours=told_event["length"]))
        event.add("organizer", _address(people[told_event["by"]]))
        if place := told_event.get("place"):
            event.add("location", place)
        for who in told_event["with"]:
            event.add("attendee", _address(people[who]))
        calendar.add_component(event)
    path.write_bytes(calendar.to_ical())


def _address(person: dict[str, str]) -> vCalAddress:
    address = vCalAddress(f"mailto:{person['address']}")
    address.params["CN"] = person["name"]
    return address
