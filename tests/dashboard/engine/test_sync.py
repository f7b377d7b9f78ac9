import threading
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest
from engine_sources import Scripted

from connectors.kit import BadData, Change, Cursor, Gone, Item, Kind, NotBefore, Progress, Read, Snapshot, Unavailable
from dashboard.store import LeaseLost, StoreError
from dashboard.sync import ROWS, Gathering, Pipeline

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def row(number, **more):
    return {"id": str(number), "title": f"t{number}", **more}


@pytest.fixture
def sync(store, add, run, world, stop):
    """Run a script as one source would be run, from where the last run ended; returns its report."""
    source = add(script="x")

    def sync(script, *, now=NOW, stop=stop, spy=None):
        world["x"] = script
        leased = store.engine.claim_one(source.id, "w", now=now, until=now + timedelta(minutes=1))
        engine = spy or store.engine
        return Pipeline(engine=engine, source=leased, worker="w", run=run(leased, now), stop=stop).sync(
            Scripted(script="x")
        )

    sync.id = source.id
    sync.source = lambda: store.engine.claim_one(source.id, "w", now=NOW, until=NOW + timedelta(minutes=1))
    return sync


class Spy:
    """The real engine, with every batch that passes written down."""

    def __init__(self, engine):
        self._engine = engine
        self.batches = []
        self.told = []

    def commit(self, source, worker, batch, *, now, oldest=None):
        self.batches.append(batch)
        return self._engine.commit(source, worker, batch, now=now, oldest=oldest)

    def progress(self, source, *, done, total):
        self.told.append((done, total))
        self._engine.progress(source, done=done, total=total)


def test_what_a_fetch_yields_is_stored_and_counted(sync, titles):
    report = sync([row(1), row(2), Cursor(at={"n": 2})])
    assert (report.new, report.news, report.error) == (2, True, None)
    assert titles() == {"1": "t1", "2": "t2"}
    assert sync.source().cursor == {"n": 2}


def test_a_second_fetch_of_the_same_brings_nothing_new(sync):
    sync([row(1), row(2)])
    report = sync([row(1), row(2, text="changed")])
    assert (report.new, report.changed, report.same) == (0, 1, 1)


def test_a_crash_behind_a_cursor_repeats_only_what_follows(sync, titles):
    def first(run):
        yield row(1)
        yield Cursor(at={"n": 1})
        yield row(2)
        raise Unavailable("gone away")

    report = sync(first)
    assert isinstance(report.error, Unavailable)
    assert sync.source().cursor == {"n": 1}

    def second(run):
        assert run.cursor == {"n": 1}
        yield row(2)
        yield row(3)
        yield Cursor(at={"n": 3})

    report = sync(second)
    assert (report.new, report.same) == (1, 1)
    assert titles() == {"1": "t1", "2": "t2", "3": "t3"}


def test_what_was_read_before_an_error_is_kept(sync, titles):
    def script(run):
        yield row(1)
        raise BadData("the rest is broken")

    assert sync(script).new == 1
    assert titles() == {"1": "t1"}
    assert sync.source().cursor == {}


def test_one_bad_record_costs_only_itself(sync, titles):
    report = sync([row(1), "not a record", {"id": ""}, {"id": "9", "nonsense": 1}, "left out", row(2), Cursor(at=1)])
    assert (report.new, report.unreadable, report.error) == (2, 3, None)
    assert titles() == {"1": "t1", "2": "t2"}
    assert sync.source().cursor == 1


@pytest.mark.parametrize("error", [ValueError("x"), RecursionError(), MemoryError(), KeyError("x"), AssertionError()])
def test_any_bug_of_a_connector_becomes_part_of_the_report(sync, error):
    def script(run):
        yield row(1)
        raise error

    report = sync(script)
    assert report.error is error
    assert report.new == 1


def test_a_fetch_that_yields_nothing_at_all_writes_nothing(sync, store):
    spy = Spy(store.engine)
    report = sync([], spy=spy)
    assert not report.news
    assert spy.batches == []


def test_an_unchanged_cursor_alone_costs_no_transaction(sync, store):
    sync([row(1), Cursor(at={"etag": "a"})])
    spy = Spy(store.engine)
    sync([Cursor(at={"etag": "a"})], spy=spy)
    assert spy.batches == []
    sync([Cursor(at={"etag": "b"})], spy=spy)
    assert len(spy.batches) == 1
    assert sync.source().cursor == {"etag": "b"}


def test_a_cursor_that_is_no_json_is_the_connectors_error(sync, titles):
    report = sync([row(1), Cursor(at={"when": NOW}), row(2)])
    assert isinstance(report.error, TypeError)
    assert titles() == {"1": "t1"}


@pytest.mark.parametrize("event", [Progress(total="many"), NotBefore("tomorrow"), Cursor(at={1, 2})])
def test_an_event_that_cannot_be_is_the_connectors_error(sync, titles, event):
    report = sync([row(1), event, row(2)])
    assert isinstance(report.error, Exception)
    assert titles() == {"1": "t1"}


def test_a_time_without_a_zone_does_not_break_the_schedule(sync):
    assert sync([NotBefore(NOW.replace(tzinfo=None))]).not_before == NOW


@pytest.mark.parametrize("script", [None, 7, lambda run: None])
def test_a_connector_that_returns_nonsense_is_its_bug(sync, script):
    assert isinstance(sync(script).error, TypeError)


def test_a_connector_cannot_end_the_process(sync):
    def script(run):
        yield row(1)
        raise SystemExit(3)

    report = sync(script)
    assert isinstance(report.error, RuntimeError)
    assert report.new == 1


def test_events_happen_in_the_order_of_the_fetch(sync, titles):
    sync([row(1), row(2), row(3), Gone("2"), Cursor(at=1)])
    assert set(titles()) == {"1", "3"}
    sync([Gone("1"), row(1, text="back again"), row(3), Gone("3"), row(3, text="and again")])
    assert set(titles()) == {"1", "3"}
    sync([Snapshot({"1"}), row(4), Cursor(at=2)])
    assert set(titles()) == {"1", "4"}


def test_a_later_item_wins_over_an_earlier_change_and_the_other_way_round(sync, store, ada):
    def unread():
        ids = [facts.id for facts in store.facts(ada)]
        return store.entries(ada, ids)[0].item.unread

    sync([row(1, unread=True), Change(id="1", unread=False), Cursor(at=1)])
    assert unread() is False
    sync([Change(id="1", unread=False), row(1, unread=True), Cursor(at=2)])
    assert unread() is True


def test_a_read_marker_holds_for_what_came_before_it(sync, store, ada):
    old = NOW - timedelta(hours=1)
    sync([row(1, channel="c", created=old, unread=True), Read("c", NOW - timedelta(minutes=5)), Cursor(at=1)])
    ids = [facts.id for facts in store.facts(ada)]
    assert store.entries(ada, ids)[0].item.unread is False


def test_a_long_stretch_without_a_cursor_is_written_in_pieces_and_moves_no_cursor(sync, store):
    def script(run):
        yield from (row(n) for n in range(3 * ROWS + 7))
        raise Unavailable("at the very end")

    spy = Spy(store.engine)
    report = sync(script, spy=spy)
    assert report.new == 3 * ROWS + 7
    assert [len(batch.items) for batch in spy.batches] == [ROWS, ROWS, ROWS, 7]
    assert all(batch.cursor is None for batch in spy.batches)
    assert sync.source().cursor == {}


def test_memory_stays_bounded_however_long_the_stream():
    gathering = Gathering(Kind.MAIL, lambda raw: Item(id=raw["id"], text="x" * 50_000))
    peak = 0
    tracemalloc.start()
    try:
        for number in range(3000):
            for _ in gathering.take({"id": str(number)}):
                peak = max(peak, tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()
    assert 0 < peak < 40_000_000  # 150 MB of text have passed


def test_a_first_sync_shows_items_before_it_ends(sync, store, titles, monkeypatch):
    monkeypatch.setattr("dashboard.sync._WRITE", 0.0)
    monkeypatch.setattr("dashboard.sync._TELL", 0.0)
    seen = []

    def script(run):
        yield Progress(total=3)
        for number in (1, 2, 3):
            yield row(number)
            seen.append(len(titles()))

    spy = Spy(store.engine)
    sync(script, spy=spy)
    assert seen == [1, 2, 3]
    assert spy.told[-1] == (3, 3)


def test_a_wish_of_the_backend_reaches_the_schedule(sync):
    later = NOW + timedelta(hours=3)
    assert sync([NotBefore(later)]).not_before == later


def test_a_stopped_run_keeps_what_it_has_and_says_so(sync, titles):
    stop = threading.Event()
    closed = []

    def script(run):
        try:
            yield row(1)
            stop.set()
            yield row(2)
            yield row(3)
        finally:
            closed.append(True)

    report = sync(script, stop=stop)
    assert (report.stopped, report.error) == (True, None)
    assert set(titles()) == {"1", "2"}
    assert closed == [True]


def test_a_connector_that_fails_while_it_is_closed_changes_nothing(sync, titles):
    stop = threading.Event()

    def script(run):
        try:
            stop.set()
            yield row(1)
        finally:
            raise Unavailable("closed badly")

    report = sync(script, stop=stop)
    assert (report.stopped, report.error, report.new) == (True, None, 1)


def test_a_database_that_fails_inside_a_fetch_is_not_the_connectors_error(sync, titles):
    def script(run):
        yield row(1)
        raise StoreError("disk full")

    with pytest.raises(StoreError):
        sync(script)


def test_many_removals_are_written_in_pieces(sync, store):
    spy = Spy(store.engine)
    sync((Gone(str(number)) for number in range(10 * ROWS + 3)), spy=spy)
    assert [len(batch.gone) for batch in spy.batches] == [10 * ROWS, 3]


def test_a_run_that_lost_its_source_to_another_worker_writes_nothing(sync, store, titles):
    def script(run):
        yield row(1)
        store.engine.claim_one(sync.id, "other", now=NOW + timedelta(hours=1), until=NOW + timedelta(hours=2))
        yield Cursor(at=1)

    with pytest.raises(LeaseLost):
        sync(script)
    assert titles() == {}


def test_no_item_puts_itself_into_the_future(sync, store, ada):
    sync([row(1, created=NOW + timedelta(days=900))])
    (facts,) = store.facts(ada)
    assert facts.at <= NOW.timestamp()


def test_the_record_can_be_looked_at_later(sync, store, ada):
    sync([row(1)])
    (facts,) = store.facts(ada)
    assert '"title": "t1"' in store.raw(ada, facts.id)
