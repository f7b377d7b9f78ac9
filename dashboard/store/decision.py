"""What a fetched item is to the store, new or changed or the same as before; pure."""

from enum import Enum, auto
from hashlib import blake2b
from typing import NamedTuple

VERSION = 1
"""Raise it when content is hashed another way (0 to 15, then from 0): no item counts as changed for that alone."""


class Verdict(Enum):
    """What is to be done with an item."""

    NEW = auto()
    CHANGED = auto()
    """Its content is another one, or it came back after it was gone."""
    STATE = auto()
    """Only read, flagged, answered or done changed at the source."""
    REHASH = auto()
    """Nothing is known to have changed, but the hash was computed by another version."""
    SAME = auto()


class Known(NamedTuple):
    """What the store has of an item."""

    id: int
    hash: int
    state: int
    gone: bool


def content_hash(*parts: str) -> int:
    """Return a 64-bit hash of the content with the version in its lowest four bits.

    The caller leaves out what is empty, so that a field added to the item later changes nothing
    for the items that do not use it.
    """
    digest = blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True) & ~15 | VERSION


def decide(known: Known | None, hash: int, state: int) -> Verdict:  # noqa: A002
    """Compare a fetched item with what is known of it."""
    if known is None:
        return Verdict.NEW
    if known.gone:
        return Verdict.CHANGED
    if known.hash != hash and known.hash & 15 == hash & 15:
        return Verdict.CHANGED
    if known.state != state:
        return Verdict.STATE
    return Verdict.SAME if known.hash == hash else Verdict.REHASH


def entry_id(at: float, key: str, source: int) -> int:
    """Return the id that an item gets unless it is taken: its second, then 21 bits that spread those of one second.

    It grows with time, so the newest items are those with the greatest ids, and stays below 2**53,
    which a browser's numbers hold exactly, until the year 2106.
    """
    spread = blake2b(f"{source}\0{key}".encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return (min(int(at), 0xFFFF_FFFF) << 21) | (int.from_bytes(spread, "big") & 0x1F_FFFF)
