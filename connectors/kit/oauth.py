"""OAuth 2 from the client's side: authorization code with PKCE, and refresh (RFC 6749, 7636, 9700)."""

import hashlib
import secrets
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from connectors.kit.auth import OAuth2
from connectors.kit.contract import Connector
from connectors.kit.errors import BadData, Misconfigured, Unauthorized, Unavailable
from connectors.kit.net.reply import Reply
from connectors.kit.options import filled, option
from connectors.kit.web import Http

_KEPT = ("access_token", "refresh_token", "scope", "token_type")
_TEMPORARY = frozenset(("server_error", "temporarily_unavailable", "slow_down"))
_SETTINGS = frozenset(("invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope"))


@dataclass(frozen=True)
class Authorization:
    """Where to send a person to connect a source, and what to keep until they come back.

    ``state`` must come back with them unchanged; compare it with :func:`secrets.compare_digest`.
    ``verifier`` goes to :func:`exchange` and never into the browser.
    """

    url: str
    state: str
    verifier: str = field(repr=False)


def authorization_url(connector: Connector, redirect: str) -> Authorization:
    """Begin to connect a source; ``redirect`` is where the provider sends the person back to."""
    auth = _declared(connector)
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": option(connector, auth.client_id),
        "redirect_uri": redirect,
        "scope": " ".join(_scope(connector, each) for each in auth.scopes),
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    url = filled(connector, auth.authorize)
    asked = urlencode({name: value for name, value in query.items() if value})
    return Authorization(f"{url}{'&' if '?' in url else '?'}{asked}", state, verifier)


def exchange(connector: Connector, http: Http, *, code: str, verifier: str, redirect: str) -> dict[str, Any]:
    """Return the tokens for the code that the person brought back.

    Raises Unauthorized for a code that is not accepted, Misconfigured for a client that is not.
    """
    grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier}
    return _granted(connector, http, grant)


def refresh(connector: Connector, http: Http, token: str) -> dict[str, Any]:
    """Return the tokens for a refresh token, which may be spent by it. Raises Unauthorized where it is not accepted."""
    return _granted(connector, http, {"grant_type": "refresh_token", "refresh_token": token})


def explain(reply: Reply) -> None:
    """Raise what a token endpoint means (RFC 6749, 5.2); some say no with status 200."""
    answer = reply.json()
    error = answer.get("error")
    if error is None:
        return
    code = str(error)[:60]
    if code in _TEMPORARY:
        raise Unavailable(code)
    if code in _SETTINGS:
        raise Misconfigured(f"the provider refuses this client: {code}")
    raise Unauthorized(code)


def _granted(connector: Connector, http: Http, grant: Mapping[str, str]) -> dict[str, Any]:
    auth = _declared(connector)
    client = option(connector, auth.client_id)
    secret = option(connector, auth.client_secret) if auth.client_secret else ""
    headers = {"Accept": "application/json"}
    if secret:
        # The way that every provider has to support (RFC 6749, 2.3.1).
        pair = f"{quote(client, safe='')}:{quote(secret, safe='')}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    else:
        grant = {**grant, "client_id": client}
    answer = http.request("POST", filled(connector, auth.token), form=grant, headers=headers).json()
    return _tokens(answer)


def _tokens(answer: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(answer.get("access_token"), str) or not answer["access_token"]:
        raise BadData("no access token in the answer")
    tokens = {name: answer[name] for name in _KEPT if isinstance(answer.get(name), str)}
    try:
        seconds = float(answer.get("expires_in") or 0)
    except (TypeError, ValueError):
        seconds = 0.0
    if 0 < seconds < 1e10:
        tokens["expires_at"] = time.time() + seconds
    return tokens


def _scope(connector: Connector, scope: str) -> str:
    """Return a scope to the letter: one may end with a slash, which addresses lose."""
    return option(connector, scope[1:-1]) if scope[:1] == "{" and scope[-1:] == "}" else scope


def _declared(connector: Connector) -> OAuth2:
    auth = connector.about.auth
    if not isinstance(auth, OAuth2):
        raise Misconfigured("this source is not connected with OAuth 2")
    return auth
