"""From the bytes of a feed to items, without a source around it."""

from connectors.feeds import parsing, translation

BASE = "https://example.org/feed"


def items(feed, base=BASE):
    """Translate every entry of a feed that was read."""
    entries = list(translation.numbered(feed.entries, translation.crowded(feed.entries)))
    for entry in entries:
        entry.base = entry.base or base
    return [translation.item(entry) for entry in entries]


def one(xml):
    """Read a feed of one entry."""
    (item,) = items(parsing.parse(xml.encode()))
    return item
