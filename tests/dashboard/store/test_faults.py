"""Whatever the database does, a method works whole or raises StoreError, and nothing is ever half written."""

import itertools
import sqlite3
from datetime import timedelta

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from connectors.kit import Change, Read, Snapshot
from dashboard.search import parse
from dashboard.store import Administration, Engine, Store, StoreError, migration, open_store, schema, sqlite
from dashboard.store import postgres as server
from dashboard.store.records import OPERATOR, Batch, Health
from tests.dashboard.store.samples import NOW, add_shared, add_source, commit, item


def read_together(store):
    with store.together():
        return store.rev(1), store.sources(1)


# Every method, called as it may be called for person 1, source 1 and any item.
READS = {
    "employees": lambda store: store.employees(),
    "sources": lambda store: store.sources(1),
    "source": lambda store: store.source(1, 1),
    "rev": lambda store: store.rev(1),
    "facts": lambda store: store.facts(1),
    "entries": lambda store: store.entries(1, [1]),
    "title": lambda store: store.title(1, 1),
    "raw": lambda store: store.raw(1, 1),
    "together": read_together,
    "thread": lambda store: store.thread(1, 1),
    "search": lambda store: store.search(1, parse("word", now=NOW)),
    "document": lambda store: store.document(1, "profile"),
    "steps": lambda store: store.steps(1),
    "traces": lambda store: store.traces(1),
    "employee": lambda store: store.employee("ada"),
    "find_logins": lambda store: store.find_logins(["key"]),
    "logins": lambda store: store.logins(1),
    "login_hint": lambda store: store.login_hint("key"),
    "stamp": lambda store: store.stamp(),
    "revs": lambda store: store.revs([1]),
    "workers": lambda store: store.workers(),
    "export": lambda store: list(store.export(1)),
    "defaults": lambda store: store.defaults(1),
    "health_log": lambda store: store.health_log(1, 1, since=NOW),
    "admin.audit": lambda store: store.admin.audit(OPERATOR),
    "admin.people": lambda store: store.admin.people(OPERATOR),
    "admin.groups": lambda store: store.admin.groups(OPERATOR),
    "admin.held": lambda store: store.admin.held(OPERATOR, 1),
    "admin.shared_sources": lambda store: store.admin.shared_sources(OPERATOR),
    "admin.survey": lambda store: store.admin.survey(OPERATOR, now=NOW),
    "admin.all_defaults": lambda store: store.admin.all_defaults(OPERATOR),
    "engine.next_due": lambda store: store.engine.next_due(),
    "engine.sealed": lambda store: list(store.engine.sealed()),
}
WRITES = {
    "enroll": lambda store: store.enroll("x"),
    "add_source": lambda store: add_source(store, 1),
    "change_source": lambda store: store.change_source(1, 1, title="x"),
    "remove_source": lambda store: store.remove_source(1, 1),
    "mark": lambda store: store.mark(1, [facts.id for facts in store.facts(1)], pinned=True),
    "keep": lambda store: store.keep(1, "profile", {}),
    "undo": lambda store: store.undo(1),
    "forget_seen": lambda store: store.forget_seen(1),
    "speak": lambda store: store.speak(1, "de"),
    "open_login": lambda store: store.open_login(1, "key", device="Firefox", now=NOW),
    "see_login": lambda store: store.see_login("key", now=NOW),
    "end_logins": lambda store: store.end_logins(1),
    "end_provided": lambda store: store.end_provided("subject", "session"),
    "expire_logins": lambda store: store.expire_logins(opened_before=NOW, seen_before=NOW),
    "erase": lambda store: store.erase(1),
    "admin.note": lambda store: store.admin.note(OPERATOR, "backup", "x", {}, now=NOW),
    "admin.add_person": lambda store: store.admin.add_person(OPERATOR, "x", now=NOW),
    "admin.change_person": lambda store: store.admin.change_person(OPERATOR, 1, now=NOW, name="x"),
    "admin.bring_people": lambda store: store.admin.bring_people(OPERATOR, [("x", {})], now=NOW),
    "admin.erase_person": lambda store: store.admin.erase_person(OPERATOR, 1, now=NOW),
    "admin.add_shared": add_shared,
    "admin.change_shared": lambda store: store.admin.change_shared(OPERATOR, add_shared(store).id, now=NOW, title="x"),
    "admin.remove_shared": lambda store: store.admin.remove_shared(OPERATOR, add_shared(store).id, now=NOW),
    "admin.disown": lambda store: store.admin.disown(OPERATOR, 1, None),
    "admin.set_default": lambda store: store.admin.set_default(OPERATOR, "topics", {}, now=NOW),
    "engine.claim": lambda store: store.engine.claim("w", now=NOW, until=NOW, limit=1),
    "engine.claim_one": lambda store: store.engine.claim_one(1, "w", now=NOW, until=NOW),
    "engine.rewind": lambda store: store.engine.rewind(now=NOW, lease=timedelta(minutes=2)),
    "engine.renew": lambda store: store.engine.renew(1, "w", until=NOW),
    "engine.commit": lambda store: commit(store, 1, item("2")),
    "engine.progress": lambda store: store.engine.progress(1, done=1, total=2),
    "engine.settle": lambda store: store.engine.settle(1, "w", now=NOW, health=Health.OK, due_at=None, every=1.0),
    "engine.seal": lambda store: store.engine.seal(1, b""),
    "engine.beat": lambda store: store.engine.beat("w", now=NOW),
    "engine.expire": lambda store: store.engine.expire(now=NOW + timedelta(days=9), days=1),
    "engine.forget": lambda store: store.engine.forget(steps_before=NOW, health_before=NOW),
    "engine.purge": lambda store: store.engine.purge(before=NOW),
}


def methods(door, prefix=""):
    return {prefix + name for name, value in vars(door).items() if callable(value) and not name.startswith("_")}


@pytest.fixture
def file(tmp_path):
    """Return a database file with a person, a source and an item, closed."""
    path = tmp_path / "store.db"
    store = open_store(f"sqlite:///{path}")
    person = store.enroll("ada", admin=True).id
    commit(store, add_source(store, person).id, item())
    store.engine.claim("w", now=NOW, until=NOW, limit=1)
    store.close()
    return path


def test_every_method_is_tried_on_a_broken_database():
    assert READS.keys() | WRITES.keys() | {"close"} == (
        methods(Store) | methods(Engine, "engine.") | methods(Administration, "admin.")
    )


@pytest.mark.parametrize("name", READS | WRITES)
def test_a_broken_file_is_a_store_error(file, name):
    store = open_store(f"sqlite:///{file}")
    store.close()
    for path in file.parent.iterdir():
        path.write_bytes(b"no database at all " * 500)
    with pytest.raises(StoreError):
        (READS | WRITES)[name](store)


@pytest.mark.parametrize("name", sorted((READS | WRITES).keys() - {"stamp"}))  # which looks at no table
def test_missing_tables_are_a_store_error(postgres, name):
    address = postgres()
    store = open_store(address)
    with sa.create_engine(address.replace("postgresql:", "postgresql+psycopg:")).begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
    with pytest.raises(StoreError):
        (READS | WRITES)[name](store)
    store.close()


@pytest.mark.parametrize("name", WRITES)
def test_a_locked_database_is_a_store_error_to_writers(file, name):
    store = open_store(f"sqlite:///{file}", patience=0.01)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked"):
        WRITES[name](store)
    other.close()
    WRITES[name](store)


def test_a_writer_waits_for_another_of_its_process_no_longer_than_its_patience(file):
    database = sqlite.connect(sa.make_url(f"sqlite:///{file}"), patience=0.01)
    with database.writing(), pytest.raises(StoreError, match="locked"), database.writing():
        pass
    with database.writing() as connection:
        assert connection.scalar(sa.select(1)) == 1
    database.close()


@pytest.mark.parametrize("name", READS)
def test_a_locked_database_still_shows_the_last_state(file, name):
    store = open_store(f"sqlite:///{file}", patience=0.01)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    READS[name](store)
    assert len(store.facts(1)) == 1
    other.close()


@pytest.mark.parametrize("name", WRITES)
def test_a_read_only_disk_is_a_store_error_to_writers(file, name):
    keeper = sqlite3.connect(file)  # keeps the shared memory of the log in being
    keeper.execute("SELECT * FROM sources").fetchall()
    store = open_store(f"sqlite:///file:{file}?mode=ro&uri=true")
    with pytest.raises(StoreError, match="readonly"):
        WRITES[name](store)
    assert len(store.facts(1)) == 1
    store.close()
    keeper.close()


@pytest.mark.parametrize(
    "address", ["nonsense", "sqlite:////no/such/folder/store.db", "postgresql://127.0.0.1:1/x", "oracle://x", ""]
)
def test_an_address_that_cannot_be_opened_is_a_store_error(address):
    with pytest.raises(StoreError):
        open_store(address)


def test_a_database_of_a_newer_release_is_left_alone(address):
    store = open_store(address)
    with store._database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    with pytest.raises(StoreError, match="9999"):
        open_store(address)


def test_a_lost_connection_is_a_store_error_once(postgres):
    address = postgres()
    store = open_store(address)
    store.enroll("ada")
    with sa.create_engine(address.replace("postgresql:", "postgresql+psycopg:")).connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert [employee.login for employee in store.employees()] == ["ada"]  # the pool looks before it hands out
    store.close()


class Fault(Exception):
    """The n-th statement of a transaction fails."""


def everything(store):
    with store._database.reading() as connection:
        tables = ("sources", "entries", "bodies", "marks", "counters")
        return [sorted(map(str, connection.exec_driver_sql(f"SELECT * FROM {table}"))) for table in tables]


def words(store):
    return [len(store.search(1, parse(word, now=NOW))) for word in ("title", "old", "new", "text")]


BATCH = Batch(
    items=[(item("1", text="new"), ""), (item("2", unread=True), ""), (item("3", text="old"), ""), (item("9"), "")],
    gone=["4"],
    events=[Change(id="2", flagged=True), Read(channel="c", until=NOW), Snapshot(ids=["1", "2", "3", "5", "9"])],
    cursor={"at": 2},
)


def test_a_commit_that_fails_at_any_statement_leaves_nothing_behind(store, ada, source):
    commit(store, source, *(item(str(n), text="old", channel="c", unread=True) for n in range(1, 7)), cursor={"at": 1})
    commit(store, source, gone=["3"])
    before, found = everything(store), words(store)
    done = False
    for nth in itertools.count(1):
        left = [nth]

        def fail(*_, left=left):
            left[0] -= 1
            if left[0] == 0:
                raise Fault

        sa.event.listen(store._database._engine, "before_cursor_execute", fail)
        try:
            store.engine.commit(source, None, BATCH, now=NOW)
            done = True
        except Fault:
            pass
        finally:
            sa.event.remove(store._database._engine, "before_cursor_execute", fail)
        if done:
            break
        assert (everything(store), words(store)) == (before, found), f"torn at statement {nth}"
    assert nth > 15
    assert {facts.key for facts in store.facts(ada)} == {"1", "2", "3", "5", "9"}
    assert store.source(ada, source).items == 5
    assert store.source(ada, source).cursor == {"at": 2}


def test_no_source_is_ever_there_without_its_secrets(store, ada):
    def refuse(number):
        raise KeyError(number)

    made = add_source(store, ada, seal=lambda number: b"secret of %d" % number)
    assert store.source(ada, made.id).sealed == made.sealed == b"secret of %d" % made.id
    with pytest.raises(KeyError):
        add_source(store, ada, title="Half", seal=refuse)
    assert [source.title for source in store.sources(ada)] == ["News"]


def test_the_index_holds_exactly_the_words_of_the_items(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/store.db")
    source = add_source(store, store.enroll("ada").id).id
    commit(store, source, *(item(str(n), text="old words", channel="c") for n in range(1, 7)))
    store.engine.commit(source, None, BATCH, now=NOW)
    with store._database.writing() as connection:
        connection.exec_driver_sql("INSERT INTO words(words, rank) VALUES ('integrity-check', 1)")
    store.close()


def test_a_new_database_is_what_the_migrations_lead_to(tmp_path, postgres):
    config = Config()
    config.set_main_option("script_location", "dashboard.store:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [schema.HEAD]
    addresses = (sqlite, f"sqlite:///{tmp_path}/a.db", f"sqlite:///{tmp_path}/b.db"), (server, postgres(), postgres())
    for backend, fresh, migrated in addresses:
        database = backend.connect(sa.make_url(migrated), patience=1)
        with database.writing() as connection:
            migration.upgrade(connection, database)
        database.close()
        stores = [open_store(fresh), open_store(migrated)]
        assert _described(stores[0]) == _described(stores[1])
        stores[1].enroll("ada")
        for store in stores:
            store.close()


def _described(store):
    with store._database.reading() as connection:
        inspector = sa.inspect(connection)
        return {table: _columns(inspector, table) for table in inspector.get_table_names()}


def _columns(inspector, table):
    return (
        [(column["name"], str(column["type"]), column["nullable"]) for column in inspector.get_columns(table)],
        sorted((index["name"], *index["column_names"]) for index in inspector.get_indexes(table)),
        sorted((key["constrained_columns"], key["referred_table"]) for key in inspector.get_foreign_keys(table)),
        inspector.get_pk_constraint(table)["constrained_columns"],
        sorted(constraint["column_names"] for constraint in inspector.get_unique_constraints(table)),
    )
