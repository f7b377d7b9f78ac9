"""Finds connectors by their entry point, imports each on first use, and keeps the broken ones apart."""

import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points

from connectors.kit.contract import About, Connector
from connectors.kit.errors import Misconfigured
from connectors.kit.item import Kind

GROUP = "frontdesk.connectors"
"""The entry-point group of built-in and foreign connectors alike."""

_OURS = "frontdesk"


@dataclass(frozen=True)
class Plugin:
    """One connector that somebody offers; ``name`` and ``distribution`` are known without importing it.

    The other attributes import its module when they are first asked for, and never raise.
    """

    entry: EntryPoint
    rival: str | None = None
    """The distribution that offers this name too and comes first."""

    @property
    def name(self) -> str:
        """The name in the entry point, as a source refers to it."""
        return self.entry.name

    @property
    def distribution(self) -> str:
        """The installed distribution it comes from, ``""`` where that is unknown."""
        return self.entry.dist.name if self.entry.dist else ""

    @property
    def connector(self) -> type[Connector] | None:
        """The class, None where it is broken."""
        return None if isinstance(self._loaded, str) else self._loaded

    @property
    def broken(self) -> str | None:
        """Why it cannot be used, None where it can."""
        return self._loaded if isinstance(self._loaded, str) else None

    @property
    def kind(self) -> Kind | None:
        """The kind of item it brings, None where it is broken."""
        return Kind(self.connector.about.kind) if self.connector else None

    @property
    def summary(self) -> str:
        """The first line of its docstring, ``""`` where it is broken."""
        return (inspect.getdoc(self.connector) or "").partition("\n")[0] if self.connector else ""

    @cached_property
    def _loaded(self) -> type[Connector] | str:
        if self.rival:
            return f"{self.rival} offers a connector of this name too"
        try:
            found = self.entry.load()
        except (Exception, SystemExit) as error:  # whatever a plugin does, the others go on
            return f"{type(error).__name__}: {error}"
        return found if (fault := _fault(found)) is None else f"{self.entry.value} {fault}"


class Registry:
    """The connectors that can be used, by name, and those that cannot with the reason."""

    def __init__(self, entries: Iterable[EntryPoint]) -> None:
        self._plugins: dict[str, Plugin] = {}
        self._rivals: list[Plugin] = []
        for plugin in sorted(map(Plugin, entries), key=_precedence):
            first = self._plugins.setdefault(plugin.name, plugin)
            if first is not plugin:
                self._rivals.append(Plugin(plugin.entry, rival=first.distribution or "something else"))

    @classmethod
    def find(cls) -> "Registry":
        """Return what is installed, without importing any of it."""
        return cls(entry_points(group=GROUP))

    def __iter__(self) -> Iterator[Plugin]:
        """Every plugin by name, the broken ones included."""
        return iter(sorted((*self._plugins.values(), *self._rivals), key=lambda plugin: plugin.name))

    def get(self, name: str) -> type[Connector]:
        """Return the connector class of that name.

        Raises Misconfigured where none is installed or the one installed is broken.
        """
        plugin = self._plugins.get(name)
        if plugin is None:
            raise Misconfigured(f"no connector named {name!r} is installed")
        if plugin.connector is None:
            raise Misconfigured(f"the connector {name!r} of {plugin.distribution} is broken: {plugin.broken}")
        return plugin.connector


def _precedence(plugin: Plugin) -> tuple[bool, str, str]:
    """Put the built-in connectors first: installing a plugin never replaces one of them."""
    return plugin.distribution != _OURS, plugin.distribution, plugin.name


def _fault(found: object) -> str | None:
    """Say what keeps an object from being a usable connector class."""
    if not (isinstance(found, type) and issubclass(found, Connector)):
        return "is not a Connector"
    if not isinstance(getattr(found, "about", None), About):
        return "has no about = About(...)"
    if inspect.isabstract(found):
        return f"does not define {', '.join(sorted(found.__abstractmethods__))}"
    return None
