"""Checks on what a connector makes of a backend that fails: each failure has its own of the five errors."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest

from connectors.kit.errors import BadData, Misconfigured, RateLimited, SourceError, Unauthorized, Unavailable
from connectors.kit.recording.tape import Player, Request, response
from connectors.kit.testing.subject import Fetched, require
from connectors.kit.testing.taped import TapedSubject

_MOST_REQUESTS = 1200
_LOGIN_PAGE = "<!doctype html><html><title>Sign in</title><form method=post><input name=user></form></html>"


class _Answering(httpx.BaseTransport):
    """Answers every request with what ``answer`` makes of it."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self._answer = answer
        self.asked = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.asked > _MOST_REQUESTS:
            raise AssertionError(f"{_MOST_REQUESTS} requests and no end: the pages go round in circles")
        return self._answer(request)


class FailureChecks(TapedSubject):
    """What a fetch raises, and what it keeps."""

    @pytest.mark.parametrize("status", [401, 403])
    def test_a_refused_login_is_unauthorized(self, status: int) -> None:
        # Without a login of its own the source can only be mended in its settings.
        expected = (Unauthorized,) if self.connector.about.auth else (Unauthorized, Misconfigured)
        self._fails(expected, status=status)

    @pytest.mark.parametrize("status", [404, 410])
    def test_what_is_not_there_is_misconfigured(self, status: int) -> None:
        self._fails((Misconfigured,), status=status)

    def test_too_many_requests_is_rate_limited_for_as_long_as_it_says(self) -> None:
        error = self._fails((RateLimited,), status=429, headers={"retry-after": "30"})
        require(isinstance(error, RateLimited) and error.retry_after == 30, "the time to wait was lost")

    @pytest.mark.parametrize("status", [500, 502, 503])
    def test_a_broken_backend_is_unavailable(self, status: int) -> None:
        self._fails((Unavailable,), status=status)

    @pytest.mark.parametrize("status", [400, 418])
    def test_another_refusal_is_bad_data(self, status: int) -> None:
        self._fails((BadData,), status=status)

    @pytest.mark.parametrize("failure", [httpx.ConnectError, httpx.ReadTimeout, httpx.ReadError])
    def test_a_dead_line_is_unavailable(self, failure: type[httpx.TransportError]) -> None:
        def dead(request: httpx.Request) -> httpx.Response:
            raise failure("no answer", request=request)

        self._expect(self.fetch_through(_Answering(dead)), (Unavailable,), failure.__name__)

    @pytest.mark.parametrize(
        "content",
        [pytest.param(b"\x00\xff\xfe garbage", id="bytes"), pytest.param(_LOGIN_PAGE.encode(), id="login page"),
         pytest.param(b"", id="empty")],
    )  # fmt: skip
    def test_garbage_is_bad_data(self, content: bytes) -> None:
        kind = "text/html" if content.startswith(b"<") else "application/octet-stream"
        self._fails((BadData,), content=content, headers={"content-type": kind})

    @pytest.mark.parametrize("shape", ["null", "[]", "{}", "7", '"text"', "[null]", '[{"x": 1}]'])
    def test_json_of_another_shape_is_no_crash(self, shape: str) -> None:
        fetched = self._answered(content=shape.encode(), headers={"content-type": "application/json"})
        require(
            fetched.error is None or isinstance(fetched.error, SourceError), f"{shape} crashes it: {fetched.error!r}"
        )
        require(not fetched.items, f"an item was made of {shape}")

    def test_half_a_reply_is_no_crash(self) -> None:
        def half(request: httpx.Request) -> httpx.Response:
            content = player.handle_request(request).read()
            return httpx.Response(200, stream=httpx.ByteStream(content[: len(content) // 2]))

        player = self.player()
        error = self.fetch_through(_Answering(half)).error
        require(
            error is None or isinstance(error, SourceError) or player.surprises, f"half a reply crashes it: {error!r}"
        )

    def test_a_failure_halfway_keeps_what_came_before(self) -> None:
        whole = self.player()
        first = self.fetch_through(whole)
        for count in range(1, len(whole.asked)):
            fetched = self.fetch_through(_Answering(_until(count, self.player())))
            allowed = fetched.error is None or isinstance(fetched.error, SourceError)
            require(allowed, f"a failure of request {count + 1} ends in {fetched.error!r}")
            require(set(fetched.items) <= set(first.items), f"a failure of request {count + 1} makes other items")

    def test_pages_that_go_in_circles_end(self) -> None:
        replies: dict[tuple[str, str], Mapping[str, Any]] = {}
        for exchange in self.recording().exchanges:
            asked = Request.taped(exchange["request"])
            replies.setdefault((asked.method, asked.url), exchange["reply"])

        def same(request: httpx.Request) -> httpx.Response:
            asked = Request.sent(request)
            return response(replies.get((asked.method, asked.url), {"status": 404}))

        transport = _Answering(same)
        error = self.fetch_through(transport).error
        require(error is None or isinstance(error, SourceError), f"pages in circles end in {error!r}")

    def test_a_failure_tells_no_secret(self) -> None:
        told = []
        for status in (401, 404, 418, 500):
            error = self._answered(status=status, content=json.dumps(self.hidden()).encode()).error
            told.append(f"{error!r} {error}")
        require(not any(secret in each for secret in self.hidden() for each in told), f"a secret is in {told}")

    def test_checking_the_options_finds_a_refused_login(self) -> None:
        try:
            self.made().check(self.run({}, _Answering(lambda _: response({"status": 401}))))
        except (Unauthorized, Misconfigured):
            return
        raise AssertionError("check says that a refused login is fine")

    def _answered(self, **reply: Any) -> Fetched:
        content = reply.pop("content", b"no")
        return self.fetch_through(
            _Answering(
                lambda _: httpx.Response(
                    reply.get("status", 200), headers=reply.get("headers"), stream=httpx.ByteStream(content)
                )
            )
        )

    def _fails(self, expected: tuple[type[SourceError], ...], **reply: Any) -> BaseException | None:
        fetched = self._answered(**reply)
        self._expect(fetched, expected, str(reply))
        return fetched.error

    def _expect(self, fetched: Fetched, expected: tuple[type[SourceError], ...], why: str) -> None:
        names = " or ".join(each.__name__ for each in expected)
        require(isinstance(fetched.error, expected), f"{why} should be {names} and is {fetched.error!r}")
        require(not fetched.items, f"{why} brought items")


def _until(count: int, player: Player) -> Callable[[httpx.Request], httpx.Response]:
    """Play ``count`` exchanges, then answer that the backend is broken."""

    def answer(request: httpx.Request) -> httpx.Response:
        return player.handle_request(request) if len(player.asked) < count else response({"status": 500})

    return answer
