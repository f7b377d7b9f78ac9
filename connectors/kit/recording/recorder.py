"""Records a real session with a backend as a tape, with every secret taken out."""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, quote_plus

import httpx

from connectors.kit.contract import Connector
from connectors.kit.form import split
from connectors.kit.item import Cursor
from connectors.kit.net.guard import Guard
from connectors.kit.net.transport import GuardedTransport
from connectors.kit.opening import open_run
from connectors.kit.recording.tape import TELLING, Tape, body

SCRUBBED = "scrubbed"
"""What stands on the tape where a secret was; give it to the test as the option."""
_KEPT_HEADERS = frozenset(
    ("cache-control", "content-type", "etag", "expires", "last-modified", "link", "location", "retry-after")
)
_SECRET_NAME = re.compile(
    r"(?:.*[_-])?(?:access[_-]?token|refresh[_-]?token|id[_-]?token|api[_-]?key|private[_-]?token|client[_-]?secret"
    r"|secret|passw(?:or)?d|passphrase|authorization|auth|cookie|session(?:id)?|signature|sig|credentials?|assertion)"
    r"|token|jwt|bearer",
    re.IGNORECASE,
)
_SECRET_FIELD = re.compile(f"{_SECRET_NAME.pattern}|key|code", re.IGNORECASE)
"""In a query or form these two are secrets as well; in JSON they are names of issues and of failures."""


class Recorder(httpx.BaseTransport):
    """Passes requests on and writes them down with their replies; the login never reaches the tape.

    Of the headers only those are kept that a test needs. ``secrets`` are taken out wherever they
    stand, however they are spelled, and so is every value whose name says that it is a secret.
    """

    def __init__(self, network: httpx.BaseTransport, secrets: Iterable[str]) -> None:
        self._network = network
        self._spellings = _spellings(secrets)
        self.exchanges: list[dict[str, Any]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as the network does; the reply is read to its end."""
        plain = httpx.Headers(
            [(name, value) for name, value in request.headers.raw if name.lower() != b"accept-encoding"]
        )
        plain["accept-encoding"] = "identity"
        sent = httpx.Request(
            request.method, request.url, headers=plain, content=request.read(), extensions=request.extensions
        )
        answer = self._network.handle_request(sent)
        try:
            content = httpx.Response(
                answer.status_code,
                headers=answer.headers,
                content=b"".join(answer.stream),  # type: ignore[arg-type]
            ).content
        finally:
            answer.close()
        self.exchanges.append({"request": self._request(request), "reply": self._reply(answer, content)})
        left = [(name, value) for name, value in answer.headers.multi_items() if name.lower() not in _TRANSFER]
        return httpx.Response(answer.status_code, headers=left, stream=httpx.ByteStream(content))

    def close(self) -> None:
        """Close the network."""
        self._network.close()

    def _request(self, request: httpx.Request) -> dict[str, Any]:
        told: dict[str, Any] = {"method": request.method, "url": str(request.url.copy_with(query=None))}
        query: dict[str, list[str]] = {}
        for name, value in request.url.params.multi_items():
            query.setdefault(name, []).append(value)
        if query:
            told["query"] = {name: values if len(values) > 1 else values[0] for name, values in query.items()}
        if headers := {name: value for name, value in request.headers.items() if name.lower() in TELLING}:
            told["headers"] = headers
        scrubbed: dict[str, Any] = self._scrubbed(told | body(request.read(), request.headers.get("content-type", "")))
        return scrubbed

    def _reply(self, answer: httpx.Response, content: bytes) -> dict[str, Any]:
        told: dict[str, Any] = {"status": answer.status_code}
        kept = {name: value for name, value in answer.headers.items() if _kept(name)}
        if kept:
            told["headers"] = kept
        scrubbed: dict[str, Any] = self._scrubbed(told | body(content, answer.headers.get("content-type", "")))
        return scrubbed

    def _scrubbed(self, value: Any, name: str = "", names: re.Pattern[str] = _SECRET_NAME) -> Any:
        """Return a JSON value without secrets: known ones by their text, others by their name."""
        if isinstance(value, Mapping):
            names = _SECRET_FIELD if name in {"query", "form"} else names
            return {self._scrubbed(key): self._scrubbed(each, str(key), names) for key, each in value.items()}
        if isinstance(value, list):
            return [self._scrubbed(each, name, names) for each in value]
        if names.fullmatch(name) and value not in (None, "", True, False):
            return SCRUBBED
        if not isinstance(value, str):
            return value
        for spelling in self._spellings:
            value = value.replace(spelling, SCRUBBED)
        return _IN_ADDRESS.sub(rf"\g<1>{SCRUBBED}", value) if "=" in value else value


_TRANSFER = frozenset(("content-encoding", "transfer-encoding", "content-length", "connection", "set-cookie"))
_IN_ADDRESS = re.compile(
    r"([?&](?:access_token|refresh_token|id_token|api_?key|token|key|sig|signature|client_secret|password|code)=)[^&#\s\"'<>]+",
    re.IGNORECASE,
)


def record(
    connector: Connector,
    *,
    now: datetime,
    guard: Guard | None = None,
    tokens: Mapping[str, Any] | None = None,
    save_tokens: Callable[[Mapping[str, Any]], None] | None = None,
    network: httpx.BaseTransport | None = None,
    most: int = 50,
) -> Tape:
    """Record a first fetch, left at the first cursor after ``most`` records, and the fetch that goes on from there.

    ``now`` is aware UTC, the time of both. ``tokens`` are those of an OAuth 2 login, ``save_tokens``
    is given renewed ones. ``network`` is what lies behind the recorder: the guarded network unless
    something else is given. Secrets among the options and the tokens are taken out. Raises what
    the connector raises.
    """
    guard = guard or Guard()
    hidden = [
        *split(connector)[1].values(),
        *(str(value) for name, value in (tokens or {}).items() if name.endswith("token")),
    ]
    recorder = Recorder(network or GuardedTransport(guard), hidden)
    cursor: Any = {}
    for _ in ("first", "again"):
        run = open_run(
            connector,
            now=now,
            cursor=cursor,
            guard=guard,
            tokens=tokens,
            save_tokens=save_tokens,
            transport=recorder,
        )
        for count, thing in enumerate(connector.fetch(run)):
            cursor = thing.at if isinstance(thing, Cursor) else cursor
            if count >= most and isinstance(thing, Cursor):
                break
        if not cursor:
            break
    return Tape(recorder.exchanges, now)


def _kept(name: str) -> bool:
    return name.lower() in _KEPT_HEADERS or name.lower().startswith(("x-ratelimit-", "ratelimit-"))


def _spellings(secrets: Iterable[str]) -> list[str]:
    """Return every way in which a secret may be written on the wire, the longest first."""
    found = set()
    for secret in filter(None, secrets):
        found |= {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]}
        found |= {json.dumps(secret, ensure_ascii=False)[1:-1], secret.replace("&", "&amp;").replace("<", "&lt;")}
        # In base64 a text looks different at each of three offsets; its inner part is the same within one.
        for offset in range(3):
            coded = b64encode(b"\0" * offset + secret.encode()).decode().rstrip("=")
            inner = coded[(0, 2, 3)[offset] : -1]
            found |= {inner, inner.replace("+", "-").replace("/", "_")} if len(inner) >= 8 else set()
    return sorted(found, key=len, reverse=True)
