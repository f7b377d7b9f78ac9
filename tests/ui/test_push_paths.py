"""What is new comes to the page by itself, on every device, and takes nothing away from whoever is typing there."""

import os
import signal
import time

import pytest
from playwright.sync_api import Page, expect

from tests.ui.product import IDLE, at_rest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("push")]

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour News</title>
<link>http://x.example</link>{}</channel></rss>"""
ENTRY = """<item><title>{0}</title><link>http://x.example/{1}</link><guid>{1}</guid>
<description>{0} at length</description></item>"""
SOON = 20_000
AT_ONCE = 2_000


def write(folder, *titles):
    entries = "".join(ENTRY.format(title, n) for n, title in enumerate(titles))
    (folder / "feed.xml").write_text(FEED.format(entries))


def sync(product):
    done = product.command("sync")
    assert done.returncode == 0, done.stderr


@pytest.fixture
def news(product, site):
    """Return a function that lets these titles be published and read."""
    address, folder = site

    def publish(*titles):
        write(folder, *titles)
        sync(product)

    write(folder, "Budget", "Quiet day")
    added = product.command("sources", "add", "feeds", "--set", f"address={address}/feed.xml")
    assert added.returncode == 0, added.stderr
    sync(product)
    return publish


def device(browser, product, path="", **kwargs) -> Page:
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900}, **kwargs)
    page = context.new_page()
    frames: list[float] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda _: frames.append(time.monotonic())))
    page.frames_seen = frames
    visit(page, product, path)
    return page


def visit(page, product, path="") -> Page:
    page.goto(f"{product.address}/{path}")
    page.locator(IDLE).wait_for(timeout=SOON)
    becomes(page, "window.frontdesk?.rev !== undefined")
    return page


def becomes(page: Page, expression: str, seconds: float = 20) -> None:
    """Wait until an expression is true; the content policy forbids the page to evaluate one itself."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(100)


def rows(page: Page):
    return page.locator("li.row")


def settle(page: Page) -> None:
    """Wait until the page has shown everything that is still on its way."""
    while not page.frames_seen or time.monotonic() - page.frames_seen[-1] < 1.5:
        page.wait_for_timeout(200)


@pytest.fixture
def desktop(browser, product, news):
    page = device(browser, product)
    expect(rows(page)).to_have_count(2, timeout=SOON)
    yield page
    page.context.close()


def test_what_is_new_and_what_is_done_is_seen_on_every_device_at_once(browser, product, news, desktop):
    phone = device(browser, product)
    expect(rows(phone)).to_have_count(2, timeout=SOON)
    news("Budget", "Quiet day", "Third")
    for page in (desktop, phone):
        expect(rows(page)).to_have_count(3, timeout=AT_ONCE)
    phone.get_by_role("button", name="Done: Budget").click()
    expect(rows(desktop)).to_have_count(2, timeout=AT_ONCE)
    phone.context.close()


def test_what_is_new_comes_to_an_open_search_and_touches_nobody_s_typing(browser, product, news):
    page = device(browser, product, "search?q=budget")
    expect(rows(page)).to_have_count(1, timeout=SOON)
    settle(page)
    box = page.get_by_role("searchbox").first
    box.focus()
    news("Budget", "Quiet day", "Second budget")
    expect(rows(page)).to_have_count(2, timeout=SOON)
    expect(box).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type(" second")
    expect(box).to_have_value("budget second")
    expect(rows(page)).to_have_count(1, timeout=SOON)
    page.context.close()


def test_nothing_at_all_is_sent_while_nothing_happens(desktop):
    settle(desktop)
    before = len(desktop.frames_seen)
    desktop.wait_for_timeout(6_000)
    assert len(desktop.frames_seen) == before


def test_news_do_not_move_the_focus_the_place_or_an_open_item(product, news, desktop):
    news(*(f"Story {n}" for n in range(40)))
    expect(rows(desktop)).to_have_count(40, timeout=SOON)
    settle(desktop)
    desktop.locator("li.row button.title").nth(30).focus()
    place = "document.querySelector('[data-testid=stMain]').scrollTop"
    focus = "document.activeElement.shadowRoot?.activeElement?.textContent ?? document.activeElement.textContent"
    desktop.evaluate("document.querySelector('[data-testid=stMain]').scrollBy(0, 120)")
    before = desktop.evaluate(place), desktop.evaluate(focus)
    assert before[0] > 0
    news(*(f"Story {n}" for n in range(41)))
    told = desktop.get_by_role("button", name="1 new")  # whoever reads is not moved: the row waits to be called
    expect(told).to_be_visible(timeout=AT_ONCE)
    settle(desktop)
    assert desktop.evaluate(focus) == before[1]
    assert abs(desktop.evaluate(place) - before[0]) < 120  # no row came above it
    told.click()
    expect(rows(desktop)).to_have_count(41, timeout=AT_ONCE)


def test_news_do_not_close_an_item_that_is_being_read(product, news, desktop):
    desktop.get_by_role("button", name="Budget", exact=True).click()
    drawer = desktop.get_by_role("dialog")
    expect(drawer).to_be_visible(timeout=SOON)
    settle(desktop)
    news("Budget", "Quiet day", "Third")
    expect(desktop.locator("button.news").or_(desktop.locator("li.row").nth(2)).first).to_be_attached(timeout=SOON)
    at_rest(desktop)
    expect(drawer).to_be_visible()
    desktop.keyboard.press("Escape")
    expect(drawer).to_be_hidden(timeout=SOON)
    expect(rows(desktop).or_(desktop.get_by_role("button", name="1 new"))).to_have_count(3, timeout=SOON)


def test_a_reload_keeps_the_place_and_the_words_of_a_search(product, news, desktop):
    news(*(f"Story {n}" for n in range(60)))
    expect(rows(desktop)).to_have_count(50, timeout=SOON)
    settle(desktop)
    desktop.wait_for_timeout(4_000)
    desktop.mouse.move(600, 500)
    desktop.mouse.wheel(0, 1500)
    desktop.wait_for_timeout(500)
    place = "Math.round(document.querySelector('[data-testid=stMain]').scrollTop)"
    before = desktop.evaluate(place)
    assert before > 500
    desktop.reload()
    expect(rows(desktop)).to_have_count(50, timeout=SOON)
    becomes(desktop, f"Math.abs({place} - {before}) < 3", seconds=5)

    visit(desktop, product, "search")
    desktop.get_by_role("searchbox").fill("story length")
    expect(rows(desktop).first).to_be_visible(timeout=SOON)
    settle(desktop)
    desktop.reload()
    expect(desktop.get_by_role("searchbox")).to_have_value("story length", timeout=SOON)
    expect(rows(desktop).first).to_be_visible(timeout=SOON)


def test_what_came_while_the_device_was_offline_is_there_when_it_is_back(product, news, desktop):
    settle(desktop)
    desktop.context.set_offline(True)
    news("Budget", "Quiet day", "Meanwhile")
    desktop.wait_for_timeout(3_000)
    assert rows(desktop).count() == 2
    desktop.context.set_offline(False)
    expect(rows(desktop)).to_have_count(3, timeout=SOON)


def test_a_page_comes_back_by_itself_with_its_filters_after_the_web_process_was_killed(browser, product, news):
    page = device(browser, product, "?kind=news")
    expect(rows(page)).to_have_count(2, timeout=SOON)
    killed = web_process(product)
    os.kill(killed, signal.SIGKILL)
    news("Budget", "Quiet day", "Third")
    expect(rows(page)).to_have_count(3, timeout=60_000)
    assert "kind=news" in page.url
    assert web_process(product) != killed
    page.context.close()


def web_process(product) -> int:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        found = [line.split() for line in os.popen("ps -eo pid,ppid,args") if "dashboard.ui" in line]
        for pid, parent, *_ in found:
            if parent == str(product.process.pid):
                return int(pid)
        time.sleep(0.1)
    raise AssertionError("no web process")


def test_a_server_with_open_pages_ends_within_a_few_seconds(product, desktop):
    settle(desktop)
    began = time.monotonic()
    product.process.terminate()
    product.process.wait(20)
    assert time.monotonic() - began < 8


def test_ten_tabs_of_one_browser_all_load_and_all_hear_the_news(product, news, desktop):
    tabs = [desktop.context.new_page() for _ in range(9)]
    for tab in tabs:
        visit(tab, product)
    news("Budget", "Quiet day", "Third")
    for tab in (desktop, *tabs):
        expect(rows(tab)).to_have_count(3, timeout=SOON)
    streams = desktop.evaluate(
        "navigator.locks.query().then(all => all.held.filter(l => l.name === 'frontdesk-events').length)"
    )
    assert streams == 1
    desktop.close()  # which had the stream: another tab takes over
    news("Budget", "Quiet day", "Third", "Fourth")
    expect(rows(tabs[-1])).to_have_count(4, timeout=SOON)
