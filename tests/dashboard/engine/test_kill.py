import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from dashboard.connection import Connections
from dashboard.settings import Sync
from dashboard.store.records import Health
from dashboard.vault import open_vault
from dashboard.worker import Worker

KILLS, SOURCES, TOTAL = 25, 3, 4000


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is of POSIX")
def test_a_worker_killed_again_and_again_loses_nothing_and_doubles_nothing(
    store, url, ada, add, registry, guard, tmp_path
):
    keys = tmp_path / "vault.keys"
    open_vault(keys)
    for _ in range(SOURCES):
        add("counting", total=TOTAL, step=9, pause=0.02)  # longer than all lives together
    mortal = Path(__file__).with_name("mortal.py")
    done = subprocess.run(
        [sys.executable, mortal, url, keys, str(KILLS)], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.stdout.split() == ["killed"] * KILLS, done.stderr
    half = [source.items for source in store.sources(ada)]
    assert 0 < sum(half) < SOURCES * TOTAL
    cursors = _finish(store, ada, registry, guard, keys)
    assert cursors == [{"next": TOTAL}] * SOURCES
    found = [facts for facts in store.facts(ada) if not facts.gone]
    assert len(found) == SOURCES * TOTAL
    assert len({(facts.source, facts.key) for facts in found}) == SOURCES * TOTAL
    assert [source.items for source in store.sources(ada)] == [TOTAL] * SOURCES
    assert {source.unreadable for source in store.sources(ada)} == {0}


def _finish(store, ada, registry, guard, keys):
    """Let a healthy worker bring every source to its end; return where their cursors stand."""
    worker = Worker(
        store.engine, Connections(registry, open_vault(keys), store.engine, guard=guard), Sync(threads=SOURCES)
    )
    thread = threading.Thread(target=worker.run)
    thread.start()
    end = time.monotonic() + 240
    while any(source.health is not Health.OK for source in store.sources(ada)):
        assert time.monotonic() < end
        time.sleep(0.05)
    worker.stop()
    thread.join()
    return [source.cursor for source in store.sources(ada)]
