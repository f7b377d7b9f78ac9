"""The calendar of the demo as one iCalendar file (RFC 5545): appointments and tasks."""

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from icalendar import Calendar, Event, Todo, vCalAddress

from dashboard.demo.days import working_day


def write(path: Path, told: dict[str, Any], now: datetime) -> None:
    """Write every appointment and task, its time counted from ``now``."""
    people = {"me": told["me"], **told["people"]}
    calendar = Calendar()
    calendar.add("prodid", "-//Frontdesk//demo//EN")
    calendar.add("version", "2.0")
    for number, told_event in enumerate(told["event"]):
        start = _start(told_event, now)
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
    for number, told_task in enumerate(told["task"]):
        task = Todo()
        task.add("uid", f"task-{number}@demo.frontdesk.example")
        task.add("dtstamp", now - timedelta(days=2))
        task.add("summary", told_task["title"])
        task.add("due", _quarter(now + timedelta(hours=told_task["due"])))
        calendar.add_component(task)
    path.write_bytes(calendar.to_ical())


def _start(event: dict[str, Any], now: datetime) -> datetime:
    if "day" not in event:
        return _quarter(now + timedelta(hours=event["hours"]))
    return datetime.combine(working_day(now, event["day"]), time.fromisoformat(event["at"]), now.tzinfo)


def _quarter(at: datetime) -> datetime:
    return at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)


def _address(person: dict[str, str]) -> vCalAddress:
    address = vCalAddress(f"mailto:{person['address']}")
    address.params["CN"] = person["name"]
    return address
