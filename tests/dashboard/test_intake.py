import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from connectors.kit import Attachment, Item, Kind, Person
from dashboard.intake import RAW, admit, aware, clean, raw_text

BROKEN = "a\0b\ud800c"


def taken(item, record=None):
    return admit(item, record if record is not None else {"id": item.id}, Kind.MAIL)


def test_no_text_reaches_the_store_that_a_database_refuses():
    person = Person(name=BROKEN, address=BROKEN)
    item, raw = taken(
        Item(
            id="1" + BROKEN, title=BROKEN, text=BROKEN, html=BROKEN, url=BROKEN, author=person, people=(person,),
            thread=BROKEN, reply_to=BROKEN, channel=BROKEN, labels=(BROKEN,),
            attachments=(Attachment(name=BROKEN, type=BROKEN, url=BROKEN),),
        ),
        {"mail": BROKEN},
    )  # fmt: skip
    told = repr(item) + raw
    assert "\0" not in told
    assert "\\x00" not in told
    assert "\\ud800" not in told
    told.encode()


def test_a_body_that_is_only_html_gets_its_text():
    item, _ = taken(Item(id="1", html="<p>Hello <b>Ada</b></p><script>steal()</script>"))
    assert "Hello" in item.text
    assert "Ada" in item.text
    assert "<" not in item.text
    assert "steal" not in item.text


def test_an_item_has_the_kind_of_its_connector_unless_it_says_otherwise():
    assert taken(Item(id="1"))[0].kind is Kind.MAIL
    assert taken(Item(id="1", kind=Kind.TASK))[0].kind is Kind.TASK


def test_the_record_is_kept_as_the_backend_gave_it():
    assert json.loads(taken(Item(id="1"), {"a": datetime(2026, 1, 1, tzinfo=UTC)})[1]) == {
        "a": "2026-01-01 00:00:00+00:00"
    }
    assert taken(Item(id="1", raw=b"From: me\r\n\xff"))[1] == "From: me\r\n\ufffd"
    assert taken(Item(id="1", raw="BEGIN:VCALENDAR"))[1] == "BEGIN:VCALENDAR"


@pytest.mark.parametrize("record", ["x" * 200_000, b"\xe4" * 200_000, {"x": "x" * 200_000}])
def test_a_huge_record_is_cut(record):
    assert len(raw_text(record)) == RAW


def test_a_record_that_contains_itself_costs_nothing_but_its_raw_view():
    record = {}
    record["self"] = record
    assert raw_text(record) == "<class 'dict'>"
    deep = []
    for _ in range(100_000):
        deep = [deep]
    assert isinstance(raw_text(deep), str)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (datetime(2026, 1, 1, 12, tzinfo=UTC).replace(tzinfo=None), datetime(2026, 1, 1, 12, tzinfo=UTC)),
        (datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=2))), datetime(2026, 1, 1, 10, tzinfo=UTC)),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=2))), None),
        (datetime.max.replace(tzinfo=timezone(-timedelta(hours=2))), None),
    ],
)
def test_every_time_is_utc_and_one_outside_of_the_calendar_is_dropped(given, kept):
    assert aware(given) == kept


@pytest.mark.parametrize("bad", ["", None, 7, "x" * 2001])
def test_an_item_without_a_usable_id_is_refused(bad):
    with pytest.raises(ValueError, match="id"):
        taken(Item(id=bad))


def test_whole_characters_beyond_the_first_plane_stay():
    assert clean("Grüße 😀") == "Grüße 😀"


def test_a_person_without_a_name_is_not_called_none():
    item, _ = taken(Item(id="1", people=(Person(name=None, address="ada@example.org"),)))
    assert item.people[0].name == ""


def test_a_kind_that_does_not_exist_makes_a_record_unreadable():
    assert taken(Item(id="1", kind="task"))[0].kind is Kind.TASK
    with pytest.raises(ValueError, match="fax"):
        taken(Item(id="1", kind="fax"))
