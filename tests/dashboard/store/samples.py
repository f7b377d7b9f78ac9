"""Sources and items to put into a store, and short ways to ask what it holds."""

from datetime import UTC, datetime, timedelta

from connectors.kit import Item
from dashboard.search import parse
from dashboard.store.records import OPERATOR, Batch

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def add_source(store, person, title="News", **fields):
    fields = {"connector": "rss", "options": {"url": "https://example.org"}, "every": 900.0, "due_at": NOW} | fields
    return store.add_source(person, title=title, **fields)


def add_shared(store, actor=OPERATOR, title="Company", **fields):
    fields = {"connector": "rss", "options": {"url": "https://example.org/?key=SECRET"}, "every": 900.0} | fields
    return store.admin.add_shared(actor, title=title, seal=lambda number: b"SECRET %d" % number, now=NOW, **fields)


def item(id="1", **fields):  # noqa: A002
    return Item(
        id=id, **({"title": f"Title {id}", "text": f"Text {id}", "received": NOW - timedelta(hours=1)} | fields)
    )


def commit(store, source, *items, now=NOW, oldest=None, **fields):
    batch = Batch(items=[(one, f"raw of {one.id}") for one in items], **fields)
    return store.engine.commit(source, None, batch, now=now, oldest=oldest)


def find(store, person, text, **fields):
    """Return the ids at the source of what a query finds, newest first."""
    hits = store.search(person, parse(text, now=NOW), **fields)
    entries = store.entries(person, [hit.id for hit in hits])
    assert len(entries) == len(hits), "found what the person may not see"
    return [entry.item.id for entry in entries]


def keys(store, person):
    """Return the ids at the source of everything a person sees."""
    return {facts.key for facts in store.facts(person)}
