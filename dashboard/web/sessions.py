"""Who makes a request: finds the login of a browser, keeps out who has none, and closes what stays open after one."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from dashboard.board import Board, StoreError
from dashboard.board.logins import NotAdmitted
from dashboard.settings import Settings
from dashboard.store.records import Login
from dashboard.web.notice import notice
from dashboard.web.origin import foreign
from dashboard.web.policy import Application, Message, Receive, Send

PERSON, KEY = "X-Frontdesk-Person", "X-Frontdesk-Login"
"""The headers in which Streamlit is told who it is (the flag ``server.trustedUserHeaders``): the id, and the login."""
OPEN = (
    "/health",
    "/_stcore/health",
    "/auth/login",
    "/auth/callback",
    "/auth/backchannel",
    "/static/",
    "/manifest.webmanifest",
    "/service-worker.js",
    "/icons/",
    "/favicon.png",
)
"""What anybody may ask for: it says nothing about anybody. What ends in ``/`` stands for everything below it."""
USED = "/auth/used"
"""Where a page tells that somebody does something on it: what it asks by itself is no use of a login."""
ENDED = 4401
"""The code that a web socket is closed with when its login is over."""

_SEAT = "frontdesk.seat"
_EVERY = 1.0

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Seat:
    """A login while requests of it are open."""

    login: Login
    over: asyncio.Event = field(default_factory=asyncio.Event)
    requests: int = 0


def person_of(scope: Mapping[str, Any]) -> Login | None:
    """Return the login that a request was made with; None where there is one person and no login, or on open paths."""
    seat: Seat | None = scope.get(_SEAT)
    return seat.login if seat else None


def still_valid(scope: Mapping[str, Any]) -> bool:
    """Return whether the login of a request that is still open is valid, as of a second ago; needs no database."""
    seat: Seat | None = scope.get(_SEAT)
    return seat is None or not seat.over.is_set()


async def ended(scope: Mapping[str, Any]) -> None:
    """Wait until the login of a request is over: ended, expired, or its person blocked."""
    seat: Seat | None = scope.get(_SEAT)
    await (seat.over if seat else asyncio.Event()).wait()


def cookie_name(settings: Settings) -> str:
    """Return the name of the cookie: with ``__Host-`` a browser takes it over https from this very host alone."""
    return "__Host-frontdesk" if settings.address.startswith("https:") else "frontdesk"


class Seats:
    """The logins with open requests, looked after by one question to the database a second for all of them."""

    def __init__(self, board: Callable[[], Board]) -> None:
        self._board = board
        self._seats: dict[str, Seat] = {}
        self._watch: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def taken(self, login: Login) -> AsyncIterator[Seat]:
        """Hold the seat of a login while one request of it is open."""
        seat = self._seats.setdefault(login.key, Seat(login))
        seat.requests += 1
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._watching())
        try:
            yield seat
        finally:
            seat.requests -= 1
            if not seat.requests and self._seats.get(login.key) is seat:
                del self._seats[login.key]

    async def _watching(self) -> None:
        while self._seats:
            await asyncio.sleep(_EVERY)
            keys = list(self._seats)
            try:
                lasting = await run_in_threadpool(self._board().logins.lasting, keys)
            except Exception:  # a locked database must not log everybody out
                log.exception("logins cannot be looked up")
                continue
            for key in keys:
                if seat := self._seats.get(key):
                    self._settle(seat, lasting.get(key))

    def _settle(self, seat: Seat, login: Login | None) -> None:
        if login is None:
            seat.over.set()
            self._seats.pop(seat.login.key, None)  # who logs in anew gets a seat of their own
        else:
            seat.login = login


class Sessions:
    """ASGI middleware for requests and web sockets; without ``[login]`` settings it only throws away forged headers."""

    def __init__(self, app: Application, board: Callable[[], Board], settings: Settings) -> None:
        self.app = app
        self._board = board
        self._settings = settings
        self._rules = settings.login
        self._cookie = cookie_name(settings)
        self._seats = Seats(board)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Find out who asks and pass the request on with it, or answer it here."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        passed = {**scope, "headers": [pair for pair in scope["headers"] if not self._forged(pair[0])]}
        if foreign(scope, headers, self._settings.address):
            await self._refuse(scope, receive, send, PlainTextResponse("not from another site", 403))
        elif _tells_use(scope) and not self._rules.on:
            await self._refuse(scope, receive, send, Response(status_code=204))
        elif not self._rules.on or _open(scope["path"]):
            await self.app(passed, receive, send)
        else:
            await self._admit(passed, headers, receive, send)

    async def _admit(self, scope: Message, headers: Headers, receive: Receive, send: Send) -> None:
        try:
            login = await run_in_threadpool(self._login, scope, headers)
        except NotAdmitted as refusal:
            answer = notice(headers, f"login.{refusal.reason}", status=403)
            await self._refuse(scope, receive, send, answer)
            return
        except StoreError:
            log.exception("logins cannot be looked up")
            await self._refuse(scope, receive, send, PlainTextResponse("the database does not answer", 503))
            return
        if login is None or (scope["path"] == "/_stcore/metrics" and not await self._admin(login)):
            await self._refuse(scope, receive, send, self._stranger(scope, headers, login))
            return
        if _tells_use(scope) or _opens_page(scope, headers):
            await run_in_threadpool(self._board().logins.used, login)
        if _tells_use(scope):
            await self._refuse(scope, receive, send, Response(status_code=204))
            return
        scope["headers"] += [
            (PERSON.lower().encode(), str(login.person).encode()),
            (KEY.lower().encode(), login.key.encode()),
        ]
        async with self._seats.taken(login) as seat:
            scope[_SEAT] = seat
            if scope["type"] == "websocket":
                await self._talk(seat, scope, receive, send)
            else:
                await self.app(scope, receive, send)

    def _login(self, scope: Message, headers: Headers) -> Login | None:
        logins, agent = self._board().logins, headers.get("user-agent", "")
        if login := self._vouched(scope, headers):
            return logins.vouched(login, agent)
        token = cookie_parser("; ".join(headers.getlist("cookie"))).get(self._cookie, "")
        return logins.find(token) if token else None

    def _vouched(self, scope: Message, headers: Headers) -> str:
        """Return whom a trusted proxy names, ``""`` where nobody else may."""
        if not self._rules.header or not scope.get("client"):
            return ""
        with contextlib.suppress(ValueError):
            caller = ip_address(scope["client"][0])
            if any(caller in network for network in self._rules.trusted_proxies):
                named = headers.getlist(self._rules.header)
                return named[0].strip() if len(named) == 1 else ""
        return ""

    def _forged(self, name: bytes) -> bool:
        """Return whether a header could say who somebody is: only we may; a ``_`` reads as ``-`` to some."""
        plain = name.decode("latin-1").lower().replace("_", "-")
        return plain.startswith("x-frontdesk-") or plain == (self._rules.header or "").lower()

    async def _admin(self, login: Login) -> bool:
        person = await run_in_threadpool(lambda: self._board().store.employee(login.person))
        return bool(person and person.admin)

    def _stranger(self, scope: Message, headers: Headers, login: Login | None) -> Response:
        """Return what somebody without a login gets: a page is asked for again after the login."""
        asks_page = scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}
        if login is None and asks_page and "text/html" in headers.get("accept", ""):
            if not self._rules.issuer:
                return notice(headers, "login.proxy", status=401)
            query = scope.get("query_string", b"").decode("latin-1")
            if scope["path"].startswith("/auth/"):  # who signs out twice is not to be signed in by that
                return RedirectResponse("/auth/login", 303, {"Cache-Control": "no-store"})
            wanted = scope["path"] + (f"?{query}" if query else "")
            return RedirectResponse(f"/auth/login?next={quote(wanted, safe='/')}", 303, {"Cache-Control": "no-store"})
        return PlainTextResponse("log in first", 401 if login is None else 403)

    async def _refuse(self, scope: Message, receive: Receive, send: Send, answer: Response) -> None:
        if scope["type"] == "websocket":  # before it is accepted this is a 403
            await receive()
            await send({"type": "websocket.close", "code": ENDED})
        else:
            await answer(scope, receive, send)

    async def _talk(self, seat: Seat, scope: Message, receive: Receive, send: Send) -> None:
        """Let a web socket be used until its login is over."""
        over = asyncio.create_task(seat.over.wait())
        pending: set[asyncio.Task[Message]] = set()
        closed = False

        async def hear() -> Message:
            nonlocal closed
            message = pending.pop() if pending else asyncio.create_task(_awaited(receive))
            await asyncio.wait({message, over}, return_when=asyncio.FIRST_COMPLETED)
            if message.done():
                return message.result()
            pending.add(message)
            closed = True
            with contextlib.suppress(RuntimeError):  # it may be closing by itself
                await send({"type": "websocket.close", "code": ENDED})
            return {"type": "websocket.disconnect", "code": ENDED}

        async def tell(message: Message) -> None:
            if not closed:
                await send(message)

        try:
            await self.app(scope, hear, tell)
        finally:
            for task in (over, *pending):
                task.cancel()


def _tells_use(scope: Message) -> bool:
    return bool(scope["type"] == "http" and scope["path"] == USED and scope["method"] == "POST")


def _opens_page(scope: Message, headers: Headers) -> bool:
    """Return whether somebody opens the page, or opens it anew; what the open page asks for wants no HTML."""
    return scope["type"] == "http" and scope["method"] == "GET" and "text/html" in headers.get("accept", "")


async def _awaited(receive: Receive) -> Message:
    return await receive()


def _open(path: str) -> bool:
    return any(path.startswith(known) if known.endswith("/") else path == known for known in OPEN)
