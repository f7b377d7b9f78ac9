"""What a person decides about the order beside weights: when they work, and what of their own doing is used."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from dashboard.rank import rank
from dashboard.ranking.features import FAMILIES, OF_MINE
from dashboard.ranking.signals import Signals
from dashboard.ranking.standing import Place
from dashboard.relevance import Hours, Profile, Uses
from dashboard.store.records import Flag

NOW = datetime.fromtimestamp(1_800_000_000, UTC)  # a Friday, 08:00
NIGHT = Hours(start=time(9), end=time(17))
BERLIN = ZoneInfo("Europe/Berlin")


def friday(hour, minute=0, day=15, zone=BERLIN):
    return datetime(2027, 1, day, hour, minute, tzinfo=zone)


@pytest.mark.parametrize(
    ("hours", "moment", "working"),
    [
        (Hours(zone="Europe/Berlin"), friday(8), True),
        (Hours(zone="Europe/Berlin"), friday(7, 59), False),
        (Hours(zone="Europe/Berlin"), friday(17, 59), True),
        (Hours(zone="Europe/Berlin"), friday(18), False),
        (Hours(zone="Europe/Berlin"), friday(12, day=16), False),
        (Hours(zone="America/New_York"), friday(8), False),
        (Hours(zone="America/New_York"), friday(14), True),
        (Hours(start=time(22), end=time(6), zone="Europe/Berlin"), friday(23), True),
        (Hours(start=time(22), end=time(6), zone="Europe/Berlin"), friday(5, day=16), True),
        (Hours(start=time(22), end=time(6), zone="Europe/Berlin"), friday(5, day=18), False),
        (Hours(start=time(22), end=time(6), zone="Europe/Berlin"), friday(12), False),
        (Hours(start=time(0), end=time(0), zone="Europe/Berlin"), friday(3), True),
        (Hours(days=frozenset()), friday(12), False),
    ],
)
def test_the_working_time_is_that_of_the_person_s_own_zone_and_may_end_after_midnight(hours, moment, working):
    assert hours.working(moment) is hours.working(moment.astimezone(UTC)) is working


def test_it_is_known_when_the_working_time_begins_again():
    hours = Hours(zone="Europe/Berlin")
    assert hours.begins(friday(7)) == friday(8)
    assert hours.begins(friday(8)) == hours.begins(friday(19)) == friday(8, day=18)
    assert Hours(days=frozenset()).begins(NOW) is None
    assert Hours(days={4}).begins(friday(9, zone=UTC)) == friday(8, day=22, zone=UTC)


def test_the_working_time_begins_at_the_same_hour_of_the_clock_after_the_clock_was_changed():
    hours = Hours(zone="Europe/Berlin")
    for monday in (datetime(2027, 3, 22, 7, 30, tzinfo=UTC), datetime(2027, 3, 29, 6, 30, tzinfo=UTC)):
        assert hours.working(monday)
        assert not hours.working(monday - timedelta(hours=1))


@pytest.mark.parametrize("zone", ["Nowhere/City", "", "../etc/passwd", "/etc/passwd", "\0", "x" * 200])
def test_a_time_zone_that_there_is_not_is_refused(zone):
    with pytest.raises(ValidationError):
        Hours(zone=zone)


def test_after_hours_everything_waits_but_private_sources_and_what_is_never_buried(row):
    rows = [
        row(1),
        row(2, source=7),
        row(3, due=NOW.timestamp() + 3600),
        row(4, pinned=True),
        row(5, flags=Flag.BULK, source=7),
    ]
    night = NIGHT.model_copy(update={"private": frozenset({7})})
    resting = rank(Signals(rows), Profile(hours=night), NOW)
    assert set(resting.order) == {2, 3, 4}
    assert set(resting.held) == {1, 5}
    assert resting.sums[Place.SHOWN] + resting.sums[Place.HELD] == 5
    assert resting.position(1).place is Place.HELD
    working = rank(Signals(rows), Profile(hours=night), NOW + timedelta(hours=2))
    assert set(working.order) == {1, 2, 3, 4}


def test_whoever_sets_no_working_time_works_whenever_they_look(row):
    assert rank(Signals([row(1)]), Profile(), NOW.replace(hour=3)).order == [1]


def test_what_a_person_opened_moves_nothing_until_they_say_so(row):
    rows = [row(1), row(2, hours=1.001)]
    looked = [rows[0]._replace(seen=NOW.timestamp()), rows[1]]
    assert rank(Signals(looked), Profile(), NOW).order == [1, 2]
    assert rank(Signals(looked), Profile(uses=Uses(opened=True)), NOW).order == [2, 1]


@settings(max_examples=50)
@given(st.data())
def test_without_what_a_person_wrote_none_of_its_reasons_is_left_and_the_points_still_add_up(rows, data):
    signals = Signals(data.draw(rows))
    ranking = rank(signals, Profile(me=frozenset({"ada@example.org"}), uses=Uses(written=False)), NOW)
    for item in ranking.order + ranking.held:
        told = ranking.why(item)
        assert (
            not {reason.key.rpartition(".")[2] for reason in told if not reason.key.startswith("why.first")} & OF_MINE
        )
        assert sum(reason.points for reason in told) == pytest.approx(ranking.score(item), abs=1e-9)


def test_what_is_said_to_look_at_one_s_own_writing_is_a_family_of_reasons():
    assert FAMILIES.keys() > OF_MINE
