"""Carrying out what a connector declares in ``About.auth``: the login of one source while it runs."""

import hashlib
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any

from cachetools import LRUCache

from connectors.kit.auth import Basic, Bearer, OAuth2, WebLogin
from connectors.kit.contract import Connector
from connectors.kit.errors import Misconfigured, Unauthorized
from connectors.kit.oauth import refresh
from connectors.kit.options import option
from connectors.kit.web import Http

Tokens = Mapping[str, Any]
"""``access_token``; where the provider gave them ``refresh_token``, ``scope``, ``expires_at`` (seconds since 1970)."""

EARLY = 60.0
"""A token is renewed this many seconds before it expires: it must last for the requests it goes with."""


class TokenLogin:
    """A token that does not change."""

    renewable = False

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self, *, fresh: bool = False) -> str:  # noqa: ARG002
        """Return the token. Raises Unauthorized where there is none."""
        if not self._token:
            raise Unauthorized("there is no token")
        return self._token

    def authorization(self, *, fresh: bool = False) -> str:
        """Return the header of RFC 6750."""
        return f"Bearer {self.token(fresh=fresh)}"


class PasswordLogin:
    """A name and a password."""

    renewable = False

    def __init__(self, user: str, password: str) -> None:
        self._user = user
        self._password = password

    def token(self, *, fresh: bool = False) -> str:  # noqa: ARG002
        """Return the password."""
        return self._password

    def authorization(self, *, fresh: bool = False) -> str:  # noqa: ARG002
        """Return the header of RFC 7617, in UTF-8."""
        return "Basic " + b64encode(f"{self._user}:{self._password}".encode()).decode()


class _Family:
    """The tokens that came out of one another by refreshing, and the lock for the next refresh."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.newest: dict[str, Any] | None = None


_families: LRUCache[bytes, _Family] = LRUCache(10_000)
_lock = threading.Lock()


class OAuthLogin:
    """Tokens that are renewed before they expire and when a backend does not take them any more.

    A provider that rotates refresh tokens takes the use of an old one for theft and revokes them
    all (RFC 9700, 4.14). So a family of tokens is refreshed by one thread of the process at a time, ``save``
    has the new ones before anybody uses them, and whoever still holds old ones is given the new.
    """

    renewable = True

    def __init__(
        self, connector: Connector, tokens: Tokens, http: Http, save: Callable[[Tokens], None] | None = None
    ) -> None:
        self._connector = connector
        self._tokens = dict(tokens)
        self._http = http
        self._save = save

    def token(self, *, fresh: bool = False) -> str:
        """Return the access token. Raises Unauthorized where it cannot be renewed."""
        used = self._tokens.get("access_token")
        if not used or fresh or _expires(self._tokens):
            self._renew(used)
        return str(self._tokens["access_token"])

    def authorization(self, *, fresh: bool = False) -> str:
        """Return the header of RFC 6750."""
        return f"Bearer {self.token(fresh=fresh)}"

    def _renew(self, used: str | None) -> None:
        spent = str(self._tokens.get("refresh_token") or "")
        if not spent:
            raise Unauthorized("the login has expired" if used else "the source is not connected yet")
        with _lock:
            family = _families.setdefault(self._digest(spent), _Family())
        with family.lock:
            tokens = family.newest or self._tokens
            if tokens.get("access_token") == used or _expires(tokens):
                tokens = tokens | refresh(self._connector, self._http, str(tokens["refresh_token"]))
                if self._save:
                    self._save(dict(tokens))
                family.newest = tokens
                with _lock:
                    _families[self._digest(tokens["refresh_token"])] = family
            self._tokens = dict(tokens)

    def _digest(self, token: str) -> bytes:
        return hashlib.sha256(f"{type(self._connector).__qualname__} {token}".encode()).digest()


def _expires(tokens: Tokens) -> bool:
    expires = tokens.get("expires_at")
    return isinstance(expires, int | float) and expires - EARLY < time.time()


def login_for(
    connector: Connector, tokens: Tokens | None, http: Http, save: Callable[[Tokens], None] | None = None
) -> WebLogin | None:
    """Return the login that the connector declares, None where it declares none.

    ``http`` reaches the token endpoint of OAuth 2. ``save`` is called with the new tokens after each
    refresh. Raises Misconfigured where the declaration names an option that does not exist.
    """
    match connector.about.auth:
        case Bearer(name):
            return TokenLogin(option(connector, name))
        case Basic(user, password):
            return PasswordLogin(option(connector, user), option(connector, password))
        case OAuth2():
            return OAuthLogin(connector, tokens or {}, http, save)
        case None:
            return None
    raise Misconfigured("an unknown kind of login")
