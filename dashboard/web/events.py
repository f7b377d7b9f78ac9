"""What the server tells an open page by itself: that there is something new, something wrong, or a login over.

One stream a browser (server-sent events, https://html.spec.whatwg.org/multipage/server-sent-events.html)
and one watcher a process. The events are ``rev`` and ``progress``, each with a number that differs
where the page should look again; ``trouble``, with what is wrong or nothing; ``signed-out``; and ``alive``.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, MutableMapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import Any, TypeVar

import structlog
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Send

from dashboard.board import Board, StoreError

LOOK, AGAIN = 0.3, 2.0
"""Seconds between two looks at the database while somebody listens; the second while it does not answer."""
ALIVE = 20.0
"""Seconds after which a quiet stream says that it is alive; a page that hears less asks anew."""
CHECK = 5.0
"""Seconds between two looks at what no commit tells: that a worker died."""
START = 3.0
"""Seconds before the first of these looks: the worker starts after the page."""
MOST = 32
"""How many streams one person may have."""
_RETRY_MS = 2000

Scope = MutableMapping[str, Any]
Who = Callable[[Scope], int | None]
Valid = Callable[[Scope], bool]
Result = TypeVar("Result")

log = structlog.get_logger(__name__)


class Stream:
    """One browser that listens. Of each event it keeps the newest only: it cannot grow, however slow the reader."""

    def __init__(self, person: int, scope: Scope) -> None:
        self.person = person
        self.scope = scope
        self._told: dict[str, str] = {}
        self._waiting: dict[str, str] = {}
        self._wake = asyncio.Event()
        self._ended = False

    def tell(self, event: str, data: str) -> None:
        """Send an event, unless it says what the last one of its name said."""
        if self._told.get(event) != data:
            self._told[event] = self._waiting[event] = data
            self._wake.set()

    def end(self) -> None:
        """Let the stream run out after what is waiting."""
        self._ended = True
        self._wake.set()

    async def lines(self) -> AsyncIterator[str]:
        """Yield what goes over the wire until the stream ends."""
        yield f"retry: {_RETRY_MS}\n\n"
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(ALIVE):
                    await self._wake.wait()
            self._wake.clear()
            # A comment would do for proxies, but a page cannot hear one: it would not know a dead connection.
            waiting, self._waiting = self._waiting or {"alive": ""}, {}
            for event, data in waiting.items():
                yield f"event: {event}\ndata: {data}\n\n"
            if self._ended:
                return


class _Listening(StreamingResponse):
    """A stream that is left however it ends, also where it never began."""

    def __init__(self, lines: AsyncIterator[str], leave: Callable[[], None]) -> None:
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        super().__init__(lines, media_type="text/event-stream", headers=headers)
        self._leave = leave

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the lines until the page goes."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._leave()


class Events:
    """The route and the watcher behind it; :meth:`watch` runs as long as the process serves."""

    def __init__(self, board: Callable[[], Board], who: Who, valid: Valid) -> None:
        """``who`` names the person behind a request, None for nobody; ``valid`` says at once if that still holds."""
        self._board = board
        self._who = who
        self._valid = valid
        self._streams: set[Stream] = set()
        self._news = asyncio.Event()
        self._stamp = ""
        self._checked = monotonic() + START - CHECK
        self._trouble = ""
        self._closed = False

    async def answer(self, request: Request) -> Response:
        """Answer ``/events``: a stream of the person who asks."""
        try:
            person = await _ask(self._who, request.scope)
        except StoreError:
            return PlainTextResponse("the database does not answer", 503, {"retry-after": "2"})
        if person is None:
            return PlainTextResponse("not logged in", 401)
        if self._closed or Counter(stream.person for stream in self._streams)[person] >= MOST:
            return PlainTextResponse("too many pages are open", 429, {"retry-after": "30"})
        stream = Stream(person, request.scope)
        self._streams.add(stream)  # before anything is awaited: others who come at once are counted too
        return _Listening(self._lines(stream), partial(self._streams.discard, stream))

    def close(self) -> None:
        """End every stream, so that the server can end: it waits for open connections."""
        self._closed = True
        self._news.set()
        for stream in self._streams:
            stream.end()

    async def watch(self) -> None:
        """Look for news as long as anybody listens, and tell everybody what concerns them."""
        while not self._closed:
            if not self._streams:
                await self._news.wait()
            try:
                self._dismiss()
                await self._look()
            except StoreError:
                self._disturb("store")
            except Exception:
                log.exception("the watcher of the page failed and goes on")
            self._news.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(AGAIN if self._trouble.startswith("store") else LOOK):
                    await self._news.wait()

    async def _lines(self, stream: Stream) -> AsyncIterator[str]:
        self._stamp = ""  # so that it is told where things stand
        stream.tell("trouble", self._trouble)
        self._news.set()
        async for line in stream.lines():
            yield line

    async def _look(self) -> None:
        stamp = await _ask(self._board().changes.stamp)
        if stamp != self._stamp:
            asked = {stream.person for stream in self._streams}
            revs = await _ask(self._board().changes.revs, asked)
            for stream in self._streams:
                if rev := revs.get(stream.person):
                    stream.tell("rev", str(rev.rev))
                    stream.tell("progress", f"{rev.progress:.6f}")
            if asked >= {stream.person for stream in self._streams}:  # else somebody came meanwhile
                self._stamp = stamp
        if monotonic() - self._checked >= CHECK or self._trouble:
            self._checked = monotonic()
            await self._check()

    async def _check(self) -> None:
        pulse = await _ask(self._board().sources.pulse)
        self._disturb("" if pulse.alive else "worker", pulse.last)

    def _dismiss(self) -> None:
        for stream in list(self._streams):
            if not self._valid(stream.scope):
                stream.tell("signed-out", "now")
                stream.end()

    def _disturb(self, trouble: str, since: datetime | None = None) -> None:
        """Tell everybody what is wrong and since when (ISO 8601); ``""`` is nothing any more."""
        if trouble != self._trouble.partition(" ")[0]:
            log.warning("the page is disturbed", by=trouble or "nothing any more")
            self._trouble = f"{trouble} {(since or datetime.now(UTC)).isoformat(timespec='seconds')}" if trouble else ""
        for stream in self._streams:
            stream.tell("trouble", self._trouble)


async def _ask(question: Callable[..., Result], *given: Any) -> Result:
    """Ask in a thread; at the end of the process nobody waits for the answer."""
    return await to_thread.run_sync(question, *given, abandon_on_cancel=True)
