"""A day at the list as a person meets it in a browser, and short ways to look at the page."""

import os
import signal
from contextlib import contextmanager

from playwright.sync_api import expect

from connectors.kit import Item, Kind, Person
from connectors.kit.registry import Registry
from dashboard.board import Board
from dashboard.opening import open_house
from dashboard.settings import Settings
from dashboard.store.records import Batch
from tests.ui.product import IDLE, running

SOON = 20_000
ROWS = 12


@contextmanager
def office(data):
    """Start a product, and open its board beside it."""
    with running(data) as product:
        house = open_house(Settings(data=data), registry=Registry.find())
        yield Morning(product, Board(house))
        house.store.close()


class Morning:
    """A running product with a day in it, and the same board beside it, as another device has it."""

    def __init__(self, product, board):
        self.address = product.address
        self.product = product
        self.board = board
        self.me = board.me().id
        self.days = 0
        self.source = board.store.add_source(
            self.me, connector="feeds", title="Office", options={"address": "/x"}, every=900.0, due_at=None
        ).id

    def arrive(self, *items, gone=()):
        batch = Batch(items=[(item, "raw") for item in items], gone=gone)
        self.board.store.engine.commit(self.source, None, batch, now=self.board.now())

    def item(self, key, **fields):
        told = {"kind": Kind.CHAT, "text": "Please have a look.", "author": Person("Ada"), "direct": True}
        told |= {"title": f"Title {key}", "url": f"https://example.org/{key}"}
        return Item(id=f"{self.days}/{key}", received=self.board.now(), **told | fields)

    def begin(self):
        """Begin a new day: what was there is gone, nothing is muted, and there is nothing to take back."""
        store = self.board.store
        self.arrive(gone=[facts.key for facts in store.facts(self.me)])
        store.change_source(self.me, self.source, muted=False)
        while store.undo(self.me):
            pass
        store.keep(self.me, "profile", None)
        self.days += 1
        news = self.item("news", bulk=True, kind=Kind.NEWS, direct=False)
        self.arrive(*(self.item(f"{n:02}") for n in range(ROWS)), news)

    def end_the_page(self):
        """Kill the process that serves the page; the product starts it again by itself."""
        here = str(self.product.process.pid)
        lines = [line.split(None, 2) for line in os.popen("ps -eo pid,ppid,args")]
        pid = next(int(pid) for pid, parent, args in lines if parent == here and "dashboard.ui" in args)
        os.kill(pid, signal.SIGKILL)

    def titles(self):
        return {row.entry.item.title for row in self.board.listing.today(self.me).rows}

    @contextmanager
    def page(self, browser, **look):
        """Open the list in a browser, and hold that no script of it fails."""
        context = browser.new_context(**{"locale": "en-GB", "viewport": {"width": 1280, "height": 800}} | look)
        page, faults = context.new_page(), []
        page.on("pageerror", lambda error: faults.append(str(error)))
        go(page, self)
        has(page, ROWS)
        yield page
        assert faults == []
        context.close()


def go(page, morning, address=""):
    page.goto(f"{morning.address}/{address}")
    page.locator(IDLE).wait_for(timeout=SOON)


def rows(page):
    return page.locator("li.row")


FOCUSED = """() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at?.closest?.("li.row")?.querySelector(".title").firstChild.textContent ?? "";
}"""


def focused(page):
    """Return the title of the row that has the focus, "" where none has."""
    return page.evaluate(FOCUSED)


def focuses(page, title):
    """Wait until the focus is on the row of that title."""
    expect(page.locator("li.row:focus-within .title")).to_contain_text(title, timeout=SOON)


def shown(page):
    return page.locator("li.row .title").evaluate_all("all => all.map((one) => one.firstChild.textContent)")


def said(page, text):
    expect(page.locator(".bar .said")).to_contain_text(text, timeout=SOON)


def has(page, count):
    expect(rows(page)).to_have_count(count, timeout=SOON)


def begin_at(page, number=0):
    rows(page).nth(number).locator(".title").focus()
    return shown(page)[number]
