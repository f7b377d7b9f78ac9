"""A board with a real store, and the routes of the web server on it, asked in this process."""

import asyncio
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.applications import Starlette

from connectors.kit.registry import Registry
from dashboard.board import Board
from dashboard.opening import open_house
from dashboard.settings import Settings


@pytest.fixture
def settings(tmp_path):
    return Settings(data=tmp_path / "data")


@pytest.fixture
def board(settings):
    house = open_house(settings, registry=Registry.find())
    yield Board(house)
    house.store.close()


@pytest.fixture
def person(board):
    return board.me()


@pytest.fixture
def ask():
    """Return a function that asks routes something and gives the reply."""

    def asked(routes, path, **headers):
        async def go():
            transport = httpx.ASGITransport(Starlette(routes=list(routes)))
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                return await client.get(path, headers={name.replace("_", "-"): v for name, v in headers.items()})

        return asyncio.run(go())

    return asked


class Listener:
    """One open stream, as a browser reads it; httpx would wait for its end."""

    def __init__(self, app, path="/events"):
        self.status = 0
        self.headers = {}
        self.events = []
        self.over = False
        self._app = app
        self._path = path
        self._sent = asyncio.Queue()
        self._gone = asyncio.Event()
        self._text = ""

    async def run(self):
        scope = {
            "type": "http", "method": "GET", "path": self._path, "raw_path": self._path.encode(), "query_string": b"",
            "headers": [], "http_version": "1.1", "scheme": "http", "server": ("test", 80), "root_path": "",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
        }  # fmt: skip
        await self._app(scope, self._receive, self._send)
        self.over = True

    async def _receive(self):
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message):
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self._text += message["body"].decode()
            *whole, self._text = self._text.split("\n\n")
            for one in whole:
                lines = dict(line.partition(": ")[::2] for line in one.split("\n"))
                self.events.append((lines.get("event"), lines.get("data", lines.get("retry"))))

    def leave(self):
        self._gone.set()

    async def until(self, name, test=lambda data: True, *, seconds=5.0):
        """Wait for an event and return what it said."""
        async with asyncio.timeout(seconds):
            while True:
                for event, data in self.events:
                    if event == name and test(data):
                        return data
                await asyncio.sleep(0.01)


@asynccontextmanager
async def listening(app, count=1):
    listeners = [Listener(app) for _ in range(count)]
    tasks = [asyncio.create_task(listener.run()) for listener in listeners]
    try:
        yield listeners
    finally:
        for listener in listeners:
            listener.leave()
        await asyncio.wait_for(asyncio.gather(*tasks), 5)


@pytest.fixture
def listen():
    """Return ``listening``: an async context with so many open streams of an application."""
    return listening
