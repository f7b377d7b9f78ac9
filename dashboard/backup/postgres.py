"""A PostgreSQL database: dumped and restored by its own programs, in one transaction."""

import os
import shutil
import subprocess
from pathlib import Path
from time import monotonic, sleep
from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from dashboard.backup.archive import BackupError, Manifest

KIND: Final = "postgresql"
MEMBER: Final = "database.pgdump"

_LEAVING = 2.0
"""Seconds for which the server may still list those who have just gone."""
_OTHERS = """SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""


def place(url: str, data: Path) -> Path:  # noqa: ARG001  the other database needs it
    """Return the folder for files on their way."""
    return data


def dump(url: str, copy: Path) -> str:
    """Dump the database as it is at this moment; return its revision."""
    revision = _revision(url)
    if revision is None:
        raise BackupError("There is no Frontdesk in this database yet.")
    _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={copy}")
    return revision


def check(copy: Path, manifest: Manifest) -> None:  # noqa: ARG001  the other database needs it
    """Raise BackupError where a dump cannot be read."""
    _run("pg_restore", None, "--list", str(copy))


def make_room(url: str, manifest: Manifest, *, replace: bool) -> None:
    """Raise BackupError where there are people who are not to be replaced, or others use the database."""
    there = _revision(url)
    if there is None:
        return
    if not replace and _ask(url, "SELECT count(*) FROM employees"):
        raise BackupError(
            "There is a Frontdesk in this database already. Say --replace to put the backup in its place."
        )
    if there != manifest.revision:
        raise BackupError("The database is of another release than the backup: make an empty one, and restore into it.")
    until = monotonic() + _LEAVING
    while _ask(url, _OTHERS):
        if monotonic() > until:
            raise BackupError("Others use this database. Stop the page and every worker first.")
        sleep(0.1)


def put(copy: Path, url: str) -> None:
    """Put a dump in place of the database, whole or not at all."""
    how = ("--single-transaction", "--exit-on-error", "--clean", "--if-exists", "--no-owner", "--no-privileges")
    _run("pg_restore", url, *how, str(copy))


def _revision(url: str) -> str | None:
    if not _ask(url, "SELECT to_regclass('alembic_version') IS NOT NULL"):
        return None
    return str(_ask(url, "SELECT version_num FROM alembic_version"))


def _ask(url: str, query: str) -> object:
    try:
        with psycopg.connect(url) as connection:
            row = connection.execute(query.encode()).fetchone()
    except psycopg.Error as error:
        raise BackupError(f"The database cannot be used: {error}") from None
    return row and row[0]


def _run(program: str, url: str | None, *arguments: str) -> None:
    """Run a program of PostgreSQL; the password goes by the environment, which others on the machine cannot read."""
    found = shutil.which(program)
    if found is None:
        raise BackupError(f"{program} is not installed: install the client programs of PostgreSQL.")
    environment, given = dict(os.environ), list(arguments)
    if url is not None:
        told = conninfo_to_dict(url)
        if password := told.pop("password", None):
            environment["PGPASSWORD"] = str(password)
        given.append(f"--dbname={make_conninfo('', **told)}")
    done = subprocess.run([found, *given], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BackupError(f"{program} could not do it: {done.stderr.strip()[:500]}")
