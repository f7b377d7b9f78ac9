import random
import string
import time
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from connectors.kit.times import utc

T = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        T, T.replace(tzinfo=None), T.astimezone(timezone(timedelta(hours=5, minutes=45))), T.timestamp(),
        int(T.timestamp()), str(int(T.timestamp())), T.timestamp() * 1e3, str(int(T.timestamp() * 1e6)),
        f"{int(T.timestamp())}.000000", T.timestamp() * 1e9, T.timetuple(), time.gmtime(T.timestamp()),
        "2024-01-02T03:04:05Z", "2024-01-02t03:04:05z", "2024-01-02 03:04:05", "2024-01-02T03:04:05+00:00",
        "2024-01-02T04:04:05+01:00", "2024-01-02T04:04:05+0100", "2024-01-02T04:04:05+01", "2024-01-02 03:04:05 UTC",
        "2024-01-02 04:04:05 +0100", "20240102T030405Z", "20240102T030405", " 2024-01-02T03:04:05Z\n",
        "2024-01-02T03:04:05.000Z", "2024-01-02T03:04:05,000000000Z", "2024-01-01T21:34:05-05:30",
        "Tue, 02 Jan 2024 03:04:05 GMT", "Tue, 02 Jan 2024 04:04:05 +0100", "2 Jan 2024 03:04:05 -0000",
        "Tue, 2 Jan 24 03:04:05 Z", "Mon, 01 Jan 2024 22:04:05 EST", "Wed, 02 Jan 2024 03:04:05 +0000 (UTC)",
        "Tuesday, 02-Jan-24 03:04:05 GMT", "Tue Jan  2 03:04:05 2024",
    ],
)  # fmt: skip
def test_a_moment_is_read_in_every_form_that_backends_write(value):
    assert utc(value) == T
    assert utc(value).tzinfo is UTC


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (date(2024, 1, 2), datetime(2024, 1, 2, tzinfo=UTC)),
        ("2024-01-02", datetime(2024, 1, 2, tzinfo=UTC)),
        ("2024-01-02T03", datetime(2024, 1, 2, 3, tzinfo=UTC)),
        ("2024-01-02T24:00", datetime(2024, 1, 3, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("Sat, 31 Dec 2016 23:59:60 GMT", datetime(2017, 1, 1, tzinfo=UTC)),
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (-1.5, datetime(1969, 12, 31, 23, 59, 58, 500000, tzinfo=UTC)),
        ("2024-01-02T03:04:05.123456789Z", T.replace(microsecond=123456)),
        ("9999-12-31T23:59:59-12:00", datetime.max.replace(tzinfo=UTC)),
        ("0001-01-01T00:00:00+12:00", datetime.min.replace(tzinfo=UTC)),
        (datetime.max.replace(tzinfo=timezone(timedelta(hours=-5))), datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_the_edges_of_the_calendar(value, moment):
    assert utc(value) == moment


@pytest.mark.parametrize(
    "value",
    [
        None, "", " ", True, False, [], {}, b"2024-01-02", object(), float("nan"), float("inf"), -float("inf"), 1e300,
        10**400, "yesterday", "2024-13-01", "2024-02-30", "2024-01-02T25:00", "2024-01-02T03:61", "0000-01-01",
        "Mon, 32 Jan 2024 00:00:00 GMT", "Mon, 01 Foo 2024 00:00:00 GMT", "9" * 99, "9" * 5000, "1e9", "0x10", "-",
        "٢٠٢٤-٠١-٠٢T", "2024-01-02T03:04:05+99:99:99", "١٧٠٤", "\ud800", "\x00",
    ],
)  # fmt: skip
def test_what_says_no_moment_is_none(value):
    assert utc(value) is None


def test_ten_thousand_odd_dates_raise_nothing():
    dice = random.Random(7)
    parts = [
        "Mon",
        "2024",
        "-",
        ":",
        " ",
        "+",
        "T",
        "Z",
        "Jan",
        "99",
        "00",
        "1",
        ",",
        "GMT",
        "(",
        ")",
        "é",
        "\x00",
        "٣",
        ".",
    ]
    for _ in range(5_000):
        text = "".join(dice.choices(parts, k=dice.randrange(1, 14)))
        noise = "".join(dice.choices(string.printable + "ß\ud800\u2028", k=dice.randrange(0, 40)))
        for value in (text, noise):
            found = utc(value)
            assert found is None or (found.tzinfo is UTC and 1 <= found.year <= 9999)
