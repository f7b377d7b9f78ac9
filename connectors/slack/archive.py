"""The files of a Slack export, from its folder or out of its zip file, each within limits."""

import json
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from connectors.kit import BadData, Misconfigured
from connectors.kit.files import Files

LARGEST = 64 * 2**20
"""Bytes of one unpacked file."""
TOTAL = 4 * 2**30
"""Bytes unpacked in one fetch: a small zip file can hold any amount of nothing."""
MOST_FILES = 500_000


class Archive(Protocol):
    """The JSON files of an export by their name in it (``"general/2024-01-31.json"``)."""

    names: dict[str, int]
    """Every file with the size in bytes that the archive claims."""

    def read(self, name: str) -> Any:
        """Return one file's JSON. Raises BadData where it is none, too large or damaged."""
        ...


@contextmanager
def opened(files: Files, path: Path) -> Iterator[Archive]:
    """Open the export at ``path``, a folder or a zip file that ``files`` has already allowed.

    Raises BadData where it is neither.
    """
    if path.is_dir():
        yield _Folder(files, path)
        return
    try:
        packed = zipfile.ZipFile(path)
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile) as error:
        raise BadData(f"not a Slack export: {error}") from error
    with packed:
        yield _Zip(packed)


class _Folder:
    def __init__(self, files: Files, path: Path) -> None:
        self._files, self._path = files, path
        found = (*path.glob("*.json"), *path.glob("*/*.json"))
        self.names = {one.relative_to(path).as_posix(): one.lstat().st_size for one in found}

    def read(self, name: str) -> Any:
        try:
            path = self._files.path(self._path / name)  # a link in the folder may point anywhere
            if not path.is_file():
                raise BadData(f"not a file: {name}")
            with path.open("rb") as file:
                return _json(name, file.read(LARGEST + 1))
        except (Misconfigured, OSError) as error:
            raise BadData(f"cannot be read: {name}") from error


class _Zip:
    """Members are only ever read into memory, so a name that climbs out of the folder leads nowhere."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed
        self._left = TOTAL
        members = packed.infolist()
        if len(members) > MOST_FILES:
            raise BadData(f"more than {MOST_FILES} files")
        inside = _common_folder([member.filename for member in members])
        self._members = {member.filename.removeprefix(inside): member for member in members if not member.is_dir()}
        self.names = {name: member.file_size for name, member in self._members.items() if name.endswith(".json")}

    def read(self, name: str) -> Any:
        limit = min(LARGEST, self._left)
        try:
            with self._packed.open(self._members[name]) as file:
                body = file.read(limit + 1)
        except (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
            raise BadData(f"cannot be unpacked: {name}: {error}") from error
        self._left -= len(body)
        return _json(name, body, limit)


def _common_folder(names: list[str]) -> str:
    """Return the one folder with everything in it, as a zip made of a folder has, else ``""``."""
    tops = {name.partition("/")[0] for name in names}
    return f"{tops.pop()}/" if len(tops) == 1 and all("/" in name for name in names) else ""


def _json(name: str, body: bytes, limit: int = LARGEST) -> Any:
    if len(body) > limit:
        raise BadData(f"too large: {name}")
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadData(f"no JSON: {name}") from error
