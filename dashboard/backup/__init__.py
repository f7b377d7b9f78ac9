"""A backup in one file, and back again: whole or not at all."""

import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from dashboard import __version__
from dashboard.backup import sqlite
from dashboard.backup.archive import KEYS, BackupError, Kind, Manifest, pack, unpack
from dashboard.settings import Settings
from dashboard.store import open_store
from dashboard.store.schema import REVISIONS
from dashboard.vault import read_keys, write_keys

_COPYING, _RESTORING = ".frontdesk-backup-", ".frontdesk-restore-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a backup or a restore did; ``keys`` says whether the keys of the vault were in it."""

    manifest: Manifest
    size: int
    keys: bool


def back_up(settings: Settings, file: Path, *, keys: bool, now: datetime) -> Done:
    """Write the database as it is at this moment, with or without the keys of the vault; others work on meanwhile.

    Raises BackupError with a sentence; then there is no file.
    """
    if file.exists():
        raise BackupError(f"{file} is there already; it was left as it is.")
    if not file.parent.is_dir():
        raise BackupError(f"There is no folder {file.parent}.")
    if keys and settings.vault.keys:
        raise BackupError("The keys come from the settings: back them up from there, and leave out --with-keys.")
    database = _database(settings)
    with tempfile.TemporaryDirectory(prefix=_COPYING, dir=file.parent) as folder:
        copy = Path(folder, database.MEMBER)
        revision = database.dump(settings.database_url, copy)
        members = {database.MEMBER: copy} | ({KEYS: settings.key_file} if keys else {})
        if keys:
            read_keys(settings.key_file)
        manifest = pack(file, members, version=__version__, revision=revision, database=database.KIND, made_at=now)
    return Done(manifest=manifest, size=file.stat().st_size, keys=keys)


def restore(settings: Settings, file: Path, *, replace: bool = False) -> Done:
    """Put a backup in place of the database, and its keys beside those that are there.

    Everything is checked first: hashes, release, the database itself, and that no server uses the
    place. Raises BackupError with a sentence; then the place is as it was.
    """
    database = _database(settings)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    place = database.place(settings.database_url, settings.data)
    for left in place.glob(f"{_RESTORING}*"):  # of one that was killed
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=_RESTORING, dir=place) as folder:
        manifest = unpack(file, Path(folder))
        if manifest.database != database.KIND:
            raise BackupError(f"This is a backup of {manifest.database}; the settings name another database.")
        if manifest.revision not in REVISIONS:
            raise BackupError(
                f"Frontdesk {manifest.version} has made this backup; this is {__version__}. Install that one first."
            )
        copy = Path(folder, database.MEMBER)
        database.check(copy, manifest)
        database.make_room(settings.database_url, manifest, replace=replace)
        if KEYS in manifest.files:
            _bring_keys(settings, Path(folder, KEYS))
        database.put(copy, settings.database_url)
    open_store(settings.database_url).close()
    return Done(manifest=manifest, size=file.stat().st_size, keys=KEYS in manifest.files)


def _database(settings: Settings) -> Kind:
    """Return what knows the database of the settings."""
    if sa.make_url(settings.database_url).get_backend_name() == "sqlite":
        return sqlite
    from dashboard.backup import postgres  # noqa: PLC0415  its driver is not installed everywhere

    return postgres


def _bring_keys(settings: Settings, brought: Path) -> None:
    """Put the keys of a backup before those that are there: both databases can be read, whatever happens next."""
    if settings.vault.keys:
        raise BackupError("The keys come from the settings: put those of the backup there, and restore one without.")
    brought.chmod(0o600)
    keys = read_keys(brought)
    known = read_keys(settings.key_file) if settings.key_file.exists() else []
    settings.key_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_keys(settings.key_file, [*keys, *(key for key in known if key not in keys)])


__all__ = ["BackupError", "Done", "Manifest", "back_up", "restore"]
