"""What a person types to find something, read into a typed query; any text is a query, none is an error."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from dashboard import dates
from dashboard.words import composed, fold, spots, stems

LONGEST = 1000
"""How many characters of a query are read."""

_DEPTH = 20  # parentheses within parentheses
_WORDS = 60  # words and operators in one query
_READ = 20_000  # characters of a text in which a snippet is looked for
_BEGINNING = 4  # letters that a compound must begin with


@dataclass(frozen=True, slots=True)
class Text:
    """Words next to each other in this order, as stems; ``column`` limits where, "" means anywhere."""

    words: tuple[str, ...]
    prefix: bool = False
    """The last word may go on."""
    column: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A channel or a source whose name holds these stems in a row."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfKind:
    """Items of one kind."""

    kind: str


@dataclass(frozen=True, slots=True)
class Between:
    """Items with ``start <= at < end``, in POSIX seconds; None is open."""

    start: float | None = None
    end: float | None = None


@dataclass(frozen=True, slots=True)
class State:
    """Items in a state, one of :data:`STATES` or ``attachment`` or ``due``."""

    name: str


@dataclass(frozen=True, slots=True)
class Not:
    """Items that a part does not find."""

    part: "Part"


@dataclass(frozen=True, slots=True)
class All:
    """Items that every part finds; all items where there are no parts."""

    parts: "tuple[Part, ...]" = ()


@dataclass(frozen=True, slots=True)
class Any:
    """Items that at least one part finds."""

    parts: "tuple[Part, ...]"


Part: TypeAlias = Text | Place | OfKind | Between | State | Not | All | Any


@dataclass(frozen=True, slots=True)
class Flaw:
    """A piece of the query that was not understood and is left out: where it is, and what kind of flaw."""

    start: int
    end: int
    code: str
    """``operator``, ``date``, ``value``, ``quote``, ``parenthesis`` or ``long``: ends a translation key."""


@dataclass(frozen=True, slots=True)
class Query:
    """What to find; ``now`` decides what is snoozed. ``held`` is for the caller, who alone knows what is held back."""

    part: Part
    now: float
    flaws: tuple[Flaw, ...] = ()
    held: bool | None = None


OPERATORS = {
    "from": ("von",),
    "to": ("an",),
    "in": ("channel", "kanal", "source", "quelle"),
    "kind": ("type", "art"),
    "before": ("vor",),
    "after": ("since", "nach", "seit"),
    "on": ("am",),
    "is": ("ist",),
    "has": ("hat",),
    "label": ("tag", "etikett"),
    "title": ("subject", "betreff", "titel"),
}
"""Every operator with its other names."""

KINDS = {
    "news": ("feed", "neuigkeit", "nachrichten"),
    "mail": ("email", "e-mail"),
    "chat": ("message", "nachricht"),
    "task": ("todo", "issue", "aufgabe"),
    "event": ("calendar", "termin", "kalender"),
    "file": ("document", "datei", "dokument"),
    "note": ("notiz",),
    "call": ("phone", "anruf", "telefon"),
    "social": ("sozial", "post", "beitrag"),
}
"""Every value of ``kind:`` with its other names."""

STATES = {
    "unread": ("new", "ungelesen", "neu"),
    "read": ("gelesen",),
    "flagged": ("starred", "markiert"),
    "done": ("erledigt",),
    "open": ("offen",),
    "pinned": ("angeheftet",),
    "snoozed": ("zurückgestellt", "später"),
    "held": ("zurückgehalten",),
    "direct": ("direkt",),
    "mention": ("mentioned", "erwähnt", "erwähnung"),
    "answered": ("beantwortet",),
    "own": ("mine", "eigene"),
    "bulk": ("newsletter", "rundschreiben"),
    "automated": ("automatisch",),
    "important": ("wichtig",),
}
"""Every value of ``is:`` with its other names."""

HAS = {"attachment": ("file", "anhang", "datei"), "due": ("deadline", "frist")}
"""Every value of ``has:`` with its other names."""

_COLUMNS = {"from": "author", "to": "people", "label": "labels", "title": "title"}


def _names(table: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {fold(name): canonical for canonical, others in table.items() for name in (canonical, *others)}


_OPERATOR, _KIND, _STATE, _HAS = map(_names, (OPERATORS, KINDS, STATES, HAS))
_OR = frozenset(("OR", "ODER", "|"))
_NOT = frozenset(("NOT", "NICHT"))
_TOKEN = re.compile(
    r"""(?P<open>\() | (?P<close>\)) | (?P<minus>-+(?=[^\s)-]))
    | (?P<bare>[^\W\d_]+:)(?=[\s()]|$)
    | (?:(?P<name>[^\W\d_]+):)? (?: "(?P<quoted>[^"]*)(?P<end>"?) | (?P<plain>[^\s()"]+) )""",
    re.VERBOSE,
)


def parse(text: str, *, now: datetime) -> Query:
    """Read a query. ``now`` is aware and in the person's time zone, which says when a day begins."""
    return _Reader(text, now).query()


class _Reader:
    """Reads a query from left to right: ``any = all (OR all)*``, ``all = one+``."""

    def __init__(self, text: str, now: datetime) -> None:
        self.text = composed(text)[:LONGEST]
        self.now = now
        self.flaws: list[Flaw] = []
        self.held: bool | None = None
        if len(text) > LONGEST:
            self.flaws.append(Flaw(LONGEST, len(text), "long"))
        tokens = list(_TOKEN.finditer(self.text))
        if len(tokens) > _WORDS:
            self.flaws.append(Flaw(tokens[_WORDS].start(), len(self.text), "long"))
        self.tokens = tokens[:_WORDS]
        self.at = 0

    def query(self) -> Query:
        part = self.any(0)
        return Query(part, self.now.timestamp(), tuple(sorted(self.flaws, key=lambda flaw: flaw.start)), self.held)

    def any(self, depth: int) -> Part:
        parts = [self.all(depth)]
        while self.at < len(self.tokens) and self.tokens[self.at][0] in _OR:
            self.at += 1
            parts.append(self.all(depth))
        # "a OR" and "OR a" mean a: a side that says nothing would find everything.
        parts = [part for part in parts if part != All()]
        return Any(tuple(parts)) if len(parts) > 1 else parts[0] if parts else All()

    def all(self, depth: int) -> Part:
        parts: list[Part] = []
        while self.at < len(self.tokens) and self.tokens[self.at][0] not in _OR:
            token = self.tokens[self.at]
            if token["close"] and depth:
                break
            part = self.one(depth)
            if part is not None and part != All():
                parts.append(part)
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def one(self, depth: int) -> Part | None:
        token = self.tokens[self.at]
        self.at += 1
        if token["minus"] or (token["plain"] in _NOT and not token["name"]):
            return self.negated(depth)
        if token["open"] and depth < _DEPTH:
            part = self.any(depth + 1)
            if self.at == len(self.tokens):
                self.flaw(token, "parenthesis")
            self.at += 1
            return part
        if token["open"] or token["close"]:
            self.flaw(token, "parenthesis")
            return None
        return self.atom(token)

    def negated(self, depth: int) -> Part | None:
        if self.at == len(self.tokens) or self.tokens[self.at]["close"]:
            return None
        held = self.held
        part = self.one(depth)
        if self.held != held:
            self.held = not self.held
        return Not(part) if part is not None and part != All() else None

    def atom(self, token: re.Match[str]) -> Part | None:
        if token["bare"]:
            self.flaw(token, "operator" if fold(token["bare"][:-1]) not in _OPERATOR else "value")
            return None
        if token["quoted"] is not None and not token["end"]:
            self.flaw(token, "quote")
        value = token["quoted"] if token["quoted"] is not None else token["plain"]
        name = token["name"]
        if name and fold(name) in _OPERATOR:
            return self.field(_OPERATOR[fold(name)], value, token)
        if name and not value.startswith("//"):  # an address is no mistyped operator
            self.flaw(token, "operator")
        return _text(f"{name} {value}" if name else value, prefix=token["plain"] is not None)

    def field(self, name: str, value: str, token: re.Match[str]) -> Part | None:
        if name in _COLUMNS:
            part: Part | None = _text(value, prefix=token["plain"] is not None, column=_COLUMNS[name])
        elif name == "in":
            part = Place(words) if (words := tuple(filter(None, stems(value)))) else None
        elif name == "kind":
            part = OfKind(_KIND[fold(value)]) if fold(value) in _KIND else None
        elif name == "has":
            part = State(_HAS[fold(value)]) if fold(value) in _HAS else None
        elif name == "is":
            part = self.state(_STATE.get(fold(value)))
        else:
            return self.date(name, value, token)
        if part is None:
            self.flaw(token, "value")
        return part

    def state(self, name: str | None) -> Part | None:
        if name == "held":
            self.held = True
            return All()
        return State(name) if name else None

    def date(self, name: str, value: str, token: re.Match[str]) -> Part | None:
        span = dates.span(value, now=self.now)
        if span is None:
            self.flaw(token, "date")
            return None
        start, end = span
        return {"before": Between(end=start), "after": Between(start=start), "on": Between(start, end)}[name]

    def flaw(self, token: re.Match[str], code: str) -> None:
        self.flaws.append(Flaw(token.start(), token.end(), code))


def _text(value: str, *, prefix: bool, column: str = "") -> Part | None:
    words = tuple(filter(None, stems(value)))
    if not words:
        return None
    if not (prefix and value.endswith("*")):
        return Text(words, column=column)
    # What is kept are stems: "bestellu*" must find "bestell", which is kept for "Bestellung".
    begun = fold(value.rstrip("*"))
    shorter = [begun[:-cut] for cut in (1, 2, 3) if len(words) == 1 and begun.isalpha() and len(begun) - cut >= 3]
    return _either(Text(words, prefix=True, column=column), *(Text((word,), column=column) for word in shorter))


def _either(*parts: Part) -> Part:
    return Any(parts) if len(parts) > 1 else parts[0]


def widened(query: Query) -> Query:
    """Return a query that finds compounds as well: ``Rechnung`` also as the beginning of ``Rechnungsnummer``."""
    return replace(query, part=_widened(query.part))


def _widened(part: Part) -> Part:
    if isinstance(part, Text) and len(part.words) == 1 and len(part.words[0]) >= _BEGINNING:
        return replace(part, prefix=True)
    if isinstance(part, All | Any):
        return replace(part, parts=tuple(map(_widened, part.parts)))
    return part


def texts(part: Part) -> Iterator[Text]:
    """Yield every text that a query looks for in what is shown of an item, not those that it excludes."""
    if isinstance(part, Text) and part.column in ("", "title"):
        yield part
    elif isinstance(part, All | Any):
        for inner in part.parts:
            yield from texts(inner)


def snippet(query: Query, title: str, text: str, *, length: int = 160) -> str:
    r"""Return the piece of a text around the first hit, every hit in it between ``\x02`` and ``\x03``."""
    looked_for = list(texts(query.part))
    exact = {word for found in looked_for for word in (found.words[:-1] if found.prefix else found.words)}
    begins = tuple(found.words[-1] for found in looked_for if found.prefix)
    body = composed(text or title)[:_READ].replace("\x02", "").replace("\x03", "")
    pieces, at, end = [""], 0, length
    for start, stop, stem in spots(body):
        if stop > end and at:
            break
        if stem in exact or (begins and stem.startswith(begins)):
            if not at and start > length // 2:
                at = body.rfind(" ", 0, start - length // 4) + 1
                end = at + length
                pieces = ["…"]
            pieces += body[at:start], "\x02", body[start:stop], "\x03"
            at = stop
    pieces += body[at:end], "…" if len(body) > end else ""
    return " ".join("".join(pieces).split())
