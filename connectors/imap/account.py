"""A mail account on an IMAP server, however its owner logs in."""

import re
from abc import abstractmethod
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Annotated, Any, NamedTuple, Self
from urllib.parse import quote, unquote

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from connectors.imap.finding import servers
from connectors.imap.folder import Row, changes, count, located, remaining, rows, snapshot
from connectors.imap.ledger import Ledger, change
from connectors.imap.reply import Ranges, merged, runs
from connectors.imap.session import Security, Session, Status, connected
from connectors.kit import (
    BadData,
    Change,
    Connector,
    Cursor,
    Events,
    Gone,
    Item,
    Misconfigured,
    Progress,
    Run,
    Snapshot,
    Unavailable,
    action,
)
from connectors.kit.mail import message, mime

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_PORTS = {"tls": 993, "starttls": 143, "plain": 143}
_RARE: JsonDict = {"rare": True}


def _bare(host: str) -> str:
    """Refuse an address of the web or of a mail where the name of a server belongs."""
    if re.search(r"[\s/@]", host):
        raise ValueError("write the name of the server alone, such as imap.example.org")
    return host


class _Place(NamedTuple):
    """Where an item lies on the server now."""

    folder: str
    uid: int


class Server(Connector):
    """Whose account it is, and where."""

    user: str = Field(
        min_length=1, max_length=320, pattern=r"^[^\x00-\x1f\x7f]+$", title="Mail address",
        description="Or your user name; then the server has to be named.", examples=["ada@example.org"],
    )  # fmt: skip
    host: Annotated[str, AfterValidator(_bare)] = Field(
        default="", max_length=253, title="Server", examples=["imap.example.org"], validate_default=True,
        description="The IMAP server of the account. Left empty, it is looked for by your address.",
        json_schema_extra=_RARE,
    )  # fmt: skip
    port: int | None = Field(
        default=None, ge=1, le=65535, title="Port",
        description="Left empty, 993 with tls, 143 otherwise.",
        json_schema_extra=_RARE,
    )  # fmt: skip
    security: Security = Field(
        default="tls", title="Security",
        description="tls is right for nearly all. plain sends the password in the clear: only for a server nearby.",
        json_schema_extra=_RARE,
    )  # fmt: skip

    @field_validator("host")
    @classmethod
    def _somewhere(cls, host: str, info: ValidationInfo) -> str:
        """Take the likeliest server of the address where none is named."""
        likely = servers(info.data.get("user", ""))
        if not host and not likely and "user" in info.data:
            raise PydanticCustomError("no_server", "only of a mail address the server can be looked for")
        return host or next(iter(likely), "")

    def discover(self, run: Run) -> Self:
        """Return the connector with the first server of the address that answers, where none was named."""
        if "host" in self.model_fields_set:
            return self
        for host in servers(self.user):
            with suppress(Misconfigured, Unavailable):
                run.dial(host, self._port, tls=self.security == "tls").close()
                return self.model_copy(update={"host": host})
        return self

    @property
    def _port(self) -> int:
        return self.port or _PORTS[self.security]


class Account(Server):
    """Reads and changes the mails of an account; what is left to a subclass is :meth:`_enter`."""

    folders: list[str] = Field(
        default=["INBOX"], min_length=1, title="Folders",
        description="One a line, as the server names them; * and ? stand for anything (Team/*).",
        json_schema_extra=_RARE,
    )  # fmt: skip
    me: list[str] = Field(
        default=[], title="My addresses",
        description="Your other mail addresses, one a line: mail to you and by you is known by them.",
        json_schema_extra=_RARE,
    )  # fmt: skip

    def fetch(self, run: Run) -> Events:
        """Read every chosen folder: what changed, then what is new, newest first, with a cursor after each chunk."""
        cursor: dict[str, Any] = dict(run.cursor or {})
        total = 0
        with self._session(run) as session:
            names = self._chosen(session)
            for gone in [name for name in cursor if name not in names]:
                del cursor[gone]
                yield Snapshot((), within=_prefix(gone))
                yield Cursor(dict(cursor))
            for name in names:
                total = yield from self._read(session, name, cursor, run.since, total)

    def item(self, raw: Row | BadData) -> Item:
        """Translate one mail from its head and the beginning of its text; a broken answer counts as unreadable."""
        if isinstance(raw, BadData):
            raise raw
        text = raw.part.text(raw.text) if raw.part else ""
        html = raw.part is not None and raw.part.html
        body = mime.Body("" if html else text, text if html else "", list(raw.attachments))
        prefix = _prefix(raw.folder)
        item = message.item(raw.fields, body, name=prefix + raw.id, me=self._me, received=raw.received)
        if _is_cut(raw, text, item.text):
            item.text += " …"
        answers = message.message_id(raw.fields, "in-reply-to")
        item.reply_to = prefix + message.digest(answers) if answers else None
        item.channel = raw.folder
        now = change(item.id, raw.bits)
        item.unread, item.flagged, item.answered = now.unread, now.flagged, now.answered
        item.raw = raw.raw + raw.text
        return item

    def check(self, run: Run) -> str:
        """Log in, open every chosen folder, and return whose account it is."""
        with self._session(run) as session:
            for name in self._chosen(session):
                session.examine(name)
        return self.user

    @action
    def mark_read(self, run: Run, item: Item) -> Change | Gone:
        r"""Set ``\Seen``."""
        return self._flag(run, item, r"+FLAGS.SILENT (\Seen)", Change(id=item.id, unread=False))

    @action
    def mark_unread(self, run: Run, item: Item) -> Change | Gone:
        r"""Take ``\Seen`` away."""
        return self._flag(run, item, r"-FLAGS.SILENT (\Seen)", Change(id=item.id, unread=True))

    @action
    def flag(self, run: Run, item: Item) -> Change | Gone:
        r"""Set ``\Flagged``."""
        return self._flag(run, item, r"+FLAGS.SILENT (\Flagged)", Change(id=item.id, flagged=True))

    @action
    def unflag(self, run: Run, item: Item) -> Change | Gone:
        r"""Take ``\Flagged`` away."""
        return self._flag(run, item, r"-FLAGS.SILENT (\Flagged)", Change(id=item.id, flagged=False))

    @action
    def archive(self, run: Run, item: Item) -> Gone:
        """Move the mail to the archive folder.

        Without MOVE (RFC 6851) it is copied and then expunged by its own UID (RFC 4315); a server
        that can only expunge everything marked as deleted is left alone.
        """
        with self._session(run) as session:
            target = _archive(session)
            place = self._place(session, run, item)
            if place is None or place.folder == target:
                return Gone(item.id)
            if session.has_capability("MOVE"):
                session.move([place.uid], target)
            elif session.has_capability("UIDPLUS"):
                session.copy([place.uid], target)
                session.add_flags([place.uid], [rb"\Deleted"], silent=True)
                session.uid_expunge([place.uid])
            else:
                raise Misconfigured("the server can neither move one mail nor expunge one mail")
        return Gone(item.id)

    @cached_property
    def _me(self) -> frozenset[str]:
        """The person's own addresses; the user name is one where it looks like one."""
        own = [self.user] if "@" in self.user else []
        return frozenset(address.strip().lower() for address in (*self.me, *own))

    @abstractmethod
    def _enter(self, session: Session, run: Run) -> None:
        """Log in. Raises Unauthorized where the server refuses."""

    @contextmanager
    def _session(self, run: Run) -> Iterator[Session]:
        with connected(run.dial, self.host, self._port, self.security) as session:
            self._enter(session, run)
            session.begin()
            yield session

    def _chosen(self, session: Session) -> list[str]:
        """Return the folders of the server that the options name, in their order; ``*`` and ``?`` are patterns."""
        there = session.folders()
        chosen: dict[str, None] = {}
        for wanted in self.folders:
            pattern = "INBOX" if wanted.upper() == "INBOX" else wanted
            found = [name for name in there if name == wanted or fnmatchcase(name, pattern)]
            if not found:
                raise Misconfigured(f"no folder {wanted}; there are {', '.join(sorted(there))[:500]}")
            chosen.update(dict.fromkeys(found))
        return list(chosen)

    def _read(
        self, session: Session, name: str, cursor: dict[str, Any], since: datetime | None, total: int
    ) -> Generator[Any, None, int]:
        """Read one folder; returns the grown total of records that this run expects."""
        prefix, status = _prefix(name), session.examine(name)
        if _unchanged(cursor.get(name), status):
            return total
        ledger = _ledger(cursor.get(name), status.validity, since)
        yield from changes(session, status, ledger, prefix)
        todo = remaining(self._listing(session, ledger), ledger)
        ledger.next, ledger.exists, ledger.modseq = status.next, status.exists, status.modseq
        total += count(todo)
        if todo:
            ledger.complete = False
            yield Progress(total)
        whole = True
        for chunk in rows(session, name, ledger, todo):
            whole = whole and not any(isinstance(each, BadData) for each in chunk)
            yield from chunk
            cursor[name] = ledger.pack()
            yield Cursor(dict(cursor))
        if ledger.recount and whole:
            yield snapshot(ledger, prefix)
        # What could not be parsed is listed and asked for again, and nothing is taken for gone before.
        ledger.complete, ledger.recount = whole, ledger.recount and not whole
        cursor[name] = ledger.pack()
        yield Cursor(dict(cursor))
        return total

    @staticmethod
    def _listing(session: Session, ledger: Ledger) -> Ranges:
        """Return the UIDs to be known: all that came since the first day, and every later arrival."""
        found = []
        if not (ledger.complete and session.resync and ledger.next):
            found += session.find(f"SINCE {ledger.since}" if ledger.since else "ALL")
        if ledger.next:
            # "n:*" names the last mail even where n is beyond it.
            found += [run for run in session.find(f"UID {ledger.next}:*") if run[0] >= ledger.next]
        return merged(found)

    def _flag(self, run: Run, item: Item, what: str, effect: Change) -> Change | Gone:
        with self._session(run) as session:
            place = self._place(session, run, item)
            if place is None:
                return Gone(item.id)
            for _ in session.replies(f"UID STORE {place.uid} {what}"):
                continue
        return effect

    def _place(self, session: Session, run: Run, item: Item) -> _Place | None:
        """Open the folder of an item and find the mail; only one whose head bears the very id is taken."""
        prefix, _, name = item.id.rpartition("/")
        folder = unquote(prefix)
        if folder not in session.folders():
            raise Unavailable(f"the folder {folder} is not there")
        status = session.open(folder)
        ledger = _ledger((run.cursor or {}).get(folder), status.validity, None)
        known = runs([uid for uid, (each, _) in ledger.marks.items() if each == name])
        uid = located(session, name, known) or located(session, name, session.find(_around(item.created)))
        return _Place(folder, uid) if uid else None


def _is_cut(raw: Row, fetched: str, shown: str) -> bool:
    """Whether the shown text reaches to where the fetched one was cut off, and not only to a quote before it."""
    if raw.part is None or len(raw.text) < raw.part.limit:
        return False
    return bool(shown) and (raw.part.html or fetched.rstrip().endswith(shown))


def _prefix(folder: str) -> str:
    """Return how the ids of a folder's items begin; no folder's prefix begins another's."""
    return quote(folder, safe="") + "/"


def _ledger(packed: Any, validity: int, since: datetime | None) -> Ledger:
    """Return what the cursor says of a folder, or an empty ledger where its UIDs mean nothing any more."""
    if packed is None:
        return Ledger(validity=validity, since=_day(since) if since else "")
    try:
        ledger = Ledger.unpack(packed)
    except (LookupError, TypeError, ValueError, AttributeError):
        return Ledger(validity=validity, recount=True)
    return ledger if ledger.validity == validity else Ledger(validity=validity, since=ledger.since, recount=True)


def _unchanged(packed: Any, status: Status) -> bool:
    """Whether everything was read and nothing has happened since, told by CONDSTORE (RFC 7162)."""
    if not (isinstance(packed, dict) and packed.get("complete") and status.modseq and status.next):
        return False
    names = ("validity", "next", "exists", "modseq")
    return all(packed.get(name) == getattr(status, name) for name in names)


def _day(when: datetime) -> str:
    return f"{when.day}-{_MONTHS[when.month - 1]}-{when.year}"


def _around(created: datetime | None) -> str:
    """Return search criteria for mails of that day in any time zone."""
    if created is None:
        return "ALL"
    first, last = _day(created - timedelta(days=1)), _day(created + timedelta(days=2))
    return f"OR (SENTSINCE {first} SENTBEFORE {last}) (SINCE {first} BEFORE {last})"


def _archive(session: Session) -> str:
    r"""Return the folder for archived mail: the one marked ``\Archive`` (RFC 6154), else one with that name."""
    there = session.folders()
    marked = [name for name, flags in there.items() if rb"\archive" in flags]
    named = [name for name in there if name.rpartition("/")[2].rpartition(".")[2].lower() in {"archive", "archives"}]
    if not marked and not named:
        raise Misconfigured("the server has no archive folder")
    return (marked or named)[0]
