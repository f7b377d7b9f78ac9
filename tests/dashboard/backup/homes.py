"""A place with something in it, and everything that a person would miss of it."""

from datetime import UTC, datetime

from dashboard.store import open_store
from dashboard.store.records import OPERATOR
from dashboard.vault import open_vault
from tests.dashboard.store.samples import NOW, add_source, commit, find, item

MADE = datetime(2026, 11, 20, 12, tzinfo=UTC)


def furnish(settings, items=30):
    """Fill a place with a person, a source with a secret, items and marks."""
    settings.data.mkdir(parents=True, exist_ok=True)
    store, vault = open_store(settings.database_url), open_vault(settings.key_file)
    ada = store.enroll("ada", admin=True).id
    source = add_source(store, ada).id
    sealed = vault.seal({"options": {"password": "open sesame"}}, source=source, owner=ada)
    store.change_source(ada, source, sealed=sealed)
    commit(store, source, *(item(str(n), text=f"word{n} same") for n in range(items)), cursor={"next": 7})
    store.mark(ada, [facts.id for facts in store.facts(ada)][:5], pinned=True)
    store.keep(ada, "profile", {"topics": {"budget": 2.0}})
    store.admin.note(OPERATOR, "backup", "x", {}, now=NOW)
    store.close()


def seen(settings):
    """Return everything a person would miss."""
    store = open_store(settings.database_url)
    [ada] = store.employees()
    told = {
        "record": sorted(map(str, store.export(ada.id))),
        "facts": sorted(map(str, store.facts(ada.id))),
        "found": [find(store, ada.id, text) for text in ("same", "word7", "word2*")],
        "cursor": [source.cursor for source in store.sources(ada.id)],
        "log": [row.verb for row in store.admin.audit(OPERATOR)],
    }
    store.close()
    return told
