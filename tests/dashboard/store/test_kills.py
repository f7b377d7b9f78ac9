"""A worker that is killed at any moment loses nothing and doubles nothing."""

import random
import subprocess
import sys
import time

import pytest

from dashboard.search import parse
from dashboard.store import open_store
from tests.dashboard.store.samples import NOW, add_source

KILLS = 20

# Goes on where the cursor says: batch n holds the items n*10 .. n*10+9, changes the ten before and takes one away.
WORKER = """
import sys
from dashboard.store import open_store
from dashboard.store.records import Batch
from tests.dashboard.store.samples import NOW, item

store = open_store(sys.argv[1])
source = int(sys.argv[2])
at = (store.source(1, source).cursor or {}).get("next", 0)
print(at, flush=True)
while True:
    new = [item(str(number), text=f"word{number} fresh") for number in range(at * 10, at * 10 + 10)]
    old = [item(str(number), text=f"word{number} stale") for number in range(max(0, at * 10 - 9), at * 10)]
    gone = [str(at * 10 - 10)] if at else []
    batch = Batch(items=[(one, "raw") for one in new + old], gone=gone, cursor={"next": at + 1})
    store.engine.commit(source, None, batch, now=NOW)
    at += 1
    print(at, flush=True)
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_twenty_kills_lose_nothing_and_double_nothing(kind, tmp_path, request):
    address = f"sqlite:///{tmp_path}/store.db" if kind == "sqlite" else request.getfixturevalue("postgres")()
    store = open_store(address)
    ada = store.enroll("ada").id
    source = add_source(store, ada).id
    chance = random.Random(7)
    for kill in range(KILLS):
        told = _work_and_die(address, source, chance.random() * 0.15)
        _wait_for_the_server(store, kind)
        _check(store, ada, source, told, kill)
    assert store.source(ada, source).cursor["next"] > KILLS / 2
    store.close()


def _work_and_die(address, source, seconds):
    """Run the worker, kill it so long after its first sign of life, and return the last cursor it told of."""
    worker = subprocess.Popen([sys.executable, "-c", WORKER, address, str(source)], stdout=subprocess.PIPE, text=True)
    first = worker.stdout.readline()
    time.sleep(seconds)
    worker.kill()
    rest = worker.stdout.read().split()
    worker.wait()
    return int((rest or [first])[-1])


def _wait_for_the_server(store, kind):
    """PostgreSQL ends the commit of a worker that is gone already; until then two looks may differ."""
    busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'"
    while kind != "sqlite":
        with store._database.reading() as connection:
            if connection.exec_driver_sql(f"{busy} AND pid <> pg_backend_pid()").scalar() == 0:
                return
        time.sleep(0.01)


def _check(store, ada, source, told, kill):
    kept = store.source(ada, source)
    at = kept.cursor.get("next", 0)
    assert at >= told, f"kill {kill}: a commit that was told of is lost"
    expected = {number for number in range(at * 10) if number % 10 or number == at * 10 - 10}
    facts = store.facts(ada)
    assert sorted(int(one.key) for one in facts) == sorted(expected), f"kill {kill}"
    assert kept.items == len(expected)
    entries = {int(entry.item.id): entry.item.text for entry in store.entries(ada, [one.id for one in facts])}
    assert entries == {n: f"word{n} {'fresh' if n >= at * 10 - 10 else 'stale'}" for n in expected}
    found = store.search(ada, parse("fresh", now=NOW), limit=10_000)
    assert len(found) == min(at * 10, 10)
