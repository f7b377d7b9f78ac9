"""A mail (RFC 5322) as an item: who wrote it to whom, when, what about, and what kind of mail it is."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b

from connectors.kit.item import Importance, Item, Kind, Person, Role
from connectors.kit.mail import head, mime
from connectors.kit.text import plain

TEXT = 65_536
"""Characters of the plain text that are kept."""
HTML = 524_288
"""Characters of the HTML as delivered that are kept."""
CIRCLE = 6
"""Up to so many recipients a mail is meant for each of them."""

FIELDS = (
    "Date From Sender To Cc Subject Message-ID In-Reply-To References Importance X-Priority Priority Precedence "
    "List-Id List-Unsubscribe List-Post Auto-Submitted X-Auto-Response-Suppress Content-Type"
)
"""What must be fetched of a head for :func:`item`."""

_ID = re.compile(r"<([^<>\s]{1,250})>")
_ROBOT = re.compile(r"(no|do[-_.]?not)[-_.]?reply|mailer-daemon|bounces?[-+@]|notifications?@", re.IGNORECASE)
_FORWARD = re.compile(r"\n(?:-{4,} ?(?:Original Message|Ursprüngliche Nachricht)|_{20,}\n(?:From|Von):)", re.IGNORECASE)
_INTRO = re.compile(r"(On|Am|Le|El|Il|Op|Em|Den|W dniu) .*[0-9@]|.*(wrote|schrieb|writes|a écrit|escribió):\s*$")
_HIGH = frozenset(("high", "urgent", "1", "2"))
_LOW = frozenset(("low", "non-urgent", "4", "5"))


def message(
    data: bytes, *, name: str | None = None, me: Collection[str] = (), received: datetime | None = None
) -> Item:
    """Read a whole mail. ``name`` becomes its id: its Message-ID (or a digest of its head) where none is given.

    ``me`` are the lower-case addresses of the person, ``received`` is when the mailbox got it;
    left out, the topmost ``Received`` field tells. Nothing in ``data`` raises an error.
    """
    top, start = head.split(data)
    fields = head.fields(top)
    if received is None and "received" in fields:
        received = head.when(fields["received"][0].rpartition(";")[2])
    return item(fields, mime.body(data, fields, start), name=name or identity(fields), me=me, received=received)


def item(
    fields: head.Fields, body: mime.Body, *, name: str, me: Collection[str] = (), received: datetime | None = None
) -> Item:
    """Make an item of a head and what was read of the body; state, channel and raw are left to the caller."""
    author = next(iter(_people(fields, "from", Role.AUTHOR) or _people(fields, "sender", Role.AUTHOR)), None)
    to, cc = _people(fields, "to", Role.TO), _people(fields, "cc", Role.CC)
    bulk = is_bulk(fields)
    created = head.when(first(fields, "date"))
    text = trimmed(body.text) or (plain(body.html) if body.html else "")
    return Item(
        id=name,
        kind=Kind.MAIL,
        title=head.decoded(first(fields, "subject")),
        text=text[:TEXT],
        html=body.html[:HTML],
        author=author,
        people=(*to, *cc),
        thread=thread(fields),
        created=created or received,
        received=received,
        own=author is not None and author.address.lower() in me,
        direct=not bulk and len(to) + len(cc) <= CIRCLE and any(each.address.lower() in me for each in to),
        bulk=bulk,
        automated=is_automated(fields, author),
        importance=importance(fields),
        attachments=tuple(body.attachments),
    )


def first(fields: head.Fields, name: str) -> str:
    """Return the first value of a field, empty where the head has none."""
    return fields[name][0] if name in fields else ""


def message_id(fields: head.Fields, name: str = "message-id") -> str:
    """Return the first id in a field without its brackets, empty where there is none."""
    value = first(fields, name)[:2000]
    found = _ID.search(value)
    return found[1] if found else value.strip()[:250]


def digest(*parts: str) -> str:
    """Return 12 letters (72 bits) that stand for these words."""
    return urlsafe_b64encode(blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=9).digest()).decode()


def identity(fields: head.Fields, copy: int = 0) -> str:
    """Return what names this mail in every mailbox and after every move: a digest of its Message-ID.

    A mail without one, and the second and further mail that claims an id already taken (``copy``
    1, 2, ...), is named by what else its head says.
    """
    own = message_id(fields)
    if own and not copy:
        return digest(own)
    words = (" ".join(first(fields, name).split()) for name in ("date", "from", "to", "subject"))
    return digest(own, *words, str(copy))


def thread(fields: head.Fields) -> str | None:
    """Return the first mail of the conversation: the root of References, else In-Reply-To, else itself."""
    return message_id(fields, "references") or message_id(fields, "in-reply-to") or message_id(fields) or None


def is_bulk(fields: head.Fields) -> bool:
    """Whether it was sent to many at once (RFC 2369, RFC 2919, and the old Precedence)."""
    if any(name in fields for name in ("list-id", "list-unsubscribe", "list-post")):
        return True
    return first(fields, "precedence").strip().lower() in {"bulk", "list", "junk"}


def is_automated(fields: head.Fields, author: Person | None) -> bool:
    """Whether a machine wrote it (RFC 3834), or nobody reads what is sent back."""
    submitted = first(fields, "auto-submitted").partition(";")[0].strip().lower()
    if submitted not in {"", "no"} or "x-auto-response-suppress" in fields:
        return True
    if first(fields, "precedence").strip().lower() == "auto_reply":
        return True
    return author is not None and _ROBOT.match(author.address) is not None


def importance(fields: head.Fields) -> Importance:
    """Return what the sender says; ``X-Priority`` 1 and 2 are high, 4 and 5 low."""
    for name in ("importance", "x-priority", "priority"):
        word = first(fields, name).strip().lower().partition(" ")[0]
        if word in _HIGH:
            return Importance.HIGH
        if word in _LOW:
            return Importance.LOW
    return Importance.NORMAL


def trimmed(text: str) -> str:
    """Leave out the signature and the mail that is quoted below an answer; quotes between the lines stay.

    A mail that is nothing but these is kept whole.
    """
    whole = text.strip()
    cut = whole
    if "\n-- \n" in cut:
        cut = cut[: cut.index("\n-- \n")]
    forward = _FORWARD.search(cut)
    if forward:
        cut = cut[: forward.start()]
    if "\n>" in cut:
        cut = _unquoted(cut)
    return cut.strip() or whole


def _unquoted(text: str) -> str:
    """Leave out the quote at the end with the line that introduces it ("On Monday Ada wrote:")."""
    lines = text.split("\n")
    last = len(lines)
    while last and (not lines[last - 1].strip() or lines[last - 1].startswith(">")):
        last -= 1
    if not any(line.startswith(">") for line in lines[last:]):
        return text
    for begin in range(last - 1, max(last - 4, -1), -1):
        if _INTRO.match(lines[begin]):
            return "\n".join(lines[:begin])
        if begin == last - 1 and not lines[begin].rstrip().endswith(":"):
            break
    return "\n".join(lines[:last])


def _people(fields: head.Fields, name: str, role: Role) -> list[Person]:
    found: list[Person] = []
    for value in fields.get(name, ())[:20]:
        found += _listed(value, role) if len(value) <= 200 else _named(value, role)
    return found[: head.PEOPLE]


def _named(value: str, role: Role) -> tuple[Person, ...]:
    return tuple(Person(name=who, address=address, role=role) for who, address in head.people(value))


_listed = lru_cache(4096)(_named)
"""The same few people write and are written to; a longer list is read anew, so that nobody fills the memory."""
