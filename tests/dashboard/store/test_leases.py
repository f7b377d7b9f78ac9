"""Workers share the sources among themselves, and no source is fetched by two of them."""

import threading
from datetime import timedelta

from dashboard.store.records import Health
from tests.dashboard.store.samples import NOW, add_source, commit, item

SOON = NOW + timedelta(minutes=1)


def settle(store, source, worker="w", **fields):
    fields = {"now": NOW, "health": Health.OK, "due_at": SOON, "every": 60.0} | fields
    store.engine.settle(source, worker, **fields)


def test_a_due_source_is_leased_once_until_its_lease_ends(store, ada, source):
    [claimed] = store.engine.claim("one", now=NOW, until=SOON, limit=9)
    assert claimed == store.source(ada, source)
    assert store.engine.claim("two", now=NOW, until=SOON, limit=9) == []
    assert [one.id for one in store.engine.claim("two", now=SOON, until=SOON, limit=9)] == [source]
    assert store.engine.renew(source, "one", until=SOON) is False
    assert store.engine.renew(source, "two", until=SOON + timedelta(minutes=5)) is True
    assert store.engine.claim("three", now=SOON, until=SOON, limit=9) == []


def test_the_longest_overdue_sources_come_first(store, ada):
    for hours in (1, 3, 2, -1):
        add_source(store, ada, f"{hours}", due_at=NOW - timedelta(hours=hours))
    add_source(store, ada, "never", due_at=None)
    claimed = store.engine.claim("w", now=NOW, until=SOON, limit=2)
    assert [source.title for source in claimed] == ["3", "2"]
    assert store.engine.next_due() == NOW - timedelta(hours=1)


def test_a_source_can_be_leased_before_it_is_due(store, ada):
    later = add_source(store, ada, due_at=SOON).id
    assert store.engine.claim_one(later, "one", now=NOW, until=SOON).id == later
    assert store.engine.claim_one(later, "two", now=NOW, until=SOON) is None
    assert store.engine.claim_one(12345, "two", now=NOW, until=SOON) is None


def test_the_outcome_of_a_run_is_visible_and_gives_the_lease_back(store, ada, source):
    store.engine.claim("w", now=NOW, until=SOON, limit=1)
    store.engine.progress(source, done=5, total=None)
    assert (store.source(ada, source).done, store.source(ada, source).total) == (5, None)
    rev = store.rev(ada)
    settle(store, source, health=Health.FAILING, failure="Unavailable", detail="x", failures=2)
    ill = store.source(ada, source)
    assert (ill.health, ill.failure, ill.failures, ill.since, ill.done) == (Health.FAILING, "Unavailable", 2, NOW, None)
    assert store.rev(ada) > rev
    store.engine.claim("w", now=SOON, until=SOON, limit=1)
    settle(store, source, now=SOON, health=Health.FAILING, failure="Unavailable", failures=3)
    assert store.source(ada, source).since == NOW
    store.engine.claim("w", now=SOON, until=SOON, limit=1)
    settle(store, source, now=SOON)
    well = store.source(ada, source)
    assert (well.health, well.failure, well.since, well.synced_at, well.due_at) == (Health.OK, None, None, SOON, SOON)


def test_a_worker_that_lost_its_lease_cannot_settle(store, ada, source):
    store.engine.claim("one", now=NOW, until=NOW, limit=1)
    store.engine.claim("two", now=NOW, until=SOON, limit=1)
    settle(store, source, "one", health=Health.PAUSED, failure="Unauthorized")
    assert store.source(ada, source).health is Health.NEW


def test_a_paused_source_waits_for_a_person(store, ada, source):
    store.engine.claim("w", now=NOW, until=SOON, limit=1)
    settle(store, source, health=Health.PAUSED, failure="Unauthorized")
    assert store.engine.claim("w", now=SOON, until=SOON, limit=1) == []
    assert store.engine.next_due() is None
    store.change_source(ada, source, health=Health.OK, due_at=NOW)
    assert store.engine.next_due() == NOW
    assert len(store.engine.claim("w", now=SOON, until=SOON, limit=1)) == 1


def test_secrets_are_kept_as_they_were_sealed(store, ada, bob, source):
    add_source(store, bob)
    store.engine.seal(source, b"\x00secret")
    assert list(store.engine.sealed()) == [(source, ada, b"\x00secret")]
    assert store.source(ada, source).sealed == b"\x00secret"


def test_workers_say_that_they_are_alive(store):
    store.engine.beat("one", now=NOW)
    store.engine.beat("two", now=NOW)
    store.engine.beat("one", now=SOON)
    assert store.workers() == [("one", SOON), ("two", NOW)]


def test_racing_workers_never_hold_the_same_source(store, ada):
    """Four workers and 40 sources: each is leased exactly once and committed exactly once."""
    for number in range(40):
        add_source(store, ada, f"S{number}")
    leased, start = [], threading.Barrier(4)

    def work(worker):
        start.wait()
        while claimed := store.engine.claim(worker, now=NOW, until=SOON, limit=3):
            for source in claimed:
                leased.append(source.id)
                commit(store, source.id, item(f"{source.id}"))
                settle(store, source.id, worker)

    workers = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(leased) == sorted(source.id for source in store.sources(ada))
    assert len(store.facts(ada)) == 40


def test_writers_of_the_same_source_never_block_each_other_for_good(store, ada, source):
    """Commits, settings, outcomes and marks at once: on PostgreSQL rows locked in another order would be a deadlock."""
    commit(store, source, item())
    [entry] = [facts.id for facts in store.facts(ada)]
    failures = []

    def work(write):
        try:
            for step in range(40):
                write(step)
        except Exception as error:
            failures.append(error)

    def run(step):
        store.engine.claim_one(source, "w", now=NOW, until=SOON)
        settle(store, source, failure=f"Failure{step % 2}")

    def come_and_go(step):
        guest = store.enroll(f"guest{step}").id
        add_source(store, guest)
        store.mark(guest, [entry], pinned=True)
        store.erase(guest)

    works = [
        lambda step: commit(store, source, item(text=f"commit {step}")),
        lambda step: commit(store, source, item("2", text=f"commit {step}")),
        lambda step: store.change_source(ada, source, title=f"title {step}", muted=bool(step % 2)),
        lambda step: store.mark(ada, [entry], pinned=bool(step % 2)),
        run,
        come_and_go,
    ]
    threads = [threading.Thread(target=work, args=(write,)) for write in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
