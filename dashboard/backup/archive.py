"""The file of a backup: a ZIP with a manifest that holds the size and the hash of everything in it."""

import hashlib
import os
import zlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from shutil import disk_usage
from typing import Annotated, BinaryIO, Final, Literal, Protocol
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from pydantic import BaseModel, ConfigDict, Field, ValidationError

KEYS: Final = "vault.keys"
_MANIFEST = "manifest.json"
_LARGEST = 1 << 16  # bytes of a manifest
_PIECE = 1 << 20
_MEGA = 1_000_000

Name = Literal["database.sqlite", "database.pgdump", "vault.keys"]
"""What can be in a backup: names of our own, so that none in a file can lead anywhere else."""


class Kind(Protocol):
    """A kind of database, as a module that knows how one of it is dumped and put in place.

    Each raises BackupError with a sentence where it cannot.
    """

    @property
    def KIND(self) -> Literal["sqlite", "postgresql"]:  # noqa: N802  the constant of a module
        """What a manifest calls it."""
        ...

    @property
    def MEMBER(self) -> Name:  # noqa: N802  the constant of a module
        """What the dump is called in a backup."""
        ...

    def place(self, url: str, data: Path, /) -> Path:
        """Return the folder for files on their way."""
        ...

    def dump(self, url: str, copy: Path, /) -> str:
        """Write the database as it is at this moment, also while others write; return its revision."""
        ...

    def check(self, copy: Path, manifest: "Manifest", /) -> None:
        """Look whether a dump can be brought back."""
        ...

    def make_room(self, url: str, manifest: "Manifest", /, *, replace: bool) -> None:
        """Look whether a database may be replaced, and nobody uses it."""
        ...

    def put(self, copy: Path, url: str, /) -> None:
        """Put a dump in place of the database, whole or not at all."""
        ...


class BackupError(Exception):
    """A backup cannot be made or used; the message says why, in words for an operator."""


class Member(BaseModel):
    """One file in a backup."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bytes: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Manifest(BaseModel):
    """What a backup is: the release and the revision of the database that it was made of, and what is in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    version: Annotated[str, Field(max_length=100)]
    revision: Annotated[str, Field(max_length=100)]
    database: Literal["sqlite", "postgresql"]
    made_at: datetime
    files: dict[Name, Member]


def pack(
    file: Path,
    members: Mapping[Name, Path],
    *,
    version: str,
    revision: str,
    database: Literal["sqlite", "postgresql"],
    made_at: datetime,
) -> Manifest:
    """Write a backup that only its owner can read, whole or not at all."""
    files = {name: _measured(path) for name, path in members.items()}
    manifest = Manifest(version=version, revision=revision, database=database, made_at=made_at, files=files)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as out:
            with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=1) as archive:
                archive.writestr(_MANIFEST, manifest.model_dump_json(indent=2))
                for name, path in members.items():
                    archive.write(path, name)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)
    except OSError as error:
        raise BackupError(f"The backup cannot be written: {error.strerror or error}") from None
    finally:
        beside.unlink(missing_ok=True)
    return manifest


def unpack(file: Path, folder: Path) -> Manifest:
    """Write what is in a backup into a folder, each under its own name, and check every byte.

    Raises BackupError where it is no backup or not as it was written.
    """
    try:
        with ZipFile(file) as archive:
            manifest = _manifest(archive)
            if sorted(archive.namelist()) != sorted((_MANIFEST, *manifest.files)):
                raise BackupError(f"{file} holds other files than it says.")
            _find_room(archive, manifest, folder, file)
            for name, member in manifest.files.items():
                with archive.open(name) as packed, folder.joinpath(name).open("wb") as out:
                    _copy(packed, out, member, file)  # type: ignore[arg-type]
    except FileNotFoundError:
        raise BackupError(f"There is no file {file}.") from None
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, KeyError, ValueError):
        raise BackupError(f"{file} is no backup of Frontdesk, or damaged.") from None
    except OSError as error:
        raise BackupError(f"{file} cannot be unpacked: {error.strerror or error}") from None
    return manifest


def _find_room(archive: ZipFile, manifest: Manifest, folder: Path, file: Path) -> None:
    """Raise BackupError where the sizes do not agree, or there is no room for them: nothing is written then."""
    if any(archive.getinfo(name).file_size != member.bytes for name, member in manifest.files.items()):
        raise BackupError(f"{file} is damaged: what is in it is not what was written.")
    needed, free = sum(member.bytes for member in manifest.files.values()), disk_usage(folder).free
    if needed > free:
        raise BackupError(
            f"There is no room for this backup in {folder.parent}: "
            f"it takes {needed / _MEGA:,.0f} MB, and {free / _MEGA:,.0f} MB are free."
        )


def _manifest(archive: ZipFile) -> Manifest:
    with archive.open(_MANIFEST) as packed:
        written = packed.read(_LARGEST + 1)
    if len(written) > _LARGEST:
        raise ValueError("too large for a manifest")
    try:
        manifest = Manifest.model_validate_json(written)
    except ValidationError:
        raise BackupError("This backup is of another format: use the release of Frontdesk that made it.") from None
    if sum(name != KEYS for name in manifest.files) != 1:
        raise ValueError("one database belongs into a backup")
    return manifest


def _copy(packed: BinaryIO, out: BinaryIO, member: Member, file: Path) -> None:
    """Copy one file, at most as many bytes as it should have: a bomb unpacks no further."""
    digest, left = hashlib.sha256(), member.bytes
    while piece := packed.read(min(_PIECE, left + 1)):
        left -= len(piece)
        if left < 0:
            break
        digest.update(piece)
        out.write(piece)
    if left != 0 or digest.hexdigest() != member.sha256:
        raise BackupError(f"{file} is damaged: what is in it is not what was written.")
    out.flush()
    os.fsync(out.fileno())


def _measured(path: Path) -> Member:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return Member(bytes=file.tell(), sha256=digest.hexdigest())
