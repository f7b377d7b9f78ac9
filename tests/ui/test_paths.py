"""The paths a person takes, in a real browser, with the real worker behind the page."""

import http.client
import os
import signal
import time
import urllib.request

import pytest
from playwright.sync_api import Page, expect

from tests.ui.looks import sideways
from tests.ui.product import at_rest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour News</title><link>http://x.example</link>
<description>d</description>{items}</channel></rss>"""
ENTRY = """<item><title>{title}</title><link>http://x.example/{n}</link><guid>{n}</guid>
<description>&lt;b&gt;Story&lt;/b&gt; number {n} about the Rechnung
&lt;script&gt;document.title='evil'&lt;/script&gt;</description></item>"""
SOON = 20_000


def write_feed(folder, *titles):
    items = "".join(ENTRY.format(title=title, n=n) for n, title in enumerate(titles))
    (folder / "feed.xml").write_text(FEED.format(items=items))


def go(page: Page, product, view: str = "") -> None:
    page.goto(f"{product.address}/{view}")
    page.locator("[data-testid='stApp'][data-test-script-state='notRunning']").wait_for(timeout=SOON)


def add_feed(page: Page, product, address: str) -> None:
    go(page, product, "sources")
    page.get_by_role("button", name="Feeds", exact=True).click()
    page.get_by_role("textbox", name="Address").fill(address)
    page.get_by_role("button", name="Test and add").click()


def added(page: Page) -> None:
    expect(page.get_by_text("is added")).to_be_visible(timeout=SOON)


def rows(page: Page):
    return page.locator("li.row")


def test_from_the_first_page_to_a_feed_a_list_a_reason_done_undo_and_search(page, product, site):
    address, folder = site
    write_feed(folder, "Budget for the harbour", "A quiet day")
    page.get_by_role("link", name="Connect a mailbox, a chat or a calendar").click()
    add_feed(page, product, f"{address}/feed.xml")
    added(page)
    go(page, product)
    expect(rows(page)).to_have_count(2, timeout=SOON)
    expect(page.get_by_text("2 arrived = 2 here")).to_be_visible()

    page.get_by_role("button", name="Budget for the harbour", exact=True).click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_test_id("stHtml").get_by_text("Story number 0")).to_be_visible(timeout=SOON)
    expect(drawer.get_by_text("Together", exact=True)).to_be_visible()
    assert page.title() != "evil"
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden(timeout=SOON)

    page.get_by_role("button", name="Done: A quiet day").click()
    expect(rows(page)).to_have_count(1, timeout=SOON)
    expect(page.get_by_text("2 arrived = 1 here + 0 waiting for a break + 1 done")).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(rows(page)).to_have_count(2, timeout=SOON)

    go(page, product, "search")
    page.get_by_role("searchbox").fill("rechnungen budget")
    expect(rows(page)).to_have_count(1, timeout=SOON)
    expect(page.locator("li.row mark").first).to_be_visible()


def test_what_is_new_at_the_source_appears_with_nobody_touching_the_page(page, product, site):
    address, folder = site
    write_feed(folder, "First")
    add_feed(page, product, f"{address}/feed.xml")
    added(page)
    go(page, product)
    expect(rows(page)).to_have_count(1, timeout=SOON)
    write_feed(folder, "First", "Second")
    done = product.command("sync")
    assert done.returncode == 0, done.stderr
    expect(rows(page)).to_have_count(2, timeout=SOON)


def test_an_address_that_is_no_feed_is_explained_and_not_saved(page, product, site):
    address, folder = site
    (folder / "page.html").write_text("<html><title>No feed here</title></html>")
    add_feed(page, product, f"{address}/page.html")
    expect(page.get_by_role("alert").first).to_be_visible(timeout=SOON)
    assert "Harbour" not in product.command("sources", "list").stdout
    assert "no source" in product.command("sources", "list").stdout.lower()


def test_a_burst_of_keys_loses_none(page, product, site):
    address, folder = site
    write_feed(folder, *(f"Story {n}" for n in range(30)))
    add_feed(page, product, f"{address}/feed.xml")
    added(page)
    go(page, product)
    expect(rows(page)).to_have_count(30, timeout=SOON)
    page.locator("li.row button.title").first.focus()
    for _ in range(30):
        page.keyboard.press("e")
        page.wait_for_timeout(15)
    expect(page.get_by_text("30 arrived = 0 here + 0 waiting for a break + 30 done")).to_be_visible(timeout=SOON)


def test_a_worker_that_is_killed_is_started_again(untouched):
    def worker() -> int | None:
        found = [line.split() for line in os.popen("ps -eo pid,ppid,args") if "dashboard.cli worker" in line]
        here = str(untouched.process.pid)
        return next((int(pid) for pid, parent, *_ in found if parent == here), None)

    first = _until(worker)
    os.kill(first, signal.SIGKILL)
    assert _until(lambda: (now := worker()) != first and now) != first


def _until(ask, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := ask():
            return found
        time.sleep(0.1)
    raise AssertionError("it never happened")


@pytest.mark.parametrize("view", ["", "search", "sources", "profile"])
def test_a_phone_shows_every_view_without_scrolling_sideways(browser, untouched, view):
    context = browser.new_context(locale="de-DE", viewport={"width": 390, "height": 844})
    page = context.new_page()
    go(page, untouched, view)
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=SOON)
    assert sideways(page) == 0
    context.close()


def test_a_german_browser_gets_a_german_page(browser, untouched):
    context = browser.new_context(locale="de-DE")
    page = context.new_page()
    go(page, untouched)
    expect(page.get_by_text("Holen Sie Ihre Kanäle zusammen")).to_be_visible(timeout=SOON)
    context.close()


def test_a_page_asked_for_under_a_strange_name_is_refused(untouched):
    def answer(path: str, host: str) -> int:
        port = int(untouched.address.rpartition(":")[2])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", path, headers={"Host": host})
        return connection.getresponse().status

    assert answer("/", "localhost") == 200
    assert answer("/", "evil.example") == 400
    assert answer("/_stcore/stream", "evil.example") == 400


def test_every_answer_says_what_a_browser_may_do_with_it(untouched):
    with urllib.request.urlopen(untouched.address) as reply:
        policy = reply.headers["content-security-policy"]
        assert reply.headers["cross-origin-opener-policy"] == "same-origin"
    assert "script-src 'self' blob: 'sha256-" in policy
    assert "unsafe-eval" not in policy
    assert "frame-ancestors 'none'" in policy


def test_the_page_asks_nothing_of_any_other_host(browser, untouched):
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    go(page, untouched)
    at_rest(page)
    assert asked
    assert [url for url in asked if not url.startswith((untouched.address, "data:", "blob:", "ws://127.0.0.1"))] == []
    context.close()
