"""The answers of an IMAP server (RFC 9051) taken apart: nested lists of atoms, strings and literals."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

Segments: TypeAlias = list[bytes]
"""One answer: a line, then a literal and the rest of the line, as often as there are literals."""
Ranges: TypeAlias = list[tuple[int, int]]
"""Numbers of mails, first and last of each run, ascending."""

_TOKEN = re.compile(rb'BODY\[[^\]]*\](?:<\d+>)?|"(?:[^"\\]|\\.)*+"?|[()]|\{\d+\+?\}\r?\n|[^\s()"]+')
_TEXT = re.compile(rb"\* \d+ FETCH \(UID (\d+) BODY\[[\d.]+\](?:<0>)? \{\d+\}\r\n")
"""The one answer that comes for every mail and needs no taking apart: the text, and nothing else."""
_LITERAL = re.compile(rb"\{(\d{1,18})\+?\}\r?\n\Z")
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
_MONTHS = {name: place for place, name in enumerate(b"jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_USUAL = frozenset((b"UID", b"FLAGS", b"INTERNALDATE", b"BODYSTRUCTURE", b"MODSEQ"))
_NESTED = 10_000
_LINE = 262_144


def literal_size(line: bytes) -> int | None:
    """Return how long the literal is that a line announces, None where it announces none."""
    if line[-3:] != b"}\r\n" and line[-2:] != b"}\n":
        return None
    found = _LITERAL.search(line, max(0, len(line) - 24))
    return int(found[1]) if found else None


def parsed(segments: Segments) -> list[Any]:
    """Return an answer as nested lists: bytes, None for NIL, lists. Raises ValueError where it does not close."""
    current: list[Any] = []
    outer: list[list[Any]] = []
    for place, segment in enumerate(segments):
        if place % 2:
            current.append(segment)
            continue
        if len(segment) > _LINE:
            raise ValueError("an answer longer than any mail can make it")
        for token in _TOKEN.findall(segment):
            if token == b"(":
                outer.append(current)
                current = []
                if len(outer) > _NESTED:
                    raise ValueError("an answer that is nested without an end")
            elif token == b")":
                if not outer:
                    raise ValueError("an answer with too many brackets")
                inner, current = current, outer.pop()
                current.append(inner)
            elif token[:1] == b'"':
                current.append(_ESCAPE.sub(rb"\1", token[1:-1]) if b"\\" in token else token[1:-1])
            elif token[:1] != b"{":
                current.append(None if token == b"NIL" else token)
    if outer:
        raise ValueError("an answer with a bracket that never closes")
    return current


def fetched(segments: Segments) -> dict[bytes, Any] | None:
    """Return what a FETCH answer says by its names, see :func:`_name`; None for every other answer.

    Raises ValueError where it is broken.
    """
    if len(segments) == 3 and segments[2] == b")\r\n" and (plain := _TEXT.fullmatch(segments[0])):
        return {b"UID": plain[1], b"BODY": segments[1]}
    words = segments[0].split(None, 3)
    if len(words) < 4 or words[2].upper() != b"FETCH":
        return None
    answer = parsed(segments)[3:]
    if len(answer) != 1 or not isinstance(answer[0], list):
        raise ValueError("a FETCH answer without a list")
    pairs = answer[0]
    named = zip(pairs[::2], pairs[1::2], strict=False)
    return {_name(name): value for name, value in named if isinstance(name, bytes)}


def _name(item: bytes) -> bytes:
    """Return HEADER for every section of the head, BODY for every other one, and other names as they are."""
    if item in _USUAL:
        return item
    name, bracket, section = item.upper().partition(b"[")
    return b"HEADER" if bracket and section.startswith(b"HEADER") else name


def number(value: Any) -> int:
    """Return a number of the protocol. Raises ValueError for anything else."""
    if not isinstance(value, bytes) or not value.isdigit() or len(value) > 20:
        raise ValueError("not a number")
    return int(value)


def ranges(text: bytes) -> Ranges:
    """Read a set of numbers (``1,5:9``) without counting it out. Raises ValueError."""
    found: Ranges = []
    for part in text.split(b","):
        first, _, last = part.partition(b":")
        pair = sorted((number(first), number(last or first)))
        found.append((pair[0], pair[1]))
    return merged(found)


def merged(runs: Ranges) -> Ranges:
    """Return the runs in ascending order, each as long as it can be."""
    found: Ranges = []
    for first, last in sorted(runs):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def runs(numbers: Iterator[int] | list[int]) -> Ranges:
    """Return numbers as runs."""
    found: Ranges = []
    for each in sorted(numbers):
        if found and each == found[-1][1] + 1:
            found[-1] = (found[-1][0], each)
        elif not found or each > found[-1][1]:
            found.append((each, each))
    return found


def written(found: Ranges) -> str:
    """Return runs as the protocol writes them."""
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in found)


def listed(segments: Segments) -> Ranges | None:
    """Return the numbers of a SEARCH or ESEARCH answer (RFC 4731), None for every other answer.

    Raises ValueError where it is broken.
    """
    words = segments[0].split()
    kind = words[1].upper() if len(words) > 1 else b""
    if kind == b"SEARCH":
        return runs([int(word) for word in words[2:] if word.isdigit() and len(word) <= 10])
    if kind != b"ESEARCH":
        return None
    upper = [word.upper() for word in words]
    return ranges(words[upper.index(b"ALL") + 1]) if b"ALL" in upper[:-1] else []


def vanished(segments: Segments) -> Ranges | None:
    """Return the numbers of a VANISHED answer (RFC 7162), None for every other answer."""
    words = segments[0].split()
    if len(words) < 3 or words[1].upper() != b"VANISHED":
        return None
    return ranges(words[-1])


def internal_date(value: bytes) -> datetime | None:
    """Return the time at which the server got a mail, in UTC; None where it is no time."""
    try:
        month = _MONTHS[value[3:6].lower()]
        zone = timedelta(hours=int(value[22:24]), minutes=int(value[24:26]))
        local = datetime(
            int(value[7:11]), month, int(value[:2]), int(value[12:14]), int(value[15:17]), int(value[18:20]), tzinfo=UTC
        )
        return local + zone if value[21:22] == b"-" else local - zone
    except (ValueError, KeyError, OverflowError):
        return None
