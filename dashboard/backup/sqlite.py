"""A SQLite database: copied while others write, and put in place by renaming one file."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from dashboard.backup.archive import BackupError, Manifest
from dashboard.store import StoreError, open_store
from dashboard.words import stemmed

KIND: Final = "sqlite"
MEMBER: Final = "database.sqlite"


def place(url: str, data: Path) -> Path:
    """Return the folder from which a file can be renamed onto the database."""
    folder = _file(url).parent
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder if folder.is_dir() else data


def dump(url: str, copy: Path) -> str:
    """Copy the database as it is at this moment, also while others write; return its revision."""
    file = _file(url)
    if not file.is_file():
        raise BackupError(f"There is no database {file} yet.")
    with _told(f"The database {file} cannot be copied"):
        with closing(_open(file)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")  # one file holds everything
        return _revision(copy)


def check(copy: Path, manifest: Manifest) -> None:
    """Bring a copy up to this release. Raises BackupError where it is no whole database of Frontdesk."""
    with _told("The database in the backup is damaged"):
        with closing(_open(copy)) as connection:
            whole = connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
        if not whole or _revision(copy) != manifest.revision:
            raise BackupError("The database in the backup is damaged.")
        open_store(sa.URL.create("sqlite", database=str(copy)).render_as_string()).close()
        with closing(_open(copy)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")


def make_room(url: str, manifest: Manifest, *, replace: bool) -> None:  # noqa: ARG001  the other database needs it
    """Raise BackupError where there is a database with people that is not to be replaced, or that a process uses."""
    file = _file(url)
    if not file.exists():
        return
    if _people(file) != 0 and not replace:
        raise BackupError(f"There is a database already: {file}. Say --replace to put the backup in its place.")
    try:
        with closing(_open(file)) as connection:
            # Works for whoever is alone, and folds the write-ahead log into the file.
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise BackupError("Frontdesk runs on this database. Stop the page and every worker first.") from None
    except sqlite3.DatabaseError:
        pass  # what is damaged is the very thing to be replaced


def put(copy: Path, url: str) -> None:
    """Put a copy in place of the database."""
    file = _file(url)
    for rest in ("-wal", "-shm"):
        file.with_name(file.name + rest).unlink(missing_ok=True)
    copy.chmod(0o600)
    copy.replace(file)
    if os.name != "nt":
        folder = os.open(file.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


def _file(url: str) -> Path:
    return Path(sa.make_url(url).database or "")


def _open(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=1)
    connection.create_function("stemmed", 1, stemmed, deterministic=True)
    return connection


def _people(file: Path) -> int | None:
    """Return how many people are in a database, None where that cannot be said."""
    try:
        with closing(_open(file)) as connection:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'employees'").fetchone():
                return 0
            return int(connection.execute("SELECT count(*) FROM employees").fetchone()[0])
    except sqlite3.DatabaseError:
        return None


def _revision(file: Path) -> str:
    with closing(_open(file)) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


@contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, StoreError, TypeError, OSError) as error:
        raise BackupError(f"{what}: {error}") from None
