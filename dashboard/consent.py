"""The consent: a person allows a source to be read, at its provider, by OAuth 2 with PKCE."""

import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from connectors.kit import Unauthorized
from connectors.kit.oauth import authorization_url, exchange
from dashboard.connection import Connections, Secrets
from dashboard.store.protocol import Store
from dashboard.store.records import Health, Source

_NAME = "consent"
_VALID = timedelta(minutes=30)


class Consent:
    """Sends a person to the provider of a source and takes what they bring back."""

    def __init__(self, store: Store, connections: Connections) -> None:
        self._store = store
        self._connections = connections

    def begin(self, source: Source, person: int, redirect: str, *, now: datetime) -> str:
        """Return the address to send the person to; the provider sends them back to ``redirect``.

        Only one consent of a person is open at a time. Raises Misconfigured where the source is
        not connected this way.
        """
        asked = authorization_url(self._connections.connector(source), redirect)
        kept = Secrets({"verifier": asked.verifier, "state": asked.state, "redirect": redirect})
        sealed = self._connections.seal(kept, source=source.id, owner=person) or b""
        until = (now + _VALID).timestamp()
        self._store.keep(
            person, _NAME, {"source": source.id, "until": until, "sealed": b64encode(sealed).decode("ascii")}
        )
        return asked.url

    def finish(self, person: int, answer: str, *, now: datetime) -> Source:
        """Take the address that the provider sent the person back to, and connect the source.

        Raises Unauthorized where the person refused, came too late, or the answer is not to
        the question that was asked of this very person. One that is not leaves the question open: anybody can
        lure a person to such an address, and would end what they have begun.
        """
        asked = self._store.document(person, _NAME)
        source = self._store.source(person, asked["source"]) if asked else None
        if source is None or asked["until"] < now.timestamp():
            raise Unauthorized("the time to connect is over, begin again")
        kept = self._connections.open(b64decode(asked["sealed"]), source=source.id, owner=person).options
        query = {name: values[0] for name, values in parse_qs(urlsplit(answer).query).items()}
        if not secrets.compare_digest(query.get("state", "").encode(), kept["state"].encode()):
            raise Unauthorized("this answer belongs to another question, begin again")
        self._store.keep(person, _NAME, None)
        if "code" not in query:
            raise Unauthorized(f"the provider said no: {query.get('error', 'no code')[:60]}")
        return self._connect(source, person, query["code"], kept, now)

    def _connect(self, source: Source, person: int, code: str, kept: Mapping[str, str], now: datetime) -> Source:
        connector, known = self._connections.connector(source), self._connections.secrets(source)
        http = self._connections.provider(now=now)
        tokens = exchange(connector, http, code=code, verifier=kept["verifier"], redirect=kept["redirect"])
        sealed = self._connections.seal(Secrets(known.options, tokens), source=source.id, owner=source.owner)
        changed = self._store.change_source(person, source.id, sealed=sealed, health=Health.NEW, due_at=now)
        if changed is None:
            raise Unauthorized("this source is not yours to connect")
        return changed
