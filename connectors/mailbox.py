"""Mail from local files: an mbox file (RFC 4155) or a Maildir."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from pydantic import Field

from connectors.kit import (
    About,
    BadData,
    Change,
    Connector,
    Cursor,
    Events,
    Gone,
    Item,
    Progress,
    Run,
    Snapshot,
    Unavailable,
)
from connectors.kit.mail import head, message

READ = 8_388_608
"""Bytes of one mail that are read; text stands in front of what is attached."""
RAW = 131_072
CHUNK = 400
_BLOCK = 1_048_576
_LETTERS = 12
_BEGIN = re.compile(rb"(?:\A|\n\r?\n)(?=From [^\n]*\d{4})")
_TIME = re.compile(r"\d{9,11}(?=\.)")
_FLAGS = {"S": 1, "F": 2, "R": 4}


class Mail(NamedTuple):
    """One mail as the file holds it; ``bits`` are its flags, None where the file keeps none."""

    id: str
    data: bytes
    bits: int | None
    received: datetime | None


@dataclass(frozen=True, slots=True)
class _Leaf:
    """One file of a Maildir."""

    id: str
    path: str
    bits: int
    time: float


class Mailbox(Connector):
    """Mail from an mbox file or a Maildir on this machine."""

    about = About(kind="mail", every="5m")

    path: Path = Field(
        title="Path", description="An mbox file, or a Maildir: the folder with cur and new in it."
    )  # fmt: skip
    me: list[str] = Field(
        default=[], title="My addresses",
        description="Your mail addresses, one a line: mail to you and by you is known by them.",
    )  # fmt: skip

    def fetch(self, run: Run) -> Events:
        """Read what is new, newest first, with a cursor after every few hundred mails."""
        place = run.files.path(self.path)
        with _readable(self.path):
            if place.is_file():
                yield from _mbox(place, run.cursor or {})
            elif (place / "cur").is_dir():
                folders = [run.files.path(place / name) for name in ("cur", "new") if (place / name).is_dir()]
                yield from _maildir(folders, run.cursor or {})
            else:
                raise BadData(f"neither an mbox file nor a Maildir: {self.path}")

    def item(self, raw: Mail) -> Item:
        """Translate one mail."""
        item = message.message(raw.data, name=raw.id, me=self._me, received=raw.received)
        item.channel = self.path.stem.lstrip(".") or None
        if raw.bits is not None:
            item.unread, item.flagged, item.answered = not raw.bits & 1, bool(raw.bits & 2), bool(raw.bits & 4)
        item.raw = raw.data[:RAW]
        return item

    @cached_property
    def _me(self) -> frozenset[str]:
        return frozenset(address.strip().lower() for address in self.me)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn trouble with the file system into an error of the contract."""
    try:
        yield
    except OSError as error:
        raise Unavailable(f"{path}: {error.strerror}") from error


def _maildir(folders: list[Path], cursor: dict[str, Any]) -> Iterator[Any]:
    """Yield what is new, changed and gone. A mail is known by its name up to the flags, which never changes."""
    known = _unpacked(cursor)
    leaves = {leaf.id: leaf for folder in folders for leaf in _leaves(folder)}
    for gone in [name for name in known if name not in leaves]:
        del known[gone]
        yield Gone(gone)
    for name, bits in known.items():
        now = leaves[name].bits
        if now != bits:
            known[name] = now
            yield Change(id=name, unread=not now & 1, flagged=bool(now & 2), answered=bool(now & 4))
    todo = sorted((leaf for leaf in leaves.values() if leaf.id not in known), key=lambda leaf: leaf.time, reverse=True)
    if todo:
        yield Progress(len(todo))
    for at in range(0, len(todo), CHUNK):
        for leaf in todo[at : at + CHUNK]:
            try:
                with Path(leaf.path).open("rb") as file:
                    data = file.read(READ)
            except FileNotFoundError:
                continue  # another program has just renamed it to set a flag: it comes the next time
            known[leaf.id] = leaf.bits
            yield Mail(leaf.id, data, leaf.bits, datetime.fromtimestamp(leaf.time, UTC))
        yield Cursor(_packed(known))
    if not todo:
        yield Cursor(_packed(known))


def _leaves(folder: Path) -> Iterator[_Leaf]:
    """Yield the mails of ``cur`` or ``new``; links are left alone, they could lead anywhere."""
    with os.scandir(folder) as entries:
        for entry in entries:
            base, _, flags = entry.name.partition(":2,")
            if base.startswith(".") or "T" in flags or not entry.is_file(follow_symlinks=False):
                continue
            time = _TIME.match(base)
            yield _Leaf(
                id=message.digest(base),
                path=entry.path,
                bits=sum(_FLAGS.get(flag, 0) for flag in set(flags)),
                time=float(time[0]) if time else entry.stat(follow_symlinks=False).st_mtime,
            )


def _packed(known: dict[str, int]) -> dict[str, str]:
    return {"ids": "".join(known), "bits": "".join(map(str, known.values()))}


def _unpacked(cursor: dict[str, Any]) -> dict[str, int]:
    """Return the flags by id that a cursor carries, nothing where it is not one of a Maildir."""
    ids, bits = str(cursor.get("ids", "")), str(cursor.get("bits", ""))
    if len(ids) != len(bits) * _LETTERS or not bits.isdecimal():
        return {}
    return {ids[at * _LETTERS : (at + 1) * _LETTERS]: int(bit) for at, bit in enumerate(bits)}


def _mbox(path: Path, cursor: dict[str, Any]) -> Iterator[Any]:
    """Yield what is still to be read, from the end of the file to its beginning.

    A file that only grew is read from where it ended; after any other change all of it is read
    again, and what did not come back is gone. ``todo`` holds the stretches that are left.
    """
    with path.open("rb") as file:
        state = os.fstat(file.fileno())
        now = {"size": state.st_size, "mtime": state.st_mtime_ns, "tail": _tail(file, state.st_size)}
        todo, recount = _stretches(file, cursor, now)
        if not todo and not recount and cursor.get("mtime") == now["mtime"]:
            return
        ids: list[str] = []
        found = [(end, list(_offsets(file, start, end))) for start, end in todo]
        if found:
            yield Progress(sum(len(starts) for _, starts in found))
        while found:
            end, starts = found.pop()
            while starts:
                chunk = starts[-CHUNK:]
                del starts[-CHUNK:]
                for start, stop in zip(reversed(chunk), reversed([*chunk[1:], end]), strict=True):
                    mail = _read(file, start, stop)
                    ids.append(mail.id)
                    yield mail
                end = chunk[0]
                left = [list(todo[at]) for at in range(len(found))] + ([[todo[len(found)][0], end]] if starts else [])
                yield Cursor({**now, "todo": left, "recount": recount})
        if recount:
            yield Snapshot(ids)
        yield Cursor({**now, "todo": [], "recount": False})


def _stretches(file: BinaryIO, cursor: dict[str, Any], now: dict[str, Any]) -> tuple[list[list[int]], bool]:
    """Return what is to be read, ascending, and whether it is everything because the file was rewritten."""
    size, before = now["size"], cursor.get("size", 0)
    grown = before < size or now["mtime"] == cursor.get("mtime")
    same = before <= size and grown and cursor.get("tail") == _tail(file, before)
    if not cursor or cursor.get("recount") or not same or (size > before and not _begins(file, before)):
        return ([[0, size]] if size else []), bool(cursor)
    return [*cursor.get("todo", []), *([[before, size]] if size > before else [])], False


def _begins(file: BinaryIO, at: int) -> bool:
    """Whether a mail begins where the file ended before."""
    file.seek(at)
    return re.match(rb"\s*From ", file.read(16)) is not None


def _tail(file: BinaryIO, end: int) -> str:
    """Return a digest of what stands in front of a place, to see whether the file was rewritten."""
    start = max(0, end - 512)
    file.seek(start)
    return message.digest(file.read(end - start).decode("latin-1"))


def _offsets(file: BinaryIO, start: int, end: int) -> Iterator[int]:
    """Yield where the mails between two places begin, reading in blocks."""
    file.seek(start)
    at, rest = start, b""
    while at < end:
        block = file.read(min(_BLOCK, end - at))
        if not block:
            return
        data, base = rest + block, at - len(rest)
        at += len(block)
        for match in _BEGIN.finditer(data):
            if match.end() or base == start:
                yield base + match.end()
        # A line that was cut off is looked at again with the next block, from the line break before it.
        keep = max(data.rfind(b"\n\n"), data.rfind(b"\n\r\n"), len(data) - 4096)
        rest = data[keep:] if at < end else b""


def _read(file: BinaryIO, start: int, stop: int) -> Mail:
    """Read one mail with the line that the mbox puts in front of it."""
    file.seek(start)
    first, _, data = file.read(min(READ, stop - start)).partition(b"\n")
    fields = head.fields(head.split(data)[0])
    flags = message.first(fields, "status") + message.first(fields, "x-status")
    bits = (1 if "R" in flags else 0) | (2 if "F" in flags else 0) | (4 if "A" in flags else 0)
    kept = "status" in fields or "x-status" in fields
    received = head.when(" ".join(first.decode("latin-1").split()[2:]))
    name = message.identity(fields, 1) if fields else message.digest(data.decode("latin-1"))
    return Mail(name, data.replace(b"\n>From ", b"\nFrom "), bits if kept else None, received)
