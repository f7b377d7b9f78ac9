"""Settings of a source tried at its backend before anything of them is kept."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from connectors.kit import Connector, SourceError
from connectors.kit.contract import duration
from connectors.kit.form import Input, OptionsError, build, fields, join, split
from dashboard.board.records import Tried
from dashboard.connection import Connections, Secrets
from dashboard.schedule import describe
from dashboard.store.records import Health, Source

_PLACES = ("host", "server", "address", "url", "port", "security")
"""What the name of an option holds that says where secrets are sent, and how."""
_AGAIN = "enter it again: it would be sent to another place than before"


class Trials:
    """Tests options for real, at the backend; saves nothing itself."""

    def __init__(self, connections: Connections, clock: Callable[[], datetime]) -> None:
        self._connections = connections
        self._clock = clock

    def check(self, connector: str, values: Mapping[str, Any], *, kept: Mapping[str, str] | None = None) -> Tried:
        """Try options; ``kept`` are secrets that are taken where none is entered."""
        return self._try(connector, values, kept or {}, {})[0]

    def new(
        self, connector: str, title: str, values: Mapping[str, Any], *, reach: bool = True
    ) -> tuple[Tried, dict[str, Any], Secrets]:
        """Try options of a new source; return what to keep of it where they work, and its secrets.

        Without ``reach`` the backend is not asked.
        """
        tried, built = self._try(connector, values, {}, {}, reach=reach)
        if built is None or not tried.ok:
            return tried, {}, Secrets()
        options, hidden = split(built)
        kept = {
            "connector": connector,
            "title": title.strip() or tried.detail[:80] or connector.replace("_", " ").capitalize(),
            "options": options,
            "every": duration(built.about.every).total_seconds(),
        }
        return tried, kept, Secrets(hidden)

    def changed(self, stored: Source, title: str, values: Mapping[str, Any]) -> tuple[Tried, dict[str, Any]]:
        """Try changed options of a source; return what to change where they work. An empty secret stays as it was.

        Where an option changes that says where secrets are sent, each has to be entered again and
        the source logged in again: else whoever sits at the page could have them sent to himself.
        """
        try:
            secrets = self._connections.secrets(stored)
        except SourceError:
            secrets = Secrets()
        if self._moved(stored, values, secrets):
            if missing := [name for name in secrets.options if not values.get(name)]:
                return Tried(errors=dict.fromkeys(missing, _AGAIN), faults=dict.fromkeys(missing, "again")), {}
            secrets = Secrets()
        tried, built = self._try(stored.connector, values, secrets.options, secrets.tokens)
        if built is None or not tried.ok:
            return tried, {}
        options, hidden = split(built)
        sealed = self._connections.seal(Secrets(hidden, secrets.tokens), source=stored.id, owner=stored.owner)
        return tried, {
            "title": title.strip() or stored.title,
            "options": options,
            "sealed": sealed,
            "health": Health.NEW,
            "due_at": self._clock(),
        }

    def _moved(self, stored: Source, values: Mapping[str, Any], secrets: Secrets) -> bool:
        """Whether changed options would send the secrets of a source elsewhere."""
        try:
            found = self._connections.registry.get(stored.connector)
            after = build(found, values, kept=secrets.options)
        except (SourceError, OptionsError):
            return False  # nothing is sent: the check fails as well, and says why
        try:
            before = join(found, stored.options, secrets.options)
        except OptionsError:
            return True
        places = [
            field.name
            for field in fields(found)
            if field.type is Input.URL or any(word in field.name for word in _PLACES)
        ]
        return any(getattr(before, name) != getattr(after, name) for name in places)

    def _try(
        self,
        connector: str,
        values: Mapping[str, Any],
        kept: Mapping[str, str],
        tokens: Mapping[str, Any],
        *,
        reach: bool = True,
    ) -> tuple[Tried, Connector | None]:
        try:
            built = build(self._connections.registry.get(connector), values, kept=kept)
            found = None
            if reach:
                run = self._connections.trial(built, tokens, now=self._clock())
                built = built if kept else built.discover(run)  # a secret that is kept goes nowhere else by itself
                found = built.check(run)
        except OptionsError as error:
            texts = {name: fault.text for name, fault in error.errors.items()}
            return Tried(errors=texts, faults={name: fault.type for name, fault in error.errors.items()}), None
        except Exception as error:  # a plugin with a bug must not take the page with it
            failure, detail = describe(error)
            return Tried(errors={}, failure=failure, detail=detail, cause=getattr(error, "cause", "")), None
        return Tried(errors={}, detail=found or ""), built
