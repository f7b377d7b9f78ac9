"""What is brought back is as it was written, or nothing is: damaged, forged, of another release, or half there."""

import hashlib
import json
import shutil
import sqlite3
import warnings
import zipfile
from contextlib import closing

import pytest

from dashboard.backup import BackupError, archive, back_up, restore
from dashboard.store import open_store
from tests.dashboard.backup.homes import MADE, furnish, seen


def rewritten(file, change):
    """Write a backup anew with other content: ``change`` gets and returns a list of names and bytes."""
    with zipfile.ZipFile(file) as packed:
        members = [(name, packed.read(name)) for name in packed.namelist()]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in change(members):
            packed.writestr(name, content)


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


def test_a_backup_that_has_no_room_is_said_before_anything_is_written(made, monkeypatch):
    file, other = made
    furnish(other, items=2)
    before, written = seen(other), []
    monkeypatch.setattr(archive, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 1000))
    monkeypatch.setattr(archive, "_copy", lambda *_: written.append(1))
    with pytest.raises(BackupError, match=r"no room .* takes \d+ MB, and 0 MB are free"):
        restore(other, file, replace=True)
    assert (seen(other), written) == (before, [])


def test_a_file_that_would_unpack_to_more_than_it_says_is_not_unpacked(made, monkeypatch):
    file, other = made
    rewritten(file, lambda members: [(n, b"\0" * 10**7 if n.startswith("data") else c) for n, c in members])
    written = []
    monkeypatch.setattr(archive, "_copy", lambda *_: written.append(1))
    with pytest.raises(BackupError, match="damaged"):
        restore(other, file)
    assert written == []
