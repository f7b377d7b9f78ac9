"""The product as a person meets it: started by its one command, opened in a real browser."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from connectors.kit.registry import Registry
from dashboard.board import Board
from dashboard.opening import open_house
from dashboard.settings import Settings
from dashboard.store.records import Employee

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
READY_SECONDS = 60
IDLE = "[data-testid='stApp'][data-test-script-state='notRunning']"


@pytest.fixture
def board(tmp_path) -> Iterator[Board]:
    """Open a house whose sources may read the files of the test."""
    house = open_house(Settings(data=tmp_path / "data", files={"folders": (tmp_path,)}), registry=Registry.find())
    yield Board(house)
    house.store.close()


@pytest.fixture
def person(board) -> Employee:
    return board.me()


@pytest.fixture(scope="session")
def browser(program) -> Iterator[Browser]:
    executable = program("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(QUIET))
        yield browser
        browser.close()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@dataclass
class Product:
    """A running Frontdesk: where it answers and where its data is."""

    address: str
    data: Path
    env: dict[str, str]
    process: subprocess.Popen[bytes]

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "dashboard.cli", *words]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, check=False, timeout=60)


@contextmanager
def running(data: Path, *words: str, **settings: str) -> Iterator[Product]:
    """Start the one command with its own data folder and end it, and only it, afterwards."""
    port = free_port()
    env = dict(os.environ, FRONTDESK_DATA=str(data), FRONTDESK_WEB__PORT=str(port), **settings)
    env.pop("FRONTDESK_CONFIG", None)
    log = (data.parent / "frontdesk.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "dashboard.cli", *(words or ("serve",))], env=env, stdout=log, stderr=log
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(READY_SECONDS * 10):
            try:
                urllib.request.urlopen(f"{address}/health", timeout=2).read()
                break
            except OSError:
                assert process.poll() is None, (data.parent / "frontdesk.log").read_text()
                time.sleep(0.1)
        yield Product(address, data, env, process)
    finally:
        process.terminate()
        process.wait(20)
        log.close()


@pytest.fixture
def product(tmp_path) -> Iterator[Product]:
    with running(tmp_path / "data", FRONTDESK_NETWORK__ALLOW="127.0.0.0/8") as product:
        yield product


@pytest.fixture(scope="module")
def untouched(tmp_path_factory) -> Iterator[Product]:
    """Start a product that several tests look at and none changes."""
    with running(tmp_path_factory.mktemp("untouched") / "data") as product:
        yield product


@pytest.fixture
def page(browser, product) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(product.address)
    page.locator(IDLE).wait_for(timeout=30_000)
    yield page
    context.close()


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site(tmp_path) -> Iterator[tuple[str, Path]]:
    """Serve a folder on loopback, and give its address and path."""
    folder = tmp_path / "site"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", folder
    server.shutdown()
    server.server_close()
