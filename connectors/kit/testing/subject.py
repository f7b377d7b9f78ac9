"""What is under test: a connector with its options, and what one fetch of it brings."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from connectors.kit.contract import Connector, Run
from connectors.kit.form import Input, build, fields
from connectors.kit.item import Cursor, Event, Item


def require(holds: object, message: str) -> None:
    """Fail the check with ``message``: unlike assert, it says the same with and without pytest's rewriting."""
    if not holds:
        raise AssertionError(message)


@dataclass
class Fetched:
    """What a fetch brought, in its order; ``error`` is what ended it early."""

    records: list[Any] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    items: dict[str, Item] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    """The id of every item, those that come twice included."""
    sources: list[tuple[Any, Item]] = field(default_factory=list)
    """Every record with the item it became."""
    cursor: Any = field(default_factory=dict)
    error: BaseException | None = None

    def take(self, connector: Connector, thing: Any) -> None:
        """Keep one thing that a fetch yielded."""
        if isinstance(thing, Event):
            self.events.append(thing)
            self.cursor = thing.at if isinstance(thing, Cursor) else self.cursor
            return
        self.records.append(thing)
        item = connector.item(thing)
        if item is not None:
            self.items[item.id] = item
            self.ids.append(item.id)
            self.sources.append((thing, item))


class Subject:
    """The hooks that a suite is filled in with."""

    connector: ClassVar[type[Connector]]
    options: ClassVar[Mapping[str, Any]] = {}
    """What a person would type into the form, secrets included."""
    overlap: ClassVar[int] = 0
    """How many unchanged records a backend repeats whose ``since`` includes its border."""

    def run(self, cursor: Any) -> Run:
        """Return a run that begins at ``cursor``, the same backend state each time it is ``{}``."""
        raise NotImplementedError("override run() to hand the connector its backend")

    def made(self) -> Connector:
        """Return the connector with its options."""
        return build(self.connector, self.options)

    def fetch(self, run: Run, connector: Connector | None = None) -> Fetched:
        """Fetch to the end, or to the error that ends it."""
        connector, fetched = connector or self.made(), Fetched()
        try:
            for thing in connector.fetch(run):
                fetched.take(connector, thing)
        except Exception as error:
            fetched.error = error
        return fetched

    def first(self) -> Fetched:
        """Return what the first fetch of this source brings."""
        fetched = self.fetch(self.run({}))
        if fetched.error:
            raise fetched.error
        return fetched

    def records(self) -> list[Any]:
        """Return the records of the first fetch before anybody has translated them."""
        return [thing for thing in self.made().fetch(self.run({})) if not isinstance(thing, Event)]

    def items(self) -> list[Item]:
        """Return the items of the first fetch, in its order."""
        return list(self.first().items.values())

    def hidden(self) -> list[str]:
        """Return the values of the options that must not be seen anywhere."""
        names = [field.name for field in fields(self.connector) if field.type is Input.SECRET]
        return [str(self.options[name]) for name in names if len(str(self.options.get(name, ""))) >= 8]


@cache
def sources_of(connector: type[Connector]) -> dict[Path, str]:
    """Return the files a connector is written in: its module, or all of its package."""
    file = Path(inspect.getfile(connector))
    package = connector.__module__ if file.name == "__init__.py" else connector.__module__.rpartition(".")[0]
    # The package that holds all the built-in ones belongs to none of them.
    alone = package in {"", "connectors"} or not (file.parent / "__init__.py").exists()
    files = [file] if alone else sorted(file.parent.rglob("*.py"))
    return {path: path.read_text(encoding="utf-8") for path in files}
