"""Appointments and tasks of an iCalendar file become items, repeat within bounds, and go when they are taken out."""

import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.calendar import Calendar
from connectors.calendar.connector import records
from connectors.calendar.recurrence import MOST, Unreadable
from connectors.kit import BadData, Cursor, Gone, Importance, Kind, Misconfigured, Person, Role, Run, SourceError
from connectors.kit.files import Files
from connectors.kit.testing import Conformance

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def ics(*components, head=""):
    body = "".join(components).replace("\n", "\r\n")
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{head}{body}END:VCALENDAR\r\n".encode()


def event(text, uid="one"):
    return f"BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20261101T000000Z\n{text}\nEND:VEVENT\n"


class Source:
    """A source in an opened folder, with what a store would keep of it."""

    def __init__(self, connector, *folders):
        self.connector, self.files, self.cursor, self.items = connector, Files(folders), {}, {}

    def fetch(self, now=NOW):
        came = []
        run = Run(http=None, dial=None, files=self.files, now=now, cursor=self.cursor)
        for thing in self.connector.fetch(run):
            match thing:
                case Cursor():
                    self.cursor = thing.at
                case Gone():
                    del self.items[thing.id]
                case Unreadable():
                    pass
                case _:
                    item = self.connector.item(thing)
                    self.items[item.id] = item
                    came.append(item)
        return came


@pytest.fixture
def calendar(tmp_path):
    """Return a function that writes the calendar, fetches it, and gives its items by id."""
    path = tmp_path / "work.ics"
    source = Source(Calendar(address=str(path), me=["Ada@Example.org"]), tmp_path)

    def fetched(body, now=NOW):
        path.write_bytes(body)
        source.fetch(now)
        return source.items

    return fetched


def one(calendar, text, head=""):
    (item,) = calendar(ics(event(text), head=head)).values()
    return item


class TestCalendar(Conformance):
    connector = Calendar
    options: ClassVar = {"address": "webcal://calendar.example.org/work.ics", "me": ["ada@example.org"]}
    tape = "calendar.json"


def test_a_calendar_can_be_added_though_its_first_appointment_is_broken(tmp_path):
    broken = event("DTSTART:20261120T100000Z\nRRULE:FREQ=SOMETIMES", uid="broken")
    sound = event("SUMMARY:Lunch\nDTSTART:20261120T110000Z", uid="sound")
    path = tmp_path / "work.ics"
    run = Run(http=None, dial=None, files=Files((tmp_path,)), now=NOW)
    path.write_bytes(ics(broken, sound))
    assert Calendar(address=str(path)).check(run) is None
    path.write_bytes(ics(broken))
    with pytest.raises(BadData, match="no record can be read"):
        Calendar(address=str(path)).check(run)


def test_an_appointment_is_read_with_everything_it_has(calendar):
    item = one(
        calendar,
        "SUMMARY:Angebot\\, Müller\n"
        "DTSTART;TZID=Europe/Berlin:20261123T100000\nDTEND;TZID=Europe/Berlin:20261123T113000"
        "\n"
        "LOCATION:Room 5\nDESCRIPTION:Bring\\nnumbers\nORGANIZER;CN=Bob:mailto:bob@example.org\n"
        "ATTENDEE;CN=Ada;PARTSTAT=ACCEPTED:mailto:ada@example.org\nATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:cy@example.org\n"
        "CATEGORIES:Sales,Offer\nPRIORITY:1\nURL:https://meet.example.org/5\nLAST-MODIFIED:20261110T000000Z",
        head="X-WR-CALNAME:Work\r\n",
    )
    assert (item.id, item.kind, item.title) == ("one", Kind.EVENT, "Angebot, Müller")
    assert item.start == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert item.end == datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
    assert item.text == "Room 5\nBring\nnumbers"
    assert item.author == Person("Bob", "bob@example.org", Role.ORGANIZER)
    assert item.people[0] == Person("Ada", "ada@example.org", Role.ATTENDEE)
    assert (item.direct, item.mention, item.answered, item.own) == (True, True, True, False)
    assert item.labels == ("Sales", "Offer", "accepted")
    assert item.importance is Importance.HIGH
    assert item.url == "https://meet.example.org/5"
    assert item.channel == "Work"


def test_an_invitation_without_an_answer_is_not_answered(calendar):
    item = one(calendar, "DTSTART:20261123T100000Z\nATTENDEE:mailto:ada@example.org")
    assert (item.mention, item.answered) == (True, False)


def test_an_appointment_of_my_own_is_mine(calendar):
    item = one(calendar, "DTSTART:20261123T100000Z\nORGANIZER:MAILTO:ada@example.org")
    assert (item.own, item.mention, item.answered) == (True, False, None)


def test_a_whole_day_begins_at_midnight_where_the_calendar_is(calendar):
    item = one(calendar, "DTSTART;VALUE=DATE:20261123", head="X-WR-TIMEZONE:Europe/Berlin\r\n")
    assert item.start == datetime(2026, 11, 22, 23, tzinfo=UTC)
    assert item.end - item.start == timedelta(days=1)


def test_a_series_stands_in_the_window_and_keeps_its_wall_clock_over_the_change_of_the_hour(calendar):
    body = ics(
        event(
            "DTSTART;TZID=Europe/Berlin:20260105T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY\nEXDATE;TZID=Europe/Berlin:20261130T100000"
        )
    )
    found = calendar(body, now=datetime(2026, 10, 20, tzinfo=UTC))
    starts = sorted(item.start for item in found.values())
    assert {start.astimezone(UTC).hour for start in starts} == {8, 9}
    assert starts[0] >= datetime(2026, 10, 13, tzinfo=UTC)
    assert starts[-1] <= datetime(2026, 12, 20, tzinfo=UTC)
    assert datetime(2026, 11, 30, 9, tzinfo=UTC) not in starts
    assert {item.thread for item in found.values()} == {"one"}


def test_a_moved_appointment_of_a_series_keeps_its_id(calendar):
    series = event("DTSTART:20261102T100000Z\nDTEND:20261102T110000Z\nRRULE:FREQ=WEEKLY")
    before = set(calendar(ics(series)))
    moved = event("RECURRENCE-ID:20261123T100000Z\nDTSTART:20261124T150000Z\nDTEND:20261124T160000Z\nSUMMARY:Moved")
    after = calendar(ics(series, moved))
    assert set(after) == before
    assert after["one/20261123T100000Z"].start == datetime(2026, 11, 24, 15, tzinfo=UTC)


def test_what_is_cancelled_or_taken_out_is_gone_and_what_is_over_stays(calendar):
    first = (
        event("DTSTART:20261123T100000Z", "a"),
        event("DTSTART:20261124T100000Z", "b"),
        event("DTSTART:20261119T100000Z", "c"),
    )
    assert set(calendar(ics(*first))) == {"a", "b", "c"}
    assert set(calendar(ics(event("DTSTART:20261123T100000Z\nSTATUS:CANCELLED", "a"), first[2]))) == {"c"}
    assert set(calendar(ics(first[2]), now=NOW + timedelta(days=30))) == {"c"}


def test_a_new_day_brings_new_appointments_of_an_unchanged_calendar(calendar):
    body = ics(event("DTSTART:20261102T100000Z\nRRULE:FREQ=DAILY"))
    first = len(calendar(body))
    assert len(calendar(body, now=NOW + timedelta(days=1))) == first + 1


def test_a_task_has_a_due_date_and_may_be_done(calendar):
    tasks = (
        "BEGIN:VTODO\nUID:t1\nSUMMARY:Write\nDUE:20261201T120000Z\nEND:VTODO\n",
        "BEGIN:VTODO\nUID:t2\nSUMMARY:Read\nSTATUS:COMPLETED\nEND:VTODO\n",
    )
    found = calendar(ics(*tasks))
    assert (found["t1"].kind, found["t1"].due, found["t1"].done) == (
        Kind.TASK,
        datetime(2026, 12, 1, 12, tzinfo=UTC),
        False,
    )
    assert found["t2"].done is True


WILD = [
    "RRULE:FREQ=SECONDLY",
    "RRULE:FREQ=MINUTELY;COUNT=999999999",
    "RRULE:FREQ=HOURLY",
    "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "RRULE:FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31",
    "RRULE:FREQ=WEEKLY;BYYEARDAY=400",
    "RRULE:FREQ=DAILY;BYSETPOS=300",
    "RRULE:FREQ=YEARLY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12;BYMINUTE=0,1,2,3,4,5,6,7,8,9,10,11,12",
    "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "RRULE:FREQ=DAILY;INTERVAL=0",
    "RRULE:FREQ=DAILY;UNTIL=yesterday",
    "RRULE:FREQ=NEVER",
    "RRULE:nonsense",
    "RRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY",
    "RDATE:" + ",".join(["20261121T100000Z"] * 20_000),
    "EXDATE:" + ",".join(["20261121T100000Z"] * 20_000),
    "DTSTART:00010101T000000Z\nRRULE:FREQ=DAILY",
    "DURATION:P9999999W",
    "DTEND:20200101T000000Z",
    "RECURRENCE-ID:20261121T100000Z",
    "DTSTART;TZID=Nowhere/At All:20261121T100000",
]


@pytest.mark.parametrize("rule", WILD)
def test_a_wild_rule_costs_less_than_a_second_and_harms_no_other_appointment(calendar, rule):
    good = event("DTSTART:20261123T100000Z\nSUMMARY:Good", "good")
    wild = event(rule if rule.startswith("DTSTART") else f"DTSTART:20000101T000000Z\n{rule}", "wild")
    start = time.process_time()
    found = list(records(ics(wild, good), NOW))
    assert time.process_time() - start < 1
    assert len(found) <= MOST
    assert any(
        str(getattr(record, "component", {}).get("UID")) == "good"
        for record in found
        if not isinstance(record, Exception)
    )


def test_ten_thousand_appointments_and_a_hundred_series_stay_within_bounds():
    single = [event(f"DTSTART:2026112{n % 10}T100000Z", f"e{n}") for n in range(2000)]
    series = [event("DTSTART:20260101T100000Z\nRRULE:FREQ=DAILY", f"s{n}") for n in range(100)]
    assert len(list(records(ics(*series, *single), NOW))) <= MOST


@pytest.mark.parametrize(
    "body",
    [b"", b"BEGIN:VCALENDAR", b"<html></html>", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR", b"x" * (6 << 20)],
)
def test_what_is_no_calendar_is_bad_data_or_empty(body):
    with suppress(BadData):
        assert not list(records(body, NOW))


@given(
    st.lists(
        st.sampled_from(["SUMMARY", "DTSTART", "DTEND", "DUE", "ATTENDEE", "ORGANIZER", "RRULE", "UID", "PRIORITY"]),
        max_size=6,
    ),
    st.text(max_size=30),
)
def test_no_property_makes_a_calendar_fail_in_an_unknown_way(names, value):
    body = ics("BEGIN:VEVENT\n" + "".join(f"{name}:{value}\n" for name in names) + "END:VEVENT\n")
    connector = Calendar(address="x.org/c.ics", me=["ada@example.org"])
    with suppress(SourceError):
        for record in records(body, NOW):
            if not isinstance(record, Unreadable):
                connector.item(record)


def test_a_file_outside_the_opened_folders_is_refused(tmp_path):
    path = tmp_path / "c.ics"
    path.write_bytes(ics())
    with pytest.raises(Misconfigured):
        Source(Calendar(address=str(path))).fetch()


def test_an_unchanged_calendar_yields_nothing_but_its_cursor(tmp_path):
    path = tmp_path / "same.ics"
    path.write_bytes(ics(event("DTSTART:20261123T100000Z")))
    source = Source(Calendar(address=str(path)), tmp_path)
    assert len(source.fetch()) == 1
    assert source.fetch() == []
