"""Items and queries made up for benchmarks: the same at every run, with words as frequent as in a real language."""

import itertools
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from connectors.kit import Item, Kind, Person

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SOURCES = 300
_AUTHORS = 2000
_KINDS = (Kind.MAIL, Kind.NEWS, Kind.CHAT)


def vocabulary(size: int = 20_000) -> list[str]:
    """Return made-up words, the frequent ones first and short."""
    chance = random.Random(11)
    starts = (
        "b",
        "c",
        "d",
        "f",
        "g",
        "h",
        "k",
        "l",
        "m",
        "n",
        "p",
        "r",
        "s",
        "t",
        "v",
        "w",
        "br",
        "dr",
        "fl",
        "kl",
        "sch",
        "st",
    )
    middles = ("a", "e", "i", "o", "u", "ei", "au", "ie")
    ends = ("", "", "n", "r", "s", "t", "l", "nd", "ng", "st")
    words: dict[str, None] = {}
    while len(words) < size:
        count = 1 + min(3, len(words) // 400) * chance.random()
        parts = (chance.choice(starts) + chance.choice(middles) + chance.choice(ends) for _ in range(round(count)))
        words["".join(parts)] = None
    return list(words)


WORDS = vocabulary()
_CUMULATED = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(len(WORDS))))  # Zipf and Mandelbrot


def items(count: int, *, first: int = 0) -> Iterator[tuple[int, Item]]:
    """Yield items of about 500 characters with the number of their source, the oldest first."""
    chance = random.Random(first)
    for number in range(first, first + count):
        words = chance.choices(WORDS, cum_weights=_CUMULATED, k=chance.randint(56, 118))
        source, title = chance.randrange(SOURCES), chance.randint(4, 10)
        author = chance.randrange(_AUTHORS)
        yield (
            source,
            Item(
                id=f"x{number:x}",
                kind=_KINDS[source % 3],
                title=" ".join(words[:title]),
                text=" ".join(words[title:]),
                author=Person(f"Author {author}", f"author{author}@example.org"),
                received=NOW - timedelta(seconds=3 * (2_000_000 - number)),
                unread=number % 3 == 0,
            ),
        )


def queries(count: int = 60) -> list[str]:
    """Return queries of one, two and three words from the middle of the vocabulary, as people search."""
    chance = random.Random(9)
    return [" ".join(WORDS[int(40 * 75 ** chance.random())] for _ in range(1 + number % 3)) for number in range(count)]
