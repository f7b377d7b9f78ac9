"""A source that falls silent is noticed, a night or a weekend is not."""

import numpy as np
import pytest

from dashboard.ranking.pace import silent

NOW = 1_800_000_000.0
HOUR, DAY = 3600.0, 86_400.0


def told(times, source=1):
    return silent(np.array(times, float), np.full(len(times), source), NOW)


def weekdays(silence):
    """Return items of every hour from 9 to 17 on five of seven days, the last of them some time ago."""
    hours = [day * DAY + hour * HOUR for day in range(28) if day % 7 < 5 for hour in range(9, 18)]
    return [NOW - silence - max(hours) + hour for hour in hours]


@pytest.mark.parametrize("silence", [1 * HOUR, 16 * HOUR, 64 * HOUR])
def test_a_night_and_a_weekend_are_no_alarm(silence):
    assert told(weekdays(silence)) == {}


def test_a_week_of_silence_is_told_with_its_beginning_and_the_usual_gap():
    (found,) = told(weekdays(7 * DAY)).values()
    assert found.since == NOW - 7 * DAY
    assert HOUR < found.usual < 6 * HOUR


def test_a_steady_source_is_missed_after_three_times_its_usual_gap():
    steady = [NOW - age * HOUR for age in range(0, 30 * 24, 2)]
    assert told([at - 5 * HOUR for at in steady]) == {}
    assert told([at - 7 * HOUR for at in steady])


def test_a_source_that_is_young_or_seldom_gives_anything_is_left_out():
    assert told([NOW - 10 * DAY - n * HOUR for n in range(50)]) == {}
    assert told([NOW - 30 * DAY - n * 3 * DAY for n in range(8)]) == {}


def test_each_source_has_its_own_pace():
    at = np.array([*weekdays(7 * DAY), *weekdays(HOUR)])
    source = np.repeat([3, 4], len(at) // 2)
    assert set(silent(at, source, NOW)) == {3}
