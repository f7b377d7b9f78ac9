"""A readable recording of HTTP exchanges, and the transport that plays it instead of the network.

::

    {
      "now": "2026-11-20T09:00:00+00:00",
      "exchanges": [
        {
          "request": {"method": "GET", "url": "https://api.example.org/stories", "query": {"page": "1"}},
          "reply": {"status": 200, "headers": {"etag": "1"}, "json": [{"id": 7}]}
        }
      ]
    }

A body, sent or received, is ``json``, ``form``, ``text`` or ``base64``. A request matches an exchange
with the same method, address, query (in any order) and body, and with every header the exchange
names; the first matching exchange that was not played yet is the answer.
"""

import base64
import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx

TELLING = frozenset(("if-none-match", "if-modified-since", "depth", "range", "x-http-method-override"))
"""Request headers that change what is asked for: recorded, and compared even where an exchange names none."""
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for, in one spelling: two requests that mean the same are equal."""

    method: str
    url: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    """The body in one spelling: JSON with sorted keys, a form with sorted fields, else the text."""

    @classmethod
    def sent(cls, request: httpx.Request) -> "Request":
        """Read a request that is on its way, with all its headers."""
        kind, content = request.headers.get("content-type", ""), request.read()
        return cls(
            request.method,
            str(request.url.copy_with(query=None)),
            tuple(sorted(request.url.params.multi_items())),
            {name.lower(): value for name, value in request.headers.items()},
            _spelled(body(content, kind)),
        )

    @classmethod
    def taped(cls, given: Mapping[str, Any]) -> "Request":
        """Read the request of an exchange."""
        url = httpx.URL(given["url"])
        query = [(name, str(each)) for name, value in given.get("query", {}).items() for each in _listed(value)]
        headers = {name.lower(): value for name, value in given.get("headers", {}).items()}
        path = str(url.copy_with(query=None))
        return cls(given["method"], path, tuple(sorted([*url.params.multi_items(), *query])), headers, _spelled(given))

    def matches(self, sent: "Request") -> bool:
        """Whether ``sent`` asks for what this request of an exchange asks for."""
        asked = {name: value for name, value in sent.headers.items() if name in TELLING or name in self.headers}
        same = (self.method, self.url, self.query, self.body) == (sent.method, sent.url, sent.query, sent.body)
        return same and asked == self.headers

    def __str__(self) -> str:
        lines = [f"{self.method} {self.url}", *(f"  {name}={value}" for name, value in self.query)]
        lines += [f"  {name}: {value}" for name, value in sorted(self.headers.items()) if name in TELLING]
        return "\n".join([*lines, *(f"  {line}" for line in self.body.splitlines())])


class Unexpected(AssertionError):
    """A request that is not on the tape, beside the one on the tape that comes closest."""


@dataclass(frozen=True, slots=True)
class Tape:
    """A recording: exchanges as they stand in the file, and the time that a run over them begins."""

    exchanges: Sequence[Mapping[str, Any]]
    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    @classmethod
    def load(cls, path: Path) -> "Tape":
        """Read a tape from its file."""
        content = json.loads(path.read_text(encoding="utf-8"))
        return cls(content["exchanges"], datetime.fromisoformat(content["now"]))

    def save(self, path: Path) -> None:
        """Write the tape so that people can read it and compare two versions of it."""
        content = {"now": self.now.isoformat(), "exchanges": list(self.exchanges)}
        path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


class Player(httpx.BaseTransport):
    """Answers from a tape, once from each exchange, and fails at any other request.

    What it was asked stays in ``asked``; what it had no answer to also stays in ``surprises``,
    for the case that somebody swallowed the failure.
    """

    def __init__(self, tape: Tape) -> None:
        self._left = [(Request.taped(each["request"]), each["reply"]) for each in tape.exchanges]
        self._played: list[Request] = []
        self.asked: list[Request] = []
        self.surprises: list[str] = []

    @property
    def unplayed(self) -> list[Request]:
        """The requests that nobody made."""
        return [request for request, _ in self._left]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request. Raises Unexpected."""
        sent = Request.sent(request)
        self.asked.append(sent)
        for position, (taped, reply) in enumerate(self._left):
            if taped.matches(sent):
                self._played.append(self._left.pop(position)[0])
                return response(reply)
        self.surprises.append(self._difference(sent))
        raise Unexpected(self.surprises[-1])

    def _difference(self, sent: Request) -> str:
        if any(taped.matches(sent) for taped in self._played):
            return f"asked once more than the tape answers:\n{sent}"
        if not self._left:
            return f"nothing is left on the tape to answer:\n{sent}"
        nearest = max(self.unplayed, key=lambda taped: difflib.SequenceMatcher(None, str(taped), str(sent)).ratio())
        lines = difflib.unified_diff(
            str(nearest).splitlines(), str(sent).splitlines(), "tape", "asked", n=9, lineterm=""
        )
        return "not on the tape; the nearest exchange differs:\n" + "\n".join(lines)


def response(reply: Mapping[str, Any]) -> httpx.Response:
    """Make the reply of an exchange into what a transport returns."""
    headers = {name.lower(): str(value) for name, value in reply.get("headers", {}).items()}
    if "json" in reply:
        headers.setdefault("content-type", "application/json")
    return httpx.Response(reply.get("status", 200), headers=headers, stream=httpx.ByteStream(_bytes(reply)))


def body(content: bytes, kind: str) -> dict[str, Any]:
    """Return a body as an exchange keeps it, as readable as its content type allows."""
    if not content:
        return {}
    try:
        text = content.decode()
        if "json" in kind:
            return {"json": json.loads(text)}
    except ValueError:
        return {"base64": base64.b64encode(content).decode()}
    if kind.startswith(_FORM):
        return {"form": dict(_grouped(parse_qsl(text, keep_blank_values=True)))}
    return {"text": text}


def _grouped(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Make a mapping of pairs; a name that is repeated has a list."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return {name: value if len(value) > 1 else value[0] for name, value in values.items()}


def _bytes(kept: Mapping[str, Any]) -> bytes:
    if "json" in kept:
        return json.dumps(kept["json"]).encode()
    if "base64" in kept:
        return base64.b64decode(kept["base64"])
    return str(kept.get("text", "")).encode()


def _spelled(kept: Mapping[str, Any]) -> str:
    """Spell a sent body so that the order of keys makes no difference."""
    for name in ("json", "form"):
        if name in kept:
            return json.dumps(kept[name], sort_keys=True, indent=1, ensure_ascii=False)
    return str(kept.get("text", kept.get("base64", "")))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
