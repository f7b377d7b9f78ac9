"""The days that the demo speaks of, counted from the moment it is made."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from dashboard.demo.days import dated, moments, working_day

FRIDAY = datetime(2026, 3, 13, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{de +1}", "Montag"),
        ("{en +2}", "Tuesday"),
        ("{de +2 date}", "17.3."),
        ("{en +6 date}", "23 March"),
        ("{en -1}", "Thursday"),
        ("{subject} of {n}", "{subject} of {n}"),
    ],
)
def test_a_day_is_named_in_the_language_of_its_text(text, said):
    assert dated(text, FRIDAY) == said


def test_working_days_leave_the_weekend_out():
    assert working_day(FRIDAY, 1).isoformat() == "2026-03-16T15:00:00+00:00"
    assert working_day(FRIDAY + timedelta(days=2), -1).isoformat() == "2026-03-13T15:00:00+00:00"


def test_most_of_what_arrives_arrives_in_working_hours_and_none_after_now():
    times = list(moments(FRIDAY, random.Random(1), count=200, hours=240))
    working = [at for at in times if at.weekday() < 5 and 6 <= at.hour < 17]
    assert len(times) == 200
    assert len(working) > 160
    assert FRIDAY - timedelta(hours=240) <= min(times)
    assert max(times) < FRIDAY
