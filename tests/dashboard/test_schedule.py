from datetime import UTC, datetime, timedelta

import pytest

from connectors.kit import About, BadData, Misconfigured, RateLimited, Unauthorized, Unavailable
from dashboard.schedule import FIRST, LONGEST, back_off, describe, outcome
from dashboard.store.records import Health, Source
from dashboard.sync import Report

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ABOUT = About(kind="news", every="15m", fastest="5m", slowest="6h")


def source(**fields):
    return Source(id=1, owner=1, connector="x", title="X", options={}, **{"health": Health.OK, **fields})


def after(error=None, chance=0.0, being=None, **report):
    return outcome(being or source(), ABOUT, Report(error=error, **report), now=NOW, chance=chance)


def waited(ended):
    return None if ended.due_at is None else (ended.due_at - NOW).total_seconds()


def test_after_news_a_source_is_fetched_sooner_and_never_faster_than_its_connector_allows():
    every = 900.0
    for expected in (450, 300, 300):
        ended = after(new=3, being=source(every=every))
        assert (ended.every, ended.health) == (expected, Health.OK)
        every = ended.every


def test_in_silence_a_source_is_fetched_ever_later_and_never_slower_than_its_connector_allows():
    every, seen = 900.0, []
    for _ in range(20):
        every = after(same=40, being=source(every=every)).every
        seen.append(every)
    assert seen == sorted(seen)
    assert seen[0] == 1125
    assert seen[-1] == 6 * 3600


@pytest.mark.parametrize("chance", [0.0, 0.5, 0.999])
def test_what_is_due_is_spread_a_little(chance):
    assert 0.95 * 1125 <= waited(after(chance=chance)) <= 1.05 * 1125


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(1, 60), (2, 120), (3, 240), (4, 480), (5, 960), (8, 7680), (9, 15360), (10, LONGEST), (10_000, LONGEST)],
)
def test_an_unreachable_source_is_tried_after_one_two_four_minutes_up_to_six_hours(failures, seconds):
    assert back_off(failures, 0.0) == seconds
    assert seconds <= back_off(failures, 0.999) <= min(seconds * 1.1, LONGEST)
    ended = after(Unavailable("x"), being=source(failure="Unavailable", failures=failures - 1))
    assert (waited(ended), ended.failures, ended.health) == (seconds, failures, Health.FAILING)


def test_the_back_off_begins_anew_after_another_kind_of_failure():
    assert after(Unavailable("x"), being=source(failure="BadData", failures=7)).failures == 1


@pytest.mark.parametrize("seconds", [0, 1, 59.5, 3600, 86400, 10**7])
@pytest.mark.parametrize("chance", [0.0, 0.999])
def test_a_source_never_asks_before_the_backend_said(seconds, chance):
    ended = after(RateLimited("slow down", retry_after=seconds), chance=chance)
    assert waited(ended) >= seconds
    assert ended.failure == "RateLimited"


@pytest.mark.parametrize("seconds", [float("inf"), float("nan"), 1e300, -5.0])
def test_an_absurd_pause_does_not_break_the_schedule(seconds):
    assert 0 <= waited(after(RateLimited("", retry_after=seconds))) <= 367 * 86400


def test_a_pause_without_a_time_backs_off():
    assert waited(after(RateLimited(""))) == FIRST


def test_only_a_long_pause_is_shown():
    assert after(RateLimited("", retry_after=60)).health is Health.OK
    assert after(RateLimited("", retry_after=60), being=source(health=Health.NEW)).health is Health.OK
    assert after(RateLimited("", retry_after=7200)).health is Health.FAILING


@pytest.mark.parametrize("error", [Unauthorized("no"), Misconfigured("no")])
def test_what_a_person_must_mend_pauses_after_one_try(error):
    ended = after(error)
    assert (ended.health, ended.due_at, ended.failure) == (Health.PAUSED, None, type(error).__name__)


def test_something_missing_pauses_only_the_third_time():
    being = source()
    for expected in (Health.FAILING, Health.FAILING, Health.PAUSED):
        ended = after(Misconfigured("404", absent=True), being=being)
        assert ended.health is expected
        being = source(health=ended.health, failure=ended.failure, failures=ended.failures)


def test_a_bug_pauses_after_five_in_a_row_and_tells_only_its_place():
    being = source()
    for expected in (*[Health.FAILING] * 4, Health.PAUSED):
        ended = after(KeyError("the text of a mail"), being=being)
        assert (ended.health, ended.failure) == (expected, "Bug")
        being = source(health=ended.health, failure=ended.failure, failures=ended.failures)
    assert "mail" not in ended.detail


def test_the_place_of_a_bug_is_told():
    try:
        {}["the text of a mail"]
    except KeyError as error:
        name, detail = describe(error)
    assert name == "Bug"
    assert detail.startswith("KeyError in test_schedule.py, line ")


def test_bad_data_keeps_the_normal_pace():
    ended = after(BadData("not a feed"), being=source(every=700.0))
    assert (waited(ended), ended.every, ended.health) == (700.0, 700.0, Health.FAILING)


def test_what_the_backend_asks_for_in_a_good_answer_holds_too():
    assert after(not_before=NOW + timedelta(hours=9)).due_at == NOW + timedelta(hours=9)
    assert after(not_before=NOW - timedelta(hours=9)).due_at > NOW
    assert after(Unavailable(""), not_before=NOW + timedelta(hours=9)).due_at == NOW + timedelta(hours=9)
    assert after(not_before=datetime.max.replace(tzinfo=UTC)).due_at == NOW + timedelta(days=366)


def test_a_paused_source_stays_paused_whatever_the_backend_asks():
    assert after(Unauthorized(""), not_before=NOW + timedelta(hours=9)).due_at is None


def test_a_run_that_was_stopped_goes_on_at_once_and_changes_nothing_else():
    being = source(health=Health.FAILING, failure="Unavailable", detail="d", failures=4, every=77.0)
    ended = after(stopped=True, being=being)
    assert (ended.due_at, ended.health, ended.failure, ended.failures, ended.every) == (
        NOW, Health.FAILING, "Unavailable", 4, 77.0,
    )  # fmt: skip


def test_one_good_run_forgets_every_failure():
    ended = after(being=source(health=Health.FAILING, failure="Unavailable", failures=9))
    assert (ended.health, ended.failure, ended.failures, ended.detail) == (Health.OK, None, 0, "")
