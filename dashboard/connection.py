"""The connections: a stored source becomes a connector with its secrets, its login and its guarded way outside."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cachetools import LRUCache

from connectors.kit import Connector, Http, Misconfigured, Run, Unauthorized, form, oauth
from connectors.kit.net.guard import Guard
from connectors.kit.opening import open_run
from connectors.kit.recording.recorder import record
from connectors.kit.recording.tape import Tape
from connectors.kit.registry import Registry
from dashboard.store.protocol import Engine
from dashboard.store.records import Source
from dashboard.vault import Vault, VaultError

_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a source keeps encrypted: the values of its secret options, and the tokens of its login."""

    options: Mapping[str, str] = field(default_factory=dict, repr=False)
    tokens: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class _Built:
    source: Source
    connector: Connector
    secrets: Secrets

    def fits(self, source: Source) -> bool:
        known = self.source
        return known.sealed == source.sealed and known.connector == source.connector and known.options == source.options


class Connections:
    """Builds what a run needs; one for a process, safe to use from several threads.

    A connector is built once and kept until the options or secrets of its source change: a fetch
    that brings nothing new costs no validation and no decryption.
    """

    def __init__(
        self,
        registry: Registry,
        vault: Vault,
        engine: Engine,
        *,
        guard: Guard,
        folders: tuple[Path, ...] = (),
        backfill: timedelta | None = None,
    ) -> None:
        self.registry = registry
        self._vault = vault
        self._engine = engine
        self._guard = guard
        self._folders = folders
        self._backfill = backfill
        self._built: LRUCache[int, _Built] = LRUCache(_KEPT)
        self._lock = threading.Lock()

    def connector(self, source: Source) -> Connector:
        """Return the connector of a source with its secrets.

        Raises Misconfigured where the connector is not installed or the options do not fit it any
        more, and Unauthorized where the secrets cannot be opened.
        """
        return self._find(source).connector

    def run(self, source: Source, connector: Connector, *, now: datetime) -> Run:
        """Return what one run of the source gets. ``now`` is aware UTC."""
        built = self._find(source)
        return open_run(
            connector,
            now=now,
            cursor=source.cursor,
            since=now - self._backfill if self._backfill else None,
            guard=self._guard,
            tokens=built.secrets.tokens,
            save_tokens=self._saver(source, built),
            folders=self._folders,
        )

    def trial(self, connector: Connector, tokens: Mapping[str, Any] | None = None, *, now: datetime) -> Run:
        """Return a run for options that are not saved yet; tokens renewed in it are not kept."""
        return open_run(connector, now=now, guard=self._guard, tokens=tokens, folders=self._folders)

    def record(self, source: Source, *, now: datetime) -> Tape:
        """Fetch a little of a source and return what went over the network, without its secrets."""
        built = self._find(source)
        return record(
            built.connector,
            now=now,
            guard=self._guard,
            tokens=built.secrets.tokens,
            save_tokens=self._saver(source, built),
        )

    def provider(self, *, now: datetime) -> Http:
        """Return the client for the token endpoint of an OAuth 2 provider."""
        return Http(self._guard, private=True, explain=oauth.explain, now=now)

    def secrets(self, source: Source) -> Secrets:
        """Return what a source keeps encrypted. Raises Unauthorized where it cannot be opened."""
        return self.open(source.sealed, source=source.id, owner=source.owner)

    def open(self, sealed: bytes | None, *, source: int, owner: int | None) -> Secrets:
        """Return what was sealed for this source and owner. Raises Unauthorized where it was for others."""
        try:
            opened = self._vault.open(sealed, source=source, owner=owner)
        except VaultError as error:
            raise Unauthorized(str(error)) from None
        return Secrets(opened.get("options", {}), opened.get("tokens", {}))

    def seal(self, secrets: Secrets, *, source: int, owner: int | None) -> bytes | None:
        """Return the secrets of a source encrypted for it, None where there are none."""
        kept = {"options": dict(secrets.options), "tokens": dict(secrets.tokens)}
        return self._vault.seal(kept, source=source, owner=owner) if any(kept.values()) else None

    def _find(self, source: Source) -> _Built:
        with self._lock:
            built = self._built.get(source.id)
        if built is not None and built.fits(source):
            return built
        secrets = self.secrets(source)
        try:
            connector = form.join(self.registry.get(source.connector), source.options, secrets.options)
        except form.OptionsError as error:
            raise Misconfigured(str(error)) from None
        built = _Built(source, connector, secrets)
        with self._lock:
            self._built[source.id] = built
        return built

    def _saver(self, source: Source, built: _Built) -> Callable[[Mapping[str, Any]], None]:
        def save(tokens: Mapping[str, Any]) -> None:
            sealed = self.seal(Secrets(built.secrets.options, tokens), source=source.id, owner=source.owner)
            if sealed:
                self._engine.seal(source.id, sealed)

        return save
