"""The guarded HTTP client: the only network a connector has."""

import json as json_
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import httpx

from connectors.kit.auth import WebLogin
from connectors.kit.errors import BadData, Misconfigured, RateLimited, SourceError, Unauthorized
from connectors.kit.net import decoding
from connectors.kit.net.deadline import Deadline
from connectors.kit.net.guard import Guard
from connectors.kit.net.headers import fresh_until, next_link
from connectors.kit.net.rate import Bucket
from connectors.kit.net.reply import Reply
from connectors.kit.net.sending import Call, Limits, Sender, address, same_server
from connectors.kit.net.verdict import error_of

__all__ = ["Http", "Limits", "Reply"]

_DEFAULTS = {"Accept": "*/*", "Accept-Encoding": decoding.ACCEPTED, "User-Agent": "Frontdesk"}
_VALIDATORS = (("etag", "etag", "If-None-Match"), ("modified", "last-modified", "If-Modified-Since"))


class Http:
    """The client of one run: it resolves relative addresses, logs in, waits its turn and raises the five errors.

    ``base`` is where relative addresses begin. ``login`` goes to the origins of ``base`` and
    ``origins`` and nowhere else, and over plain http only inside the opened networks of the
    guard. ``private`` says that a 401 is about a login even where the connector sends it itself.
    ``explain`` sees every final reply but 304. ``now`` is aware UTC. Cookies are not kept.
    """

    def __init__(
        self,
        guard: Guard,
        *,
        base: str | None = None,
        login: WebLogin | None = None,
        private: bool = False,
        origins: Iterable[str] = (),
        bucket: Bucket | None = None,
        explain: Callable[[Reply], None] | None = None,
        now: datetime | None = None,
        limits: Limits | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._guard = guard
        self._base = address(base.rstrip("/") + "/") if base else None
        self._login = login
        self._private = private or login is not None
        self._origins = [address(origin) for origin in origins] + ([self._base] if self._base else [])
        self._bucket = bucket or Bucket()
        self._explain = explain
        self._now = now or datetime.now(UTC)
        self._limits = limits or Limits()
        self._sender = Sender(guard, self._limits, transport)

    def request(
        self,
        method: str,
        url: Any,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        form: Mapping[str, Any] | None = None,
        content: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        unless: Any = None,
    ) -> Reply:
        """Send one request and return a good reply; everything else is raised.

        ``url`` is absolute or relative to ``base``. In ``params`` and ``form``, None leaves a
        value out, a list repeats it, a datetime is written as RFC 3339. ``unless`` takes the
        ``validators`` of an earlier reply. Raises the five errors of :mod:`connectors.kit.errors`.
        """
        merged = _DEFAULTS | dict(headers or {}) | _conditions(unless)
        if json is not None:
            merged["Content-Type"], content = "application/json", json_.dumps(json, allow_nan=False)
        elif form is not None:
            merged["Content-Type"], content = "application/x-www-form-urlencoded", urlencode(_pairs(form))
        call = Call(
            method=method.upper(),
            url=self._address(str(url), params),
            headers=merged,
            content=content.encode() if isinstance(content, str) else content,
        )
        return self._finished(self._logged_in(call), unless)

    def get(self, url: Any, *, unless: Any = None, headers: Mapping[str, str] | None = None, **params: Any) -> Reply:
        """Fetch ``url`` with ``params`` as its query."""
        return self.request("GET", url, params=params, unless=unless, headers=headers)

    def post(self, url: Any, *, json: Any = None, form: Mapping[str, Any] | None = None, **params: Any) -> Reply:
        """Send a JSON or form body."""
        return self.request("POST", url, params=params, json=json, form=form)

    def pages(
        self,
        url: Any,
        *,
        token: str | None = None,
        into: str = "cursor",
        most: int = 1000,
        headers: Mapping[str, str] | None = None,
        **params: Any,
    ) -> Iterator[Any]:
        """Yield the JSON of every page of a listing, at most ``most`` of them.

        With ``token``, a dotted path in the answer (``"response_metadata.next_cursor"``), the next
        page is asked for with the value found there in the parameter ``into``; a value that is an
        address is followed. Without it, ``Link: rel="next"`` leads on (RFC 8288). Raises BadData
        where a page leads back to one that was read.
        """
        seen: set[str] = set()
        for _ in range(most):
            reply = self.get(url, headers=headers, **params)
            page = reply.json()
            yield page
            following = _found(page, token) if token else next_link(reply.headers, reply.url)
            if not following:
                return
            if following in seen:
                raise BadData("the pages of the listing lead back to one another")
            seen.add(following)
            if token and "://" not in following:
                params[into] = following
            else:
                url, params = following, {}

    def _address(self, url: str, params: Mapping[str, Any] | None) -> httpx.URL:
        if self._base and "://" not in url:
            found = address(url if url.startswith(("/", "?")) else f"{self._base}{url}", self._base)
        else:
            found = address(url)
        pairs = _pairs(params or {})
        return found.copy_with(params=[*found.params.multi_items(), *pairs]) if pairs else found

    def _logged_in(self, call: Call) -> Reply:
        """Send with the login where it may go, and once more with a renewed one where it was not accepted."""
        login = self._login if self._login and any(same_server(each, call.url) for each in self._origins) else None
        if login is None:
            return self._judged(call)
        if call.url.scheme == "http" and not self._guard.inside(call.url.host):
            raise Misconfigured("a login is sent over https only, or over http inside an opened network")
        try:
            return self._judged(replace(call, authorization=login.authorization()))
        except Unauthorized:
            if not login.renewable:
                raise
        return self._judged(replace(call, authorization=login.authorization(fresh=True)))

    def _judged(self, call: Call) -> Reply:
        if wait := self._bucket.take():
            time.sleep(wait)
        reply = self._sender.send(call, Deadline(self._limits.total))
        try:
            self._judge(reply)
        except RateLimited as error:
            self._bucket.pause(error.retry_after or 0)
            raise
        return reply

    def _judge(self, reply: Reply) -> None:
        """Raise what the reply means; the connector knows its backend and is heard first."""
        error = error_of(reply, self._now, private=self._private)
        if self._explain and not reply.unchanged:
            try:
                self._explain(reply)
            except SourceError as explained:
                # A bad status with a body that the connector cannot read is explained by the status.
                if error is None or not isinstance(explained, BadData):
                    raise
            except (LookupError, TypeError, AttributeError, ValueError) as surprise:
                error = error or BadData(f"unexpected answer: {surprise!r}"[:200])
        if error:
            raise error

    def _finished(self, reply: Reply, unless: Any) -> Reply:
        """Fill in what a 304 leaves out, and until when the reply stays fresh."""
        headers = dict(reply.headers)
        if reply.unchanged and isinstance(unless, Mapping):
            for name, header, _ in _VALIDATORS:
                if isinstance(unless.get(name), str):
                    headers.setdefault(header, unless[name])
        return replace(reply, headers=headers, fresh_until=fresh_until(headers, self._now))


def _conditions(unless: Any) -> dict[str, str]:
    """Return the headers of a conditional request (RFC 9110, 13.1); what no backend can have sent is left out."""
    if not isinstance(unless, Mapping):
        return {}
    given = ((condition, unless.get(name)) for name, _, condition in _VALIDATORS)
    return {name: value for name, value in given if isinstance(value, str) and value.isascii() and value.isprintable()}


def _pairs(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Spell values as query and form parameters want them."""
    return [
        (name, _spelled(value))
        for name, given in values.items()
        for value in (given if isinstance(given, list | tuple | set | frozenset) else (given,))
        if value is not None
    ]


def _spelled(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value)


def _found(page: Any, path: str) -> str:
    """Return the value at a dotted path, empty where there is none."""
    for name in path.split("."):
        page = page.get(name) if isinstance(page, Mapping) else None
    return "" if page in (None, False) else str(page)
