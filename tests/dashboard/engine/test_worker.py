import io
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from engine_sources import Hanging

from connectors.kit import Cursor, Unavailable
from dashboard.connection import Connections
from dashboard.log import set_up
from dashboard.settings import Sync
from dashboard.store import StoreError
from dashboard.store.records import Health
from dashboard.vault import open_vault
from dashboard.worker import Worker, utc_now


@pytest.fixture
def connections(store, registry, guard, tmp_path):
    return Connections(registry, open_vault(tmp_path / "vault.keys"), store.engine, guard=guard)


@pytest.fixture
def start(store, connections):
    """Start a worker in a thread; all are stopped at the end."""
    running = []

    def start(clock=utc_now, **settings):
        worker = Worker(store.engine, connections, Sync(**{"threads": 4, "grace": 2.0, **settings}), clock=clock)
        thread = threading.Thread(target=worker.run)
        thread.start()
        running.append((worker, thread))
        return worker

    yield start
    Hanging.go.set()
    for worker, thread in running:
        worker.stop()
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture
def now():
    return lambda: datetime.now(UTC)


@pytest.fixture
def log():
    stream = io.StringIO()
    set_up("info", "json", stream)
    return stream


@pytest.fixture
def until():
    """Wait until something is so, at most so many seconds."""

    def until(so, seconds=10.0):
        end = time.monotonic() + seconds
        while not so():
            assert time.monotonic() < end, "did not come to pass"
            time.sleep(0.02)

    return until


def row(number):
    return {"id": str(number), "title": f"t{number}"}


def test_due_sources_are_fetched_with_no_browser_anywhere(start, add, world, until, titles, store, ada):
    for number in range(20):
        world[str(number)] = [row(number), Cursor(at=1)]
        add(script=str(number))
    start()
    until(lambda: len(titles()) == 20)
    until(lambda: all(source.health is Health.OK for source in store.sources(ada)))
    assert all(source.due_at > datetime.now(UTC) for source in store.sources(ada))
    assert store.workers()


def test_a_person_who_asks_for_a_fetch_waits_about_a_second(start, add, world, until, titles, store, ada, now):
    world["x"] = [row(1)]
    source = add(script="x", due_at=now() + timedelta(hours=1))
    start()
    time.sleep(0.3)
    assert titles() == {}
    store.change_source(ada, source.id, due_at=now())
    until(lambda: titles() == {"1": "t1"}, seconds=3)


def test_when_a_wrong_clock_is_put_back_nothing_waits_for_the_time_it_showed(
    start, add, world, until, titles, monkeypatch
):
    monkeypatch.setattr("dashboard.worker.BEAT", 0.1)
    wrong = [timedelta(days=400)]
    world["x"] = [row(1), Cursor(at=1)]
    add(script="x")
    start(clock=lambda: utc_now() + wrong[0])
    until(lambda: "1" in titles())
    world["x"] = [row(2), Cursor(at=2)]
    wrong[0] = timedelta(0)
    until(lambda: "2" in titles())


@pytest.mark.parametrize("how", ["well", "ill", "killed"])
def test_a_worker_that_begins_waits_for_nothing_that_a_wrong_clock_left(start, add, world, until, titles, store, how):
    future = utc_now() + timedelta(days=400)
    world["x"] = [row(1), Cursor(at=1)]
    source = add(script="x", due_at=future)
    store.engine.claim_one(source.id, "w", now=future, until=future + timedelta(minutes=2))
    if how != "killed":
        failed = {"health": Health.FAILING, "failure": "Unavailable"} if how == "ill" else {"health": Health.OK}
        due = future + timedelta(minutes=15)
        store.engine.settle(source.id, "w", now=future, due_at=due, every=900.0, **failed)
    start()
    until(lambda: "1" in titles())


def test_sources_that_hang_delay_no_other(start, add, world, until, titles):
    for _ in range(4):
        add("hanging")
    world["x"] = [row(1)]
    add(script="x")
    start(threads=2, patience=0.2)
    until(lambda: "1" in titles())


def test_a_source_that_fails_backs_off_and_is_told_once_and_its_recovery_once(
    start, add, world, until, store, ada, log
):
    def broken(run):
        raise Unavailable("https://example.org/feed?key=canary-11")
        yield

    world["x"] = broken
    source = add(script="x")
    start()
    for failures in (1, 2, 3):
        until(lambda failures=failures: store.source(ada, source.id).failures == failures)
        store.change_source(ada, source.id, due_at=datetime.now(UTC))
    world["x"] = [row(1)]
    store.change_source(ada, source.id, due_at=datetime.now(UTC))
    until(lambda: store.source(ada, source.id).health is Health.OK)
    told = log.getvalue()
    assert told.count("source fails") == 1
    assert told.count("well again") == 1
    assert "canary" not in told


def test_a_bug_in_a_connector_harms_no_other_source(start, add, world, until, titles, store, ada):
    world["good"] = [row(1)]
    world["bad"] = lambda run: 1 / 0
    bad, _ = add(script="bad"), add(script="good")
    start()
    until(lambda: "1" in titles())
    until(lambda: store.source(ada, bad.id).failure == "Bug")
    assert (
        "ZeroDivisionError in engine_sources" in store.source(ada, bad.id).detail
        or "test_worker" in store.source(ada, bad.id).detail
    )


def test_a_paused_source_waits_for_a_person(start, add, until, store, ada):
    source = add(nonsense=1)
    start()
    until(lambda: store.source(ada, source.id).health is Health.PAUSED)
    assert store.source(ada, source.id).failure == "Misconfigured"
    assert store.source(ada, source.id).due_at is None


def test_a_stopped_worker_gives_its_sources_back_at_once(start, add, store, ada, until, titles, now):
    source = add("counting", total=100_000, step=5, pause=0.01)
    worker = start()
    until(lambda: len(titles()) > 5)
    worker.stop()
    until(lambda: store.engine.claim_one(source.id, "next", now=now(), until=now()) is not None, seconds=5)
    cursor = store.engine.claim_one(source.id, "next", now=now(), until=now()).cursor
    assert len(titles()) >= cursor["next"] > 0


def test_two_workers_never_fetch_one_source_at_once(start, add, world, until, store, ada, now):
    inside, most = [], []
    for number in range(12):

        def script(run, number=number):
            inside.append(number)
            most.append(inside.count(number))
            time.sleep(0.05)
            yield row(number)
            inside.remove(number)

        world[str(number)] = script
        add(script=str(number))
    start()
    start()
    until(lambda: all(source.health is Health.OK for source in store.sources(ada)))
    assert max(most) == 1
    assert len(most) == 12


def test_the_sources_of_a_dead_worker_are_taken_over(start, add, world, until, store, titles, now):
    world["x"] = [row(1)]
    source = add(script="x")
    assert store.engine.claim_one(source.id, "dead", now=now(), until=now() + timedelta(seconds=1))
    start()
    until(lambda: titles() == {"1": "t1"}, seconds=10)


def test_a_fetch_without_end_is_ended_keeps_what_it_read_and_goes_on_later(start, add, until, store, ada, titles):
    source = add("counting", total=1_000_000, step=5, pause=0.01)
    start(lease=5.0, deadline=0.5)
    until(lambda: store.source(ada, source.id).failure == "Unavailable", seconds=10)
    assert titles()


def test_a_fetch_that_never_comes_back_is_given_up_and_can_write_no_more(start, add, until, store, ada, titles, now):
    source = add("hanging")
    worker = start(deadline=0.2, lease=5.0)
    worker._settings = worker._settings.model_copy(update={"lease": 0.3})
    until(lambda: store.source(ada, source.id).failure == "Unavailable", seconds=10)
    assert "not finished" in store.source(ada, source.id).detail
    assert store.engine.claim_one(source.id, "next", now=now(), until=now() + timedelta(minutes=1)) is not None
    Hanging.go.set()
    time.sleep(0.5)
    assert titles() == {}


def test_one_source_is_fetched_by_hand_also_while_it_pauses(store, add, connections, world, titles, ada, now):
    world["x"] = [row(1)]
    source = add(script="x")
    store.change_source(ada, source.id, health=Health.PAUSED, due_at=None)
    worker = Worker(store.engine, connections, Sync())
    assert worker.once(source.id).new == 1
    assert titles() == {"1": "t1"}
    assert store.source(ada, source.id).health is Health.PAUSED
    store.engine.claim_one(source.id, "other", now=now(), until=now() + timedelta(minutes=1))
    assert worker.once(source.id) is None


def test_a_source_that_a_person_pauses_during_a_fetch_stays_paused(start, add, world, until, store, ada, titles):
    def script(run):
        store.change_source(ada, source.id, health=Health.PAUSED, due_at=None)
        yield row(1)

    world["x"] = script
    source = add(script="x")
    start()
    until(lambda: store.source(ada, source.id).synced_at)
    time.sleep(0.2)
    assert (store.source(ada, source.id).health, store.source(ada, source.id).due_at) == (Health.PAUSED, None)
    assert titles() == {"1": "t1"}


def test_a_database_that_is_away_for_a_while_is_told_once_and_work_goes_on(
    start, add, world, until, titles, store, log, monkeypatch
):
    monkeypatch.setattr("dashboard.worker.BEAT", 1000.0)  # no look for orphans but the first
    world["x"] = [row(1)]
    real, fails = store.engine.next_due, [True]

    def next_due():
        if fails[0]:
            raise StoreError("server closed the connection")
        return real()

    store.engine.next_due = next_due
    start()
    until(lambda: "cannot be used" in log.getvalue())
    time.sleep(1.2)
    fails[0] = False
    add(script="x")
    until(lambda: titles() == {"1": "t1"})
    assert log.getvalue().count("cannot be used") == 1
    assert log.getvalue().count("can be used again") == 1


def test_an_idle_worker_rests(start, store, add, now, monkeypatch):
    add(script="x", due_at=now() + timedelta(hours=1))
    start()
    time.sleep(0.5)
    began = time.thread_time(), time.process_time()
    time.sleep(1.0)
    assert time.process_time() - began[1] < 0.3


def test_workers_that_are_long_gone_are_no_longer_listed(store, now):
    store.engine.beat("old", now=now() - timedelta(days=30))
    store.engine.beat("late", now=now() - timedelta(days=1))
    store.engine.beat("new", now=now())
    assert {name for name, _ in store.workers()} == {"late", "new"}


def test_what_is_too_old_goes_by_itself_and_is_not_fetched_again(store, ada, add, world, connections, until):
    def old(hour):
        at = datetime.now(UTC) - timedelta(days=40)
        return {"id": f"old {hour}", "title": "Old", "received": at}

    world["news"] = [old(1), {"id": "new", "title": "New"}, Cursor(at={"n": 1})]
    source = add("scripted", script="news").id
    Worker(store.engine, connections, Sync(threads=1)).once(source)
    assert {facts.key for facts in store.facts(ada)} == {"old 1", "new"}
    worker = Worker(store.engine, connections, Sync(threads=1), keep_days=30)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        until(lambda: {facts.key for facts in store.facts(ada)} == {"new"})
        world["news"] = [old(1), old(2), {"id": "newer", "title": "New"}, Cursor(at={"n": 2})]
        worker.once(source)
        assert {facts.key for facts in store.facts(ada)} == {"new", "newer"}
    finally:
        worker.stop()
        thread.join(10)
