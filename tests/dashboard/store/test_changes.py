"""A page learns that something was written, and whom it concerns, without reading anything twice."""

from datetime import UTC, datetime, timedelta

from connectors.kit import Item
from dashboard.store import open_store
from dashboard.store.records import Audience, Batch, Health, Rev
from tests.dashboard.store.samples import add_source

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_the_stamp_stays_while_nobody_writes_and_differs_after_anybody_did(store, address, ada, source):
    before = store.stamp()
    store.entries(ada, [1])
    assert store.stamp() == store.stamp() == before
    store.keep(ada, "note", 1)
    mine = store.stamp()
    assert mine != before
    other = open_store(address)
    other.engine.beat("elsewhere", now=NOW)
    other.close()
    assert store.stamp() != mine


def test_the_stamp_can_be_asked_again_after_the_store_was_closed(store, ada):
    store.stamp()
    store.close()
    before = store.stamp()
    store.keep(ada, "note", 1)
    assert store.stamp() != before


def test_each_person_is_told_the_rev_that_they_would_read_themselves(store, ada, bob, source):
    shared = add_source(store, ada, title="for all", audience=Audience.EVERYONE)
    group = add_source(store, ada, title="for sales", audience=Audience.GROUP, group="sales")
    for changed in (shared.id, group.id, source):
        store.engine.commit(changed, None, Batch(items=[(Item(id="1", title="x"), "raw")]), now=NOW)
        revs = store.revs([ada, bob, 4711])
        assert {person: rev.rev for person, rev in revs.items()} == {p: store.rev(p) for p in (ada, bob)}
    assert revs[ada].rev != revs[bob].rev


def test_a_person_with_no_source_has_a_rev_too(store, bob):
    assert store.revs([bob]) == {bob: Rev(store.rev(bob), 0.0)}


def test_progress_and_a_run_that_brought_nothing_are_told_apart_from_news(store, ada, bob, source):
    told = [store.revs([ada])[ada]]

    def tell():
        told.append(store.revs([ada])[ada])
        return told[-1].progress != told[-2].progress

    store.engine.claim_one(source, "w", now=NOW, until=NOW + timedelta(minutes=1))
    store.engine.progress(source, done=0, total=None)
    assert tell()
    store.engine.progress(source, done=7, total=9)
    assert tell()
    outcome = {"health": Health.NEW, "due_at": None, "every": 60.0}
    store.engine.settle(source, "w", now=NOW, **outcome)
    assert tell()
    assert not tell()
    assert len({rev.rev for rev in told}) == 1
    assert store.revs([bob])[bob].progress == 0.0
