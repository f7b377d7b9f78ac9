"""One folder read into rows, newest first, in chunks that each end with a cursor."""

from collections import defaultdict
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.imap.ledger import Ledger, change, named, state, within
from connectors.imap.reply import Ranges, fetched, internal_date, number, runs, vanished, written
from connectors.imap.session import Session, Status
from connectors.imap.structure import Part, layout
from connectors.kit import Attachment, BadData, Gone, Snapshot
from connectors.kit.mail import head, message

FIRST, CHUNK = 100, 500
"""Mails of the first chunk, so that a person soon sees something, and of every other."""
LISTED = 5_000
"""Mails whose flags are asked for at once."""
KEPT = 33_554_432
"""Bytes of one chunk; a server that sends more sends what was not asked for."""
_HEAD = f"(UID FLAGS INTERNALDATE BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS ({message.FIELDS.upper()})])"

_NAMED = "(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID DATE FROM TO SUBJECT)])"


@dataclass(slots=True)
class Row:
    """One mail as the server sent it: the fields of its head, and the beginning of the part that is read."""

    uid: int
    folder: str
    bits: int
    received: datetime | None
    raw: bytes
    fields: head.Fields
    part: Part | None
    attachments: tuple[Attachment, ...]
    id: str = ""
    text: bytes = b""


def changes(session: Session, status: Status, ledger: Ledger, prefix: str) -> Iterator[Any]:
    """Yield what happened to mails that were read before: their flags, and that they are gone.

    With CONDSTORE (RFC 7162) the server tells what changed, with QRESYNC also what vanished;
    without, the flags of all are compared, and what is not listed any more is gone.
    """
    if not ledger.marks:
        return
    known = runs(list(ledger.marks))
    resync = session.resync
    gone: Ranges = []
    if status.modseq and ledger.modseq:
        if status.modseq > ledger.modseq:
            how = f"CHANGEDSINCE {ledger.modseq}" + (" VANISHED" if resync else "")
            gone = yield from _flags(session, f"{known[0][0]}:{known[-1][1]} (UID FLAGS) ({how})", ledger, prefix)
    else:
        for part in _pieces(known):
            yield from _flags(session, f"{part} (UID FLAGS)", ledger, prefix)
    if not resync or not ledger.modseq:
        here = session.find(f"UID {known[0][0]}:{known[-1][1]}")
        gone = runs([uid for uid in ledger.marks if not within(here, uid)])
    for name in ledger.drop(gone):
        yield Gone(prefix + name)


def rows(session: Session, folder: str, ledger: Ledger, todo: Ranges) -> Iterator[list[Row | BadData]]:
    """Yield the mails of these UIDs in chunks, newest first, and enter them in the ledger.

    An answer that cannot be parsed stands at the end of its chunk as an error.
    The heads of the next chunk are already asked for while the texts of this one arrive.
    """
    reader = _Reader(session, folder)
    chunks = _chunks(todo)
    chunk = next(chunks, None)
    tag = reader.ask(chunk)
    barren = 0
    while chunk:
        reader.read(tag)
        texts = reader.ask_texts(chunk)
        ahead = next(chunks, None)
        tag = reader.ask(ahead)
        for each in texts:
            reader.read(each)
        newest = reader.take(chunk)
        for row in newest:
            row.id = ledger.name(row.uid, row.fields)
            ledger.enter(row.uid, row.id, row.bits)
        barren = 0 if newest else barren + 1
        if barren > 3:
            raise BadData("the server lists mails that it does not have")
        broken, reader.broken = reader.broken, 0
        yield [*newest, *[BadData("an answer about a mail that cannot be parsed")] * broken]
        chunk = ahead


class _Reader:
    """The mails on their way. Answers are put together by UID: those to several commands may come mixed."""

    def __init__(self, session: Session, folder: str) -> None:
        self._session = session
        self._folder = folder
        self._rows: dict[int, Row] = {}
        self._kept = 0
        self.broken = 0

    def ask(self, chunk: Ranges | None) -> bytes:
        """Ask for the heads of a chunk."""
        return self._session.ask(f"UID FETCH {written(chunk)} {_HEAD}") if chunk else b""

    def ask_texts(self, chunk: Ranges) -> list[bytes]:
        """Ask for the texts of a chunk, one command for all mails with the same place of the text."""
        wanted: dict[tuple[str, int], list[int]] = defaultdict(list)
        for row in self._rows.values():
            if row.part and within(chunk, row.uid):
                wanted[row.part.section, row.part.limit].append(row.uid)
        return [
            self._session.ask(f"UID FETCH {written(runs(uids))} (UID BODY.PEEK[{section}]<0.{limit}>)")
            for (section, limit), uids in wanted.items()
        ]

    def read(self, tag: bytes) -> None:
        """Read until a command is answered; a broken answer costs itself."""
        for answer in self._session.answer(tag):
            self._kept += sum(map(len, answer))
            if self._kept > KEPT or len(self._rows) > 3 * CHUNK + FIRST:
                raise BadData("the server sends more than was asked for")
            try:
                self._sort(fetched(answer) or {})
            except ValueError:
                self.broken += 1

    def take(self, chunk: Ranges) -> list[Row]:
        """Return the mails of a chunk, newest first."""
        self._kept = 0
        uids = sorted((uid for uid in self._rows if within(chunk, uid)), reverse=True)
        return [self._rows.pop(uid) for uid in uids]

    def _sort(self, said: dict[bytes, Any]) -> None:
        raw, text = said.get(b"HEADER"), said.get(b"BODY")
        if isinstance(raw, bytes):
            row = _row(number(said.get(b"UID")), self._folder, raw, said)
            self._rows[row.uid] = row
        elif isinstance(text, bytes):
            known = self._rows.get(number(said.get(b"UID")))
            if known and known.part:
                known.text = text[: known.part.limit]


def located(session: Session, name: str, candidates: Ranges) -> int | None:
    """Return the UID among these whose head bears this very name, None where none does."""
    found = None
    for part in _pieces(candidates):
        for answer in session.replies(f"UID FETCH {part} {_NAMED}"):
            said = fetched(answer)
            raw = said.get(b"HEADER") if said else None
            if said and isinstance(raw, bytes) and named(name, _fields(raw)):
                found = number(said.get(b"UID"))
        if found is not None:
            break
    return found


def snapshot(ledger: Ledger, prefix: str) -> Snapshot:
    """Return what the folder holds, after everything in it was read again."""
    return Snapshot([prefix + name for name in ledger.taken], within=prefix)


def _flags(session: Session, what: str, ledger: Ledger, prefix: str) -> Generator[Any, None, Ranges]:
    """Yield the changed state of known mails; return the UIDs that the server says have vanished."""
    gone: Ranges = []
    for answer in session.replies(f"UID FETCH {what}"):
        gone += vanished(answer) or []
        found = fetched(answer)
        if not found or b"UID" not in found or not isinstance(found.get(b"FLAGS"), list):
            continue
        uid, bits = number(found[b"UID"]), state(found[b"FLAGS"])
        name, before = ledger.marks.get(uid, ("", bits))
        if bits != before:
            ledger.marks[uid] = (name, bits)
            yield change(prefix + name, bits)
    return gone


def _row(uid: int, folder: str, raw: bytes, said: dict[bytes, Any]) -> Row:
    part, attachments = layout(said.get(b"BODYSTRUCTURE"))
    date, flags = said.get(b"INTERNALDATE"), said.get(b"FLAGS")
    return Row(
        uid=uid,
        folder=folder,
        bits=state(flag for flag in flags if isinstance(flag, bytes)) if isinstance(flags, list) else 0,
        received=internal_date(date) if isinstance(date, bytes) else None,
        raw=raw,
        fields=_fields(raw),
        part=part,
        attachments=attachments,
    )


def _fields(raw: bytes) -> head.Fields:
    return head.fields(head.text(raw).replace("\r\n", "\n"))


def _chunks(todo: Ranges) -> Iterator[Ranges]:
    """Yield runs of UIDs from the highest down; nothing is counted out, however long the runs are."""
    room = FIRST
    part: Ranges = []
    for first, last in reversed(todo):
        high = last
        while high >= first:
            low = max(first, high - room + 1)
            part.append((low, high))
            room -= high - low + 1
            high = low - 1
            if not room:
                yield part[::-1]
                room, part = CHUNK, []
    if part:
        yield part[::-1]


def _pieces(known: Ranges) -> Iterator[str]:
    """Yield sets of UIDs of bounded size, so that no answer takes longer than a command may."""
    room = LISTED
    part: Ranges = []
    for first, last in known:
        low = first
        while low <= last:
            high = min(last, low + room - 1)
            part.append((low, high))
            room -= high - low + 1
            low = high + 1
            if not room or len(part) > 300:
                yield written(part)
                room, part = LISTED, []
    if part:
        yield written(part)


def remaining(listing: Ranges, ledger: Ledger) -> Ranges:
    """Return what the server lists and the ledger does not hold."""
    found: Ranges = []
    known = runs(list(ledger.marks))
    at = 0
    for first, last in listing:
        low = first
        while at < len(known) and known[at][1] < first:
            at += 1
        place = at
        while place < len(known) and known[place][0] <= last:
            if known[place][0] > low:
                found.append((low, known[place][0] - 1))
            low = known[place][1] + 1
            place += 1
        if low <= last:
            found.append((low, last))
    return found


def count(found: Ranges) -> int:
    """Return how many UIDs the runs may hold."""
    return sum(last - first + 1 for first, last in found)
