"""Letters that arrive at a fixed hour."""

from datetime import UTC, datetime, timedelta

from connectors.kit import Item, Kind, Person

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def letter(key, hours=1.0, **fields):
    told = {"kind": Kind.MAIL, "title": f"Letter {key}", "text": f"About {key}."}
    told["author"] = Person("Mira", "mira@example.org")
    return Item(id=key, received=NOW - timedelta(hours=hours), **told | fields)
