"""The page as an app: it can be installed, says so when the server is away, interrupts once, and breaks no rule."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from dashboard.board import Board
from dashboard.board.records import Choice
from dashboard.opening import open_house
from dashboard.settings import Settings
from tests.ui.product import IDLE, at_rest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("shell")]

SOON = 20_000
EVENT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//y//EN
BEGIN:VEVENT
UID:1
DTSTAMP:{now:%Y%m%dT%H%M%SZ}
DTSTART:{start:%Y%m%dT%H%M%SZ}
DTEND:{end:%Y%m%dT%H%M%SZ}
SUMMARY:Stand-up
DESCRIPTION:the door code is 4711
END:VEVENT
END:VCALENDAR
"""


def opened(browser, address, **kwargs):
    page = browser.new_context(**kwargs).new_page()
    page.problems = []
    page.on("console", lambda said: page.problems.append(said.text) if wrong(said) else None)
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto(address)
    page.locator(IDLE).wait_for(timeout=SOON)
    return page


def wrong(said) -> bool:
    """Say whether a line of the console is about our page; Streamlit looks for itself below every path, and is not."""
    return said.type in {"error", "warning"} and "/_stcore/" not in said.location["url"]


def test_a_browser_calls_the_page_installable_and_finds_its_manifest(browser, untouched):
    page = opened(browser, untouched.address, locale="de-DE")
    page.evaluate("navigator.serviceWorker.ready")
    devtools = page.context.new_cdp_session(page)
    end = time.monotonic() + 10
    while (
        problems := devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    ) and time.monotonic() < end:
        page.wait_for_timeout(300)
    # A window without a profile can install nothing, whatever the page offers.
    assert [one["errorId"] for one in problems if one["errorId"] != "in-incognito"] == []
    manifest = devtools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"].endswith("/manifest.webmanifest")
    assert "Alles, was Sie erreicht" in manifest["data"]
    assert page.evaluate("document.documentElement.lang") == "de"
    page.context.close()


def test_a_page_that_cannot_reach_the_server_says_so_in_the_language_of_the_person(browser, untouched):
    page = opened(browser, untouched.address, locale="de-DE")
    page.evaluate("navigator.serviceWorker.ready")
    page.context.set_offline(True)
    page.goto(untouched.address)
    expect(page.get_by_role("heading", name="Frontdesk ist nicht erreichbar")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("link", name="Jetzt noch einmal versuchen").click()
    page.locator(IDLE).wait_for(timeout=SOON)
    page.context.close()


@pytest.mark.parametrize("view", ["", "search", "sources", "profile"])
def test_no_view_breaks_the_content_policy_or_says_anything_in_the_console(browser, untouched, view):
    page = opened(browser, f"{untouched.address}/{view}")
    at_rest(page)
    assert page.problems == []
    page.context.close()


def test_what_begins_soon_is_notified_once_and_leads_to_the_item(browser, product, site):
    address, folder = site
    start = datetime.now(UTC) + timedelta(minutes=30)
    event = EVENT.format(now=datetime.now(UTC), start=start, end=start + timedelta(hours=1))
    (folder / "c.ics").write_text(event.replace("\n", "\r\n"))
    house = open_house(Settings(data=product.data))
    board = Board(house)
    board.alerts.choose(board.me().id, Choice(first=True))
    context = browser.new_context(locale="en-GB", permissions=["notifications"])
    pages = [context.new_page() for _ in range(2)]
    for page in pages:
        page.goto(product.address)
        page.locator(IDLE).wait_for(timeout=SOON)
        page.evaluate("navigator.serviceWorker.ready")
        page.evaluate("Object.defineProperty(document, 'hidden', { get: () => true })")
    # Every window of a headless browser counts as looked at: the service worker is told that there is none.
    context.service_workers[0].evaluate("() => void (self.clients.matchAll = async () => [])")
    added = product.command("sources", "add", "calendar", "--set", f"address={address}/c.ics", "--title", "Calendar")
    assert added.returncode == 0, added.stderr
    shown = """navigator.serviceWorker.ready.then(async (ready) =>
        (await ready.getNotifications()).map((one) => [one.title, one.body, one.data]))"""
    end = time.monotonic() + 40
    while not (notified := pages[0].evaluate(shown)) and time.monotonic() < end:
        pages[0].wait_for_timeout(500)
    [[title, body, way]] = notified
    assert (title, body) == ("Calendar", "Stand-up")
    pages[0].wait_for_timeout(3_000)
    assert len(pages[1].evaluate(shown)) == 1
    assert board.alerts.due(board.me().id, UTC) == []
    house.store.close()
    pages[0].goto(product.address + way)
    expect(pages[0].get_by_role("dialog")).to_contain_text("Stand-up", timeout=SOON)
    assert "item=" not in pages[0].url
    context.close()
