"""Opening a run: the one place that puts together what a connector gets to work with."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from connectors.kit import oauth
from connectors.kit.contract import Connector, Run
from connectors.kit.dial import GuardedDial
from connectors.kit.files import Files
from connectors.kit.login import login_for
from connectors.kit.net.guard import Guard
from connectors.kit.net.rate import Bucket, shared_bucket
from connectors.kit.options import addresses, filled, has_secret
from connectors.kit.web import Http, Limits


def open_run(
    connector: Connector,
    *,
    now: datetime,
    cursor: Any = None,
    since: datetime | None = None,
    guard: Guard,
    tokens: Mapping[str, Any] | None = None,
    save_tokens: Callable[[Mapping[str, Any]], None] | None = None,
    folders: Iterable[Path | str] = (),
    transport: httpx.BaseTransport | None = None,
    limits: Limits | None = None,
    bucket: Bucket | None = None,
) -> Run:
    """Return the run of one source, as the engine, the command line and tests all use it.

    ``now`` is aware UTC. ``tokens`` are those of OAuth 2 as they were last given to ``save_tokens``. ``transport``
    replaces the network, and with it the waiting for a turn is no longer shared: for tests.
    ``bucket`` replaces the one that follows from the rate of the connector.
    Raises Misconfigured where the address in the options is none.
    """
    about = connector.about
    base = filled(connector, about.base) if about.base else None
    login = login_for(
        connector,
        tokens,
        Http(guard, private=True, explain=oauth.explain, now=now, limits=limits, transport=transport),
        save_tokens,
    )
    http = Http(
        guard,
        base=base,
        login=login,
        private=has_secret(connector),
        origins=addresses(connector),
        bucket=bucket or (Bucket(about.rate) if transport else shared_bucket(_identity(connector, tokens), about.rate)),
        explain=connector.explain,
        now=now,
        limits=limits,
        transport=transport,
    )
    return Run(
        http=http,
        dial=GuardedDial(guard),
        files=Files(folders),
        now=now,
        cursor={} if cursor is None else cursor,
        since=since,
        login=login,
    )


def _identity(connector: Connector, tokens: Mapping[str, Any] | None) -> str:
    """Name a login without giving it away: sources with the same options of login share their rate."""
    about = connector.about
    named = [type(connector).__qualname__, filled(connector, about.base or "")]
    named += [str(getattr(connector, name)) for name in ("user", "client_id") if name in type(connector).model_fields]
    named += [value.get_secret_value() for _, value in connector if hasattr(value, "get_secret_value")]
    granted = tokens or {}
    named += [*addresses(connector), str(granted.get("refresh_token") or granted.get("access_token"))]
    return hashlib.sha256("\0".join(named).encode()).hexdigest()
