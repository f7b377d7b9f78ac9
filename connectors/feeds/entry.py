"""A feed and its entries as every parser of this package hands them on."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple


class Prose(NamedTuple):
    """Text as it stands in a feed; ``html`` is None where the format leaves open whether it is HTML.

    ``base`` is an ``xml:base`` of its own.
    """

    value: str = ""
    html: bool | None = None
    base: str = ""


NOTHING = Prose()


class Name(NamedTuple):
    """An author: what people read, and a mail address where one is given."""

    name: str = ""
    email: str = ""


class Enclosure(NamedTuple):
    """A file that an entry points to."""

    url: str
    type: str = ""
    length: str = ""


@dataclass(slots=True, kw_only=True)
class Entry:
    """One entry in the words of its feed: dates and addresses as written, ``base`` to resolve the latter."""

    id: str = ""
    title: Prose = NOTHING
    link: str = ""
    summary: Prose = NOTHING
    content: Prose = NOTHING
    published: str = ""
    updated: str = ""
    authors: tuple[Name, ...] = ()
    labels: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    base: str = ""
    channel: str = ""


@dataclass(slots=True, kw_only=True)
class Feed:
    """A parsed feed; ``pace`` is how long its publisher says it may be kept without asking again."""

    title: Prose = NOTHING
    link: str = ""
    authors: tuple[Name, ...] = ()
    entries: list[Entry] = field(default_factory=list)
    pace: timedelta | None = None
