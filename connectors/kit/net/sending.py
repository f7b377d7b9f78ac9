"""One request on its way: every redirect through the guard again, a few retries, all before one deadline."""

import random
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import httpcore
import httpx

from connectors.kit.errors import Misconfigured, Unavailable
from connectors.kit.net import decoding
from connectors.kit.net.deadline import Deadline
from connectors.kit.net.guard import Guard
from connectors.kit.net.headers import by_name
from connectors.kit.net.reply import Reply
from connectors.kit.net.transport import CONNECT_SECONDS, transport_of_thread

IDEMPOTENT = frozenset(("GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT"))
"""Methods that are sent again after a failure: reading twice does no harm."""
_TRAVELS = frozenset(
    ("accept", "accept-encoding", "accept-language", "if-none-match", "if-modified-since", "user-agent")
)
"""The headers that a redirect may carry to another host; anything else may be a secret."""
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much one request may take: seconds, decoded bytes, redirects, and retries of each hop."""

    connect: float = CONNECT_SECONDS
    total: float = 30.0
    body: int = 10 * 1024 * 1024
    redirects: int = 5
    retries: int = 2
    pause: float = 0.25


@dataclass(frozen=True, kw_only=True)
class Call:
    """What is to be sent. ``authorization`` is for the origin of ``url`` and for no other."""

    method: str
    url: httpx.URL
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    authorization: str | None = field(default=None, repr=False)

    def redirected(self, status: int, location: str) -> "Call":
        """Return the call that a redirect asks for (RFC 9110, 15.4; what a POST turns into as browsers do it).

        Raises Misconfigured where the way leads nowhere, or would give what is sent to a stranger.
        """
        url = address(location, self.url)
        call = replace(self, url=url)
        if status == 303 or (status in {301, 302} and self.method == "POST"):
            kept = {name: value for name, value in self.headers.items() if name.lower() != "content-type"}
            call = replace(call, method="HEAD" if self.method == "HEAD" else "GET", content=None, headers=kept)
        if same_server(self.url, url):
            return call
        if call.content is not None:
            raise Misconfigured(f"{self.url.host} redirects what is sent to it to another host")
        kept = {name: value for name, value in call.headers.items() if name.lower() in _TRAVELS}
        return replace(call, authorization=None, headers=kept)


def address(url: str, base: httpx.URL | None = None) -> httpx.URL:
    """Read an address. Raises Misconfigured for a malformed one and for one with a name and password in it."""
    try:
        found = base.join(url) if base else httpx.URL(url)
        _ = found.raw_host, found.raw_path
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise Misconfigured(f"not an address: {error}") from error
    if found.userinfo:
        raise Misconfigured("an address must not contain a name or password")
    return found


def same_server(left: httpx.URL, right: httpx.URL) -> bool:
    """Whether a login for ``left`` may go to ``right``: the same origin, or its encrypted twin."""
    if left.host != right.host:
        return False
    ports = _port(left), _port(right)
    if left.scheme == right.scheme:
        return ports[0] == ports[1]
    return (left.scheme, right.scheme) == ("http", "https") and ports == (80, 443)


class Sender:
    """Sends calls. ``transport`` replaces the network in tests; without it, every thread has its own."""

    def __init__(self, guard: Guard, limits: Limits, transport: httpx.BaseTransport | None = None) -> None:
        self._guard = guard
        self._limits = limits
        self._transport = transport

    def send(self, call: Call, deadline: Deadline) -> Reply:
        """Return the reply at the end of the redirects.

        Raises Unavailable, Misconfigured for a refused address, and BadData for a body too large or damaged.
        """
        moved: str | None = None
        permanent = True
        for _ in range(self._limits.redirects + 1):
            reply = self._persist(call, deadline)
            location = reply.headers.get("location")
            if reply.status not in {301, 302, 303, 307, 308} or not location:
                return replace(reply, moved=moved) if moved else reply
            call = call.redirected(reply.status, location)
            permanent = permanent and reply.status in {301, 308}
            moved = str(call.url) if permanent else moved
        raise Unavailable(f"{call.url.host} redirects more than {self._limits.redirects} times")

    def _persist(self, call: Call, deadline: Deadline) -> Reply:
        """Send one hop, and again after a short random pause where that can help and does no harm."""
        retries = self._limits.retries if call.method in IDEMPOTENT else 0
        for attempt in range(retries):
            pause = self._limits.pause * 2**attempt * random.uniform(0.5, 1.5)  # noqa: S311
            try:
                reply = self._once(call, deadline)
                if reply.status not in {502, 503, 504} or "retry-after" in reply.headers:
                    return reply
            except _Late:
                raise
            except Unavailable:
                if deadline.at - time.monotonic() < pause:
                    raise
            time.sleep(max(0.0, min(pause, deadline.at - time.monotonic())))
        return self._once(call, deadline)

    def _once(self, call: Call, deadline: Deadline) -> Reply:
        self._guard.check_web(call.url.scheme, call.url.raw_host.decode("ascii"), call.url.port)
        try:
            return self._exchange(call, deadline)
        except (TimeoutError, httpcore.TimeoutException, httpx.TimeoutException) as error:
            raise _Late(f"{call.url.host} took too long") from error
        except (httpcore.LocalProtocolError, httpx.LocalProtocolError) as error:
            raise Misconfigured(f"cannot be sent: {error}") from error
        except (httpcore.ConnectError, httpx.ConnectError) as error:
            raise Unavailable(f"{call.url.host} offers no secure connection", cause="insecure") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpx.TransportError, OSError) as error:
            raise Unavailable(f"{call.url.host} broke off: {error or type(error).__name__}") from error

    def _exchange(self, call: Call, deadline: Deadline) -> Reply:
        headers = dict(call.headers)
        if call.authorization:
            headers["Authorization"] = call.authorization
        waits = {
            "connect": deadline.within(self._limits.connect),
            "read": deadline,
            "write": deadline,
            "pool": deadline.left(),
        }
        request = httpx.Request(
            call.method, call.url, headers=headers, content=call.content, extensions={"timeout": waits}
        )
        response = (self._transport or transport_of_thread(self._guard)).handle_request(request)
        try:
            return self._read(call, response, deadline)
        finally:
            response.close()

    def _read(self, call: Call, response: httpx.Response, deadline: Deadline) -> Reply:
        headers = by_name(response.headers.raw)
        body = b""
        if response.status_code not in {301, 302, 303, 307, 308} and call.method != "HEAD":
            assert isinstance(response.stream, httpx.SyncByteStream)  # noqa: S101  what a sync transport gives
            chunks = _timed(response.stream, deadline)
            body = decoding.read(chunks, headers.get("content-encoding", ""), self._limits.body)
        return Reply(status=response.status_code, url=str(call.url), headers=headers, body=body)


class _Late(Unavailable):
    """Too late: another try would be later still. Callers see Unavailable."""


def _timed(chunks: Iterable[bytes], deadline: Deadline) -> Iterator[bytes]:
    for chunk in chunks:
        deadline.left()
        yield chunk


def _port(url: httpx.URL) -> int | None:
    return url.port or _PORTS.get(url.scheme)
