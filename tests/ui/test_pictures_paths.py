"""Sources, an opened item, its bars and a search in a real browser: what is seen, pressed and left again."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.connectors.imap.dovecot import PASSWORD, Dovecot
from tests.ui.looks import sideways
from tests.ui.product import IDLE, at_rest, running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pictures")]

SOON = 20_000
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour News</title><link>http://x.example</link>
<description>d</description>{items}</channel></rss>"""
ENTRY = "<item><title>{title}</title><guid>{title}</guid><description>All about {title}</description></item>"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def go(page: Page, product, view: str = "") -> None:
    page.goto(f"{product.address}/{view}")
    page.locator(IDLE).wait_for(timeout=SOON)


def add_feed(page: Page, product, site, *titles: str) -> None:
    address, folder = site
    (folder / "feed.xml").write_text(FEED.format(items="".join(ENTRY.format(title=title) for title in titles)))
    go(page, product, "sources")
    page.get_by_role("button", name="Feeds", exact=True).click()
    page.get_by_role("textbox", name="Address").fill(f"{address}/feed.xml")
    page.get_by_role("button", name="Test", exact=True).click()
    expect(page.get_by_text("It works: Harbour News")).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Test and add").click()
    expect(page.get_by_text("is added")).to_be_visible(timeout=SOON)


def findings(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


def test_from_a_new_source_to_its_items_their_bars_the_next_item_and_a_kept_search(page, product, site):
    add_feed(page, product, site, "Budget of the port", "Cranes at night", "A quiet day")
    page.get_by_role("link", name="To your list").click()
    expect(page.locator("li.row")).to_have_count(3, timeout=SOON)

    page.locator("li.row button.title").first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("1 of 3", exact=True)).to_be_visible(timeout=SOON)
    table = drawer.get_by_role("table")
    points = [text.replace("\u2212", "-") for text in table.locator("output").all_inner_texts()]
    assert round(sum(map(float, points[:-1])), 2) == float(points[-1])
    assert table.locator(".fd-bar i").first.bounding_box()["width"] > 20
    expect(drawer.get_by_text("What would change it").or_(drawer.get_by_text("No single reason"))).to_be_visible()
    at_rest(page)
    assert findings(page) == []

    drawer.get_by_role("button", name="Next").click()
    expect(drawer.get_by_text("2 of 3", exact=True)).to_be_visible(timeout=SOON)
    drawer.get_by_role("button", name="Done").click()
    expect(drawer.get_by_text("2 of 2", exact=True)).to_be_visible(timeout=SOON)
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden(timeout=SOON)
    expect(page.locator("li.row")).to_have_count(2, timeout=SOON)

    page.get_by_text("The day so far").click()
    expect(page.get_by_text("3 arrived since midnight")).to_be_visible(timeout=SOON)

    go(page, product, "search")
    page.get_by_role("searchbox").fill("about")
    expect(page.get_by_role("main").get_by_test_id("stCaptionContainer").get_by_text("3 of 3 items")).to_be_visible(
        timeout=SOON
    )
    expect(page.locator("li.row .chip, li.row .why li").filter(has_text="done")).to_have_count(1)
    page.get_by_role("button", name="Keep this search").click()
    expect(page.get_by_role("button", name="Keep it no longer")).to_be_visible(timeout=SOON)
    go(page, product, "search")
    page.get_by_role("link", name="about").click()
    expect(page.get_by_role("main").get_by_test_id("stCaptionContainer").get_by_text("3 of 3 items")).to_be_visible(
        timeout=SOON
    )
    page.get_by_role("button", name="Unread").click()
    expect(page.get_by_text("Nothing found").or_(page.locator("li.row")).first).to_be_visible(timeout=SOON)


def test_a_source_is_renamed_looked_into_and_removed(page, product, site):
    add_feed(page, product, site, "One")
    expect(page.get_by_text("1 item ·")).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Settings").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("textbox", name="Name").fill("Port news")
    drawer.get_by_role("button", name="Test and save").click()
    expect(page.get_by_text("The settings of “Port news” are saved")).to_be_visible(timeout=SOON)
    expect(drawer).to_be_hidden(timeout=SOON)
    expect(page.get_by_text("Port news", exact=True)).to_be_visible(timeout=SOON)

    page.locator(".fd summary").click()
    expect(page.get_by_role("table", name="How “Port news” did for 7 days")).to_be_visible()
    at_rest(page)
    assert findings(page) == []

    page.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("No source yet")).to_be_visible(timeout=SOON)


@pytest.fixture(scope="module")
def mail_server(program):
    server = Dovecot(program("dovecot"))
    yield server
    server.stop()


def test_a_wrong_password_is_named_and_the_right_one_is_accepted_at_once(browser, tmp_path, mail_server):
    settings = {"FRONTDESK_NETWORK__ALLOW": "127.0.0.0/8", "FRONTDESK_NETWORK__PORTS": str(mail_server.port)}
    with running(tmp_path / "data", **settings) as product:
        page = browser.new_context(locale="de-DE", viewport={"width": 390, "height": 844}).new_page()
        go(page, product, "sources")
        page.get_by_role("button", name="Mail (IMAP)", exact=True).click()
        page.locator("summary", has_text="Mehr").click()
        at_rest(page)
        page.get_by_role("textbox", name="Server").fill("127.0.0.1")
        page.get_by_role("spinbutton", name="Port").fill(str(mail_server.port))
        page.keyboard.press("Tab")
        at_rest(page)  # a list that is open goes when the form is drawn anew
        page.get_by_role("combobox", name="Sicherheit").click()
        page.get_by_role("option", name="plain").click()
        at_rest(page)
        page.get_by_role("textbox", name="Mailadresse").fill("ada@example.org")
        page.get_by_role("button", name="Testen und hinzufügen").click()
        expect(page.get_by_text("Diese Angabe fehlt.")).to_be_visible(timeout=SOON)
        page.get_by_role("textbox", name="Passwort").fill("wrong")
        page.get_by_role("button", name="Testen und hinzufügen").click()
        expect(page.get_by_text("Die Anmeldung wird nicht angenommen")).to_be_visible(timeout=SOON)
        assert sideways(page) == 0
        page.get_by_role("textbox", name="Passwort").fill(PASSWORD)
        page.get_by_role("button", name="Testen und hinzufügen").click()
        expect(page.get_by_text("ist hinzugefügt")).to_be_visible(timeout=SOON)
        page.context.close()
