from datetime import UTC, datetime

import pytest

from connectors.kit import Item, Misconfigured
from dashboard.acting import perform
from dashboard.connection import Connections
from dashboard.store.records import Batch
from dashboard.vault import open_vault

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def connections(store, registry, guard, tmp_path):
    return Connections(registry, open_vault(tmp_path / "vault.keys"), store.engine, guard=guard)


@pytest.fixture
def task(store, add):
    source = add(script="x")
    store.engine.commit(source.id, None, Batch(items=[(Item(id="1", title="t", done=False), "{}")]), now=NOW)
    return source


def test_an_action_is_done_at_the_source_and_seen_at_once(store, ada, connections, task):
    perform(connections, store.engine, task, Item(id="1"), "complete", now=NOW)
    (entry,) = store.entries(ada, [facts.id for facts in store.facts(ada)])
    assert entry.item.done is True


def test_an_action_does_not_wait_for_a_fetch_and_does_not_disturb_it(store, ada, connections, task):
    held = store.engine.claim_one(task.id, "w", now=NOW, until=NOW.replace(hour=13))
    perform(connections, store.engine, task, Item(id="1"), "complete", now=NOW)
    store.engine.commit(task.id, "w", Batch(cursor={"n": 1}), now=NOW)
    assert held is not None


@pytest.mark.parametrize("action", ["reply", "fetch", "check", "nonsense", "model_dump", "__init__"])
def test_only_what_the_connector_offers_can_be_done(store, connections, task, action):
    with pytest.raises(Misconfigured, match=f"offers no {action}"):
        perform(connections, store.engine, task, Item(id="1"), action, now=NOW)
