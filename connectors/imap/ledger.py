"""What is known of one folder: the mails that were read, their ids and flags, small enough for a cursor."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from connectors.imap.reply import Ranges, ranges, runs, written
from connectors.kit import Change
from connectors.kit.mail import head, message

_LETTERS = 12
_COPIES = 20
SEEN, FLAGGED, ANSWERED = 1, 2, 4
_BITS = {b"\\seen": SEEN, b"\\flagged": FLAGGED, b"\\answered": ANSWERED}


@dataclass(slots=True)
class Ledger:
    """The mails of one folder under one UIDVALIDITY.

    ``marks`` has the id and the state bits of every mail that was read, by UID; what the server
    lists and ``marks`` does not hold is still to be read, so an interrupted first fetch goes on
    where it stopped, and mail that came in the meantime is read first. ``recount`` says that the
    UIDs were given out anew: once all are read again, ids that did not come back are gone.
    """

    validity: int = 0
    next: int = 0
    modseq: int = 0
    exists: int = -1
    since: str = ""
    complete: bool = False
    recount: bool = False
    marks: dict[int, tuple[str, int]] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def name(self, uid: int, fields: head.Fields) -> str:
        """Return the id of a mail: that of its Message-ID, or the first free one where that is taken."""
        if uid in self.marks:
            return self.marks[uid][0]
        for copy in range(_COPIES):
            found = message.identity(fields, copy)
            if found not in self.taken:
                return found
        # Somebody sends the same mail again and again: looking for a free number would take ever longer.
        return message.digest(message.message_id(fields), str(self.validity), str(uid))

    def enter(self, uid: int, name: str, bits: int) -> None:
        """Note a mail as read."""
        self.marks[uid] = (name, bits)
        self.taken.add(name)

    def drop(self, gone: Ranges) -> list[str]:
        """Forget mails that no longer exist; return their ids."""
        uids = [uid for uid in self.marks if within(gone, uid)]
        names = [self.marks.pop(uid)[0] for uid in uids]
        self.taken.difference_update(names)
        return names

    def pack(self) -> dict[str, Any]:
        """Return the ledger as JSON can hold it: runs of UIDs, 12 letters and one digit for each mail."""
        order = sorted(self.marks)
        return {
            "validity": self.validity,
            "next": self.next,
            "modseq": self.modseq,
            "exists": self.exists,
            "since": self.since,
            "complete": self.complete,
            "recount": self.recount,
            "uids": written(runs(order)),
            "ids": "".join(self.marks[uid][0] for uid in order),
            "bits": "".join(str(self.marks[uid][1]) for uid in order),
        }

    @classmethod
    def unpack(cls, packed: dict[str, Any]) -> "Ledger":
        """Read what :meth:`pack` wrote."""
        plain = {key: packed[key] for key in ("validity", "next", "modseq", "exists", "since", "complete", "recount")}
        known = ranges(packed["uids"].encode()) if packed["uids"] else []
        uids = [uid for first, last in known for uid in range(first, last + 1)]
        ids = [packed["ids"][at : at + _LETTERS] for at in range(0, len(packed["ids"]), _LETTERS)]
        marks = dict(zip(uids, zip(ids, map(int, packed["bits"]), strict=True), strict=True))
        return cls(**plain, marks=marks, taken=set(ids))


def named(name: str, fields: head.Fields) -> bool:
    """Whether a mail with this head may bear the name."""
    return any(name == message.identity(fields, copy) for copy in range(_COPIES))


def state(flags: Iterable[bytes] | None) -> int:
    """Return the bits for the flags of a mail."""
    bits = 0
    for flag in flags or ():
        bits |= _BITS.get(flag.lower(), 0)
    return bits


def change(name: str, bits: int) -> Change:
    """Return the state of a mail as an event."""
    return Change(id=name, unread=not bits & SEEN, flagged=bool(bits & FLAGGED), answered=bool(bits & ANSWERED))


def within(found: Ranges, uid: int) -> bool:
    """Whether a UID lies in one of the runs."""
    low, high = 0, len(found)
    while low < high:
        middle = (low + high) // 2
        if found[middle][1] < uid:
            low = middle + 1
        else:
            high = middle
    return low < len(found) and found[low][0] <= uid
