"""A backup brings everything back, whole or not at all, whatever happens to it or meanwhile."""

import itertools
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import zipfile
from contextlib import closing

import pytest
import sqlalchemy as sa
from alembic.command import upgrade
from alembic.config import Config

from dashboard.backup import BackupError, back_up, restore
from dashboard.settings import Settings
from dashboard.store import open_store, sqlite
from dashboard.store.schema import HEAD, REVISIONS
from dashboard.vault import Vault, read_keys
from tests.dashboard.backup.homes import MADE, furnish, seen
from tests.dashboard.store.samples import commit, find, item, keys


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
