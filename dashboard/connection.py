"""The connections: a stored source becomes a connector with its secrets, its login and its guarded way outside."""

import hashlib
import json
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cachetools import LRUCache
from pydantic import AnyUrl

from connectors.kit import Connector, Http, Misconfigured, OAuth2, Run, Unauthorized, form
from connectors.kit.dial import GuardedDial
from connectors.kit.files import Files
from connectors.kit.guard import Guard
from connectors.kit.rate import Bucket, shared_bucket
from connectors.kit.registry import Registry
from dashboard.store.protocol import Engine
from dashboard.store.records import Source
from dashboard.vault import Vault, VaultError

_KEPT = 20_000
_SALT = os.urandom(16)


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
    login: str

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
        self._dial = GuardedDial(guard)
        self._files = Files(folders)
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
        save = self._saver(source, built)
        return self._run(connector, built.secrets, name=built.login, now=now, cursor=source.cursor, save=save)

    def trial(self, connector: Connector, tokens: Mapping[str, Any], *, now: datetime) -> Run:
        """Return a run for options that are not saved yet; tokens renewed in it are not kept."""
        _, hidden = form.split(connector)
        secrets = Secrets(hidden, tokens)
        return self._run(connector, secrets, name=_login_name("", hidden), now=now, cursor={}, save=lambda _: None)

    def secrets(self, source: Source) -> Secrets:
        """Return what a source keeps encrypted. Raises Unauthorized where it cannot be opened."""
        try:
            opened = self._vault.open(source.sealed, source=source.id, owner=source.owner)
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
        built = _Built(source, connector, secrets, _login_name(source.connector, secrets.options) or f"#{source.id}")
        with self._lock:
            self._built[source.id] = built
        return built

    def _saver(self, source: Source, built: _Built) -> Callable[[Mapping[str, Any]], None]:
        def save(tokens: Mapping[str, Any]) -> None:
            sealed = self.seal(Secrets(built.secrets.options, tokens), source=source.id, owner=source.owner)
            if sealed:
                self._engine.seal(source.id, sealed)

        return save

    def _run(
        self,
        connector: Connector,
        secrets: Secrets,
        *,
        name: str,
        now: datetime,
        cursor: Any,
        save: Callable[[Mapping[str, Any]], None],
    ) -> Run:
        about = connector.about
        login = None
        http = Http(
            self._guard,
            base=filled(about.base, connector) if about.base else None,
            login=login,
            private=bool(secrets.options) or isinstance(about.auth, OAuth2),
            origins=_addresses(connector) if login else (),
            bucket=shared_bucket(name, about.rate) if about.rate else Bucket(),
            explain=connector.explain,
            now=now,
        )
        since = now - self._backfill if self._backfill else None
        return Run(http=http, dial=self._dial, files=self._files, now=now, cursor=cursor, since=since, login=login)


def filled(address: str, connector: Connector) -> str:
    """Return an address of :class:`About` with the options in braces filled in. Raises Misconfigured."""
    try:
        return address.format_map({name: getattr(connector, name) for name in type(connector).model_fields})
    except (KeyError, ValueError) as error:
        raise Misconfigured(f"the connector names an option that it does not have: {error}") from None


def _addresses(connector: Connector) -> list[str]:
    values = (getattr(connector, name) for name in type(connector).model_fields)
    return [str(value) for value in values if isinstance(value, AnyUrl)]


def _login_name(connector: str, hidden: Mapping[str, str]) -> str:
    """Name a login, the same for two sources that share it, without giving the secret away."""
    told = json.dumps([connector, dict(hidden)], sort_keys=True).encode()
    return hashlib.blake2b(told, key=_SALT, digest_size=12).hexdigest() if hidden else ""
