"""A source as a test sees it: fetched like the engine does, with what a store would keep of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.kit import (
    Change,
    Connector,
    Cursor,
    Event,
    Gone,
    Item,
    NotBefore,
    Progress,
    Read,
    Run,
    Snapshot,
)
from connectors.kit.net.guard import Guard
from connectors.kit.net.rate import Bucket
from connectors.kit.net.sending import Limits
from connectors.kit.opening import open_run


@dataclass
class Desk:
    """The items of one source by id, and the cursor of its last commit."""

    connector: Connector
    since: datetime | None = None
    folders: Sequence[Path] = ()
    limits: Limits | None = None
    cursor: Any = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    records: int = 0
    unreadable: int = 0
    total: int | None = None

    def run(self, now: datetime | None = None) -> Run:
        return open_run(
            self.connector,
            now=now or datetime.now(UTC),
            cursor=self.cursor,
            since=self.since,
            guard=Guard(allow=["127.0.0.0/8"]),
            folders=self.folders,
            limits=self.limits,
            bucket=Bucket(),
        )

    def fetch(self, *, cursors: int | None = None, now: datetime | None = None) -> list[Item]:
        """Fetch and return the items that came; with ``cursors``, end after so many commits as a killed worker does."""
        came: list[Item] = []
        for thing in self.connector.fetch(self.run(now)):
            if not isinstance(thing, Event):
                came += self._kept(thing)
                continue
            self.apply(thing)
            if isinstance(thing, Cursor) and cursors is not None:
                cursors -= 1
                if not cursors:
                    break
        return came

    def _kept(self, record: Any) -> list[Item]:
        """Translate and keep a record; one that cannot be read costs only itself, as in the engine."""
        self.records += 1
        try:
            item = self.connector.item(record)
        except Exception:
            self.unreadable += 1
            return []
        if item is None:
            return []
        self.items[item.id] = item
        return [item]

    def apply(self, event: Event) -> None:
        match event:
            case Cursor(at=at):
                self.cursor = at
            case Gone(id=id_):
                self.items.pop(id_, None)
            case Progress(total=total):
                self.total = total
            case Snapshot(ids=ids, within=within):
                self.items = {i: one for i, one in self.items.items() if not i.startswith(within) or i in ids}
            case Read(channel=channel, until=until):
                for item in self.items.values():
                    if item.channel == channel and item.created:
                        item.unread = item.created > until and not item.own
            case Change(id=id_) if id_ in self.items:
                for name in ("unread", "flagged", "answered", "done"):
                    if (value := getattr(event, name)) is not None:
                        setattr(self.items[id_], name, value)
            case NotBefore() | Change():
                pass

    def at(self, *ids: str) -> Item:
        """Return the item whose id is made of these parts."""
        return self.items["/".join(ids)]

    @property
    def texts(self) -> list[str]:
        """The texts of all items, oldest first."""
        return [item.text for item in sorted(self.items.values(), key=lambda item: item.created)]


@pytest.fixture
def desk_of():
    """Return a function that opens a source with a connector."""
    return Desk
