"""The product as a person meets it: started by its one command, opened in a real browser."""

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.product import QUIET
from connectors.kit.registry import Registry
from dashboard.board import Board
from dashboard.opening import open_house
from dashboard.settings import Settings
from dashboard.store.records import Employee
from tests.ui.morning import Morning, office
from tests.ui.offices import at_a_browser
from tests.ui.product import IDLE, Product, running


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


@pytest.fixture(scope="module")
def workplace(tmp_path_factory) -> Iterator[Morning]:
    """Start a product with a day in it, for all tests of a file."""
    with office(tmp_path_factory.mktemp("morning") / "data") as workplace:
        yield workplace


@pytest.fixture
def morning(workplace) -> Morning:
    """Begin the day anew."""
    workplace.begin()
    return workplace


@pytest.fixture
def one(browser) -> Iterator[BrowserContext]:
    """Open the browser of one person."""
    with at_a_browser(browser) as context:
        yield context


@pytest.fixture
def other(browser) -> Iterator[BrowserContext]:
    """Open the browser of another, or another one of the same person."""
    with at_a_browser(browser) as context:
        yield context


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
