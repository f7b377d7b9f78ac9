"""The routes of the login at an OpenID provider: there, back with proof, and out again."""

import hashlib
import hmac
import secrets
import time
import warnings
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import structlog
from cachetools import TTLCache
from itsdangerous import BadSignature, URLSafeTimedSerializer
from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import KeySet
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from dashboard.board import Board
from dashboard.board.logins import Issued, NotAdmitted
from dashboard.settings import Settings
from dashboard.store.records import Login
from dashboard.web.claims import claimed
from dashboard.web.logout import FRESH, LEEWAY, JoseError, Over, over
from dashboard.web.notice import notice
from dashboard.web.sessions import cookie_name, person_of

if find_spec("httpx2"):
    raise ImportError("httpx2 is installed, which Authlib would take instead of httpx: uninstall it")
import authlib.deprecate  # noqa: F401  it asks to be warned, which the next lines take back

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the library would rather have httpx2
    from authlib.integrations.base_client.errors import MismatchingStateError, OAuthError
    from authlib.integrations.starlette_client import OAuth
    from authlib.integrations.starlette_client.apps import StarletteOAuth2App

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""How an ID token may be signed: with a key of the provider's alone, never with none or with our own secret."""
_MINUTES = 10
_FAR = 2000
"""Letters of an address to go back to: with more, the cookie that remembers it would be too large for a browser."""
_LONG = 4000
"""Letters of an ID token that a browser carries to the provider in an address: many servers take 8,000 in all."""
_KEYS = 30.0
"""Seconds between two questions for keys that are not known."""
_HEARD = 1 << 14
_BODY = 1 << 16
"""Bytes of what a provider says at most."""
_NOT_KEPT = {"Cache-Control": "no-store"}
_LOOPBACK = {"127.0.0.1": "localhost", "[::1]": "localhost"}

log = structlog.get_logger(__name__)


class Oidc:
    """The routes below ``/auth``.

    What is to be remembered until somebody is back (state, nonce, PKCE verifier and where they wanted
    to go) is in a signed cookie, one for each login that was begun: several tabs may ask at once.
    """

    def __init__(self, board: Callable[[], Board], settings: Settings) -> None:
        self._board = board
        self._settings = settings
        self._rules = settings.login
        self._secure = settings.address.startswith("https:")
        secret = self._rules.client_secret.get_secret_value() if self._rules.client_secret else secrets.token_hex()
        key = hmac.digest(secret.encode(), b"frontdesk login in progress", "sha256")
        self._signer = URLSafeTimedSerializer(key, signer_kwargs={"digest_method": hashlib.sha256})
        self._provider = self._registered()
        self._heard: TTLCache[str, bool] = TTLCache(_HEARD, FRESH + 2 * LEEWAY)
        self._keys_until = 0.0

    @property
    def routes(self) -> Mount:
        """What the web application answers."""
        return Mount(
            "/auth",
            routes=[
                Route("/login", self.login),
                Route("/callback", self.callback),
                Route("/logout", self.logout),
                Route("/backchannel", self.backchannel, methods=["POST"]),
            ],
        )

    async def login(self, request: Request) -> Response:
        """Send somebody to the provider, or on to ``next`` where they are logged in already."""
        wanted = inside(request.query_params.get("next") or request.query_params.get("back", "/"))
        if not self._rules.issuer:
            return notice(request.headers, "login.start", way=wanted)  # the proxy asks on the way there
        if not self._settings.web.address and (other := _LOOPBACK.get(request.url.hostname or "")):
            return RedirectResponse(str(request.url.replace(hostname=other)), 303)  # a cookie is of one name
        if await self._current(request):
            return RedirectResponse(wanted, 303)
        if "next" not in request.query_params:  # where a tab is sent whose login is over: not straight in again
            return notice(request.headers, "login.start", way=f"/auth/login?next={quote(wanted, safe='/')}")
        kept: dict[str, Any] = {}
        try:
            await self._metadata()
            answer: Response = await self._provider.authorize_redirect(
                _with(request, kept), f"{self._settings.address}/auth/callback"
            )
        except Exception:
            log.exception("the OpenID provider cannot be used")
            return self._failed(request, "unreachable", 502)
        state = _state(answer.headers["location"])
        signed = self._signer.dumps({"kept": kept, "next": wanted})
        answer.set_cookie(self._begun(state), signed, **self._only_us("/auth", _MINUTES * 60))
        answer.headers["Cache-Control"] = "no-store"
        return answer

    async def callback(self, request: Request) -> Response:
        """Take what somebody brings back from the provider, and log them in."""
        begun = self._begun(request.query_params.get("state", ""))
        try:
            remembered = self._signer.loads(request.cookies.get(begun, ""), max_age=_MINUTES * 60)
            claims, issued = await self._claims(_with(request, remembered["kept"]))
            token = await run_in_threadpool(self._open, claims, issued, request)
            answer: Response = RedirectResponse(inside(remembered["next"]), 303)
            answer.set_cookie(
                cookie_name(self._settings), token, **self._only_us("/", int(self._rules.absolute.total_seconds()))
            )
        except NotAdmitted as refusal:
            log.warning("somebody may not log in", why=refusal.reason)
            answer = self._failed(request, refusal.reason, 403, **refusal.values)
        except (BadSignature, MismatchingStateError):
            answer = self._failed(request, "stale", 400)
        except OAuthError as error:
            log.warning("the OpenID provider said no", error=str(error.error)[:80])
            spent = error.error == "invalid_grant"  # a code is good for one login
            answer = self._failed(request, "stale" if spent else "refused", 400)
        except Exception:
            log.exception("what the OpenID provider answers cannot be used")
            answer = self._failed(request, "unreachable", 502)
        answer.delete_cookie(begun, path="/auth", secure=self._secure, httponly=True, samesite="lax")
        answer.headers["Cache-Control"] = "no-store"
        return answer

    async def logout(self, request: Request) -> Response:
        """End the login of this browser, here and at the provider; a link from elsewhere is asked about first."""
        login = person_of(request.scope)
        if login and not hmac.compare_digest(request.query_params.get("login", "").encode(), login.key.encode()):
            return notice(request.headers, "login.leave", way=f"/auth/logout?login={login.key}")
        way = "/auth/login"
        if login:
            logins, token = self._board().logins, request.cookies.get(cookie_name(self._settings), "")
            issued = await run_in_threadpool(logins.issued, token)
            await run_in_threadpool(logins.end, login.person, login.key)
            way = await self._out(issued)
        answer = RedirectResponse(way, 303, {"Cache-Control": "no-store"})
        answer.delete_cookie(cookie_name(self._settings), secure=self._secure, httponly=True, samesite="lax")
        return answer

    async def backchannel(self, request: Request) -> Response:
        """End what the provider says is over there, in all browsers at once; nobody is logged in who asks this."""
        try:
            said = await self._over(await _field(request, "logout_token"))
        except (JoseError, ValueError) as error:
            log.warning("a log-out that the provider did not ask for is not taken", kind=type(error).__name__)
            return JSONResponse({"error": "invalid_request"}, 400, _NOT_KEPT)
        except Exception:
            log.exception("the OpenID provider cannot be asked for its keys")
            return JSONResponse({"error": "temporarily_unavailable"}, 503, _NOT_KEPT)
        if said.id in self._heard:  # said again by somebody who overheard it
            return JSONResponse({"error": "invalid_request"}, 400, _NOT_KEPT)
        ended = await run_in_threadpool(self._board().logins.end_provided, said.subject, said.session)
        self._heard[said.id] = True
        log.info("the OpenID provider ended logins", count=ended)
        return Response(status_code=200, headers=_NOT_KEPT)

    async def _over(self, token: str) -> Over:
        """Return what a logout token says. Raises JoseError or ValueError where it is not true."""
        metadata = await self._metadata()
        known = {"issuer": metadata["issuer"], "client": self._rules.client_id, "now": time.time()}
        known["algorithms"] = metadata["id_token_signing_alg_values_supported"]
        try:
            return over(token, KeySet.import_key_set(await self._provider.fetch_jwk_set()), **known)
        except InvalidKeyIdError:
            if time.monotonic() < self._keys_until:  # anybody can name a key: the provider is not to be asked each time
                raise
            self._keys_until = time.monotonic() + _KEYS
            return over(token, KeySet.import_key_set(await self._provider.fetch_jwk_set(force=True)), **known)

    def _registered(self) -> StarletteOAuth2App:
        rules, issuer = self._rules, (self._rules.issuer or "").rstrip("/")
        return OAuth().register(
            "provider",
            client_id=rules.client_id,
            client_secret=rules.client_secret.get_secret_value() if rules.client_secret else None,
            server_metadata_url=f"{issuer}/.well-known/openid-configuration",
            client_kwargs={"scope": " ".join(rules.scopes), "code_challenge_method": "S256", "timeout": 10},
        )

    async def _metadata(self) -> Mapping[str, Any]:
        """Return what the provider says of itself. Raises ValueError where it is another one (Discovery 1.0, 4.3)."""
        metadata: dict[str, Any] = await self._provider.load_server_metadata()
        if str(metadata.get("issuer")).rstrip("/") != str(self._rules.issuer).rstrip("/"):
            raise ValueError(f"login.issuer is {self._rules.issuer}, but it calls itself {metadata.get('issuer')}")
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [name for name in offered if name in ALGORITHMS]
        known = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if self._rules.client_secret and "client_secret_basic" not in known and "client_secret_post" in known:
            self._provider.client_kwargs["token_endpoint_auth_method"] = "client_secret_post"  # noqa: S105
        return metadata

    async def _claims(self, request: Request) -> tuple[Mapping[str, Any], Issued]:
        """Return the proven claims: of the ID token, and of the userinfo endpoint what that one leaves out.

        With them what the provider calls this login; only the ID token can say that.
        """
        metadata = await self._metadata()
        if request.query_params.get("iss", metadata["issuer"]) != metadata["issuer"]:  # RFC 9207
            raise MismatchingStateError
        options = {
            "iss": {"essential": True, "value": metadata["issuer"]},
            "aud": {"essential": True, "value": self._rules.client_id},
        }
        token = await self._provider.authorize_access_token(request, claims_options=options)
        claims: Mapping[str, Any] = token["userinfo"]  # missing without an ID token
        session = claims.get("sid")
        named = session if isinstance(session, str) else None
        issued = Issued(subject=str(claims["sub"]), session=named, token=str(token["id_token"]))
        rules = self._rules
        wanted = {rules.person_claim, rules.name_claim, rules.groups_claim, "email" if rules.domains else None} - {None}
        if metadata.get("userinfo_endpoint") and not wanted <= claims.keys():
            more = await self._provider.userinfo(token=token)
            if more.get("sub") != claims["sub"]:  # Core 1.0, 5.3.2
                raise ValueError("the userinfo endpoint speaks of somebody else")
            claims = {**more, **claims}
        return claims, issued

    def _open(self, claims: Mapping[str, Any], issued: Issued, request: Request) -> str:
        logins = self._board().logins
        person = logins.enroll(claimed(claims, self._rules))
        if before := logins.find(request.cookies.get(cookie_name(self._settings), "")):
            logins.end(before.person, before.key)
        return logins.open(person.id, request.headers.get("user-agent", ""), issued)[0]

    async def _current(self, request: Request) -> Login | None:
        token = request.cookies.get(cookie_name(self._settings), "")
        return await run_in_threadpool(self._board().logins.find, token) if token else None

    async def _out(self, issued: str) -> str:
        """Return where the provider ends its own login (RP-Initiated Logout 1.0), our own page where it cannot.

        ``issued`` is its ID token: with it the provider knows who asks, and need not ask them again.
        """
        try:
            if (await self._metadata()).get("end_session_endpoint"):
                out = await self._provider.create_logout_url(
                    f"{self._settings.address}/auth/login",
                    id_token_hint=issued if len(issued) <= _LONG else None,
                    client_id=self._rules.client_id,
                )
                return str(out["url"])
        except Exception:
            log.exception("the OpenID provider cannot be asked to log out")
        return "/auth/login"

    def _failed(self, request: Request, reason: str, status: int, **values: str) -> Response:
        way = "" if reason in {"blocked", "reserved"} else "/auth/login?next=/"
        return notice(request.headers, f"login.{reason}", status=status, way=way, **values)

    def _begun(self, state: str) -> str:
        name = f"frontdesk-{hashlib.sha256(state.encode()).hexdigest()[:12]}"
        return f"__Secure-{name}" if self._secure else name

    def _only_us(self, path: str, seconds: int) -> dict[str, Any]:
        return {"path": path, "max_age": seconds, "secure": self._secure, "httponly": True, "samesite": "lax"}


def _with(request: Request, kept: dict[str, Any]) -> Request:
    """Return the request with what Authlib keeps in a session; the session there may already be is not ours."""
    return Request({**request.scope, "session": kept}, request.receive)


async def _field(request: Request, name: str) -> str:
    """Return a field of a form, ``""`` where it is not there. Raises ValueError where it is there twice or too long."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _BODY:
            raise ValueError("too long")
    values = parse_qs(body.decode("ascii"), max_num_fields=20).get(name, [""])
    if len(values) != 1:
        raise ValueError("said twice")
    return values[0]


def inside(wanted: str) -> str:
    """Return where to go after the login, ``/`` for what could lead anywhere else (an open redirect).

    A browser takes two slashes, also backslashes, for another host, and drops tabs and line ends before it looks.
    """
    plain = wanted.isprintable() and "\\" not in wanted and wanted.startswith("/") and not wanted.startswith("//")
    return wanted if plain and len(wanted) <= _FAR and not wanted.startswith("/auth/") else "/"


def _state(address: str) -> str:
    query = urlsplit(address).query
    return next((pair[6:] for pair in query.split("&") if pair.startswith("state=")), "")
