"""Letters that arrive at a fixed hour."""

from datetime import UTC, datetime, timedelta

from connectors.kit import Item, Kind, Person

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def letter(key, hours=1.0, **fields):
    told = {"title": f"Letter {key}", "text": f"About {key}.", "author": Person("Mira", "mira@example.org")}
    return Item(id=key, kind=Kind.MAIL, received=NOW - timedelta(hours=hours), **told | fields)
