"""The sources of a person in a real browser: what comes from another device, and lists of feeds from another reader."""

import pytest
from playwright.sync_api import Page, expect

from tests.ui.product import IDLE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("sources")]

SOON = 20_000
OPML = b"""<opml version="2.0"><body><outline text="a" xmlUrl="https://a.example/feed"/>
<outline text="b" xmlUrl="/etc/passwd"/></body></opml>"""


@pytest.fixture
def sources(page, product) -> Page:
    page.goto(f"{product.address}/sources")
    page.locator(IDLE).wait_for(timeout=SOON)
    return page


def test_feeds_of_another_reader_are_added_once_and_what_is_no_address_of_the_web_is_named(sources, product):
    sources.get_by_text("Feeds as OPML").click()
    sources.locator("input[type=file]").set_input_files({"name": "f.opml", "mimeType": "text/x-opml", "buffer": OPML})
    expect(sources.get_by_text("1 feed added")).to_be_visible(timeout=SOON)
    expect(sources.get_by_text("1 was left out")).to_be_visible()
    expect(sources.get_by_text("b: /etc/passwd")).to_be_visible()
    expect(sources.get_by_role("button", name="Read now")).to_have_count(1, timeout=SOON)
    assert product.command("sources", "list").stdout.count("a.example") <= 1


def test_a_first_source_that_is_added_elsewhere_appears_without_a_reload(sources, product, site):
    address, folder = site
    (folder / "feed.xml").write_text('<rss version="2.0"><channel><title>Quay</title></channel></rss>')
    expect(sources.get_by_text("No source yet")).to_be_visible(timeout=SOON)
    done = product.command("sources", "add", "feeds", "--set", f"address={address}/feed.xml")
    assert done.returncode == 0, done.stderr
    expect(sources.get_by_text("No source yet")).to_be_hidden(timeout=SOON)
    expect(sources.get_by_role("button", name="Read now")).to_have_count(1, timeout=SOON)


def test_a_password_arrives_also_where_the_form_is_filled_in_by_keyboard_alone(sources):
    sources.get_by_role("button", name="Mail (IMAP)", exact=True).click()
    sources.get_by_role("textbox", name="Mail address").fill("ada@harbour.invalid")
    sources.locator("input[type=password]").fill("secret")
    sources.keyboard.press("Tab")  # to the eye beside it, which keeps what was typed to itself
    sources.keyboard.press("Tab")
    sources.wait_for_timeout(1000)  # nobody is at the button sooner
    save = sources.get_by_role("button", name="Test and add")
    save.focus()
    sources.keyboard.press("Enter")
    expect(sources.get_by_text("Nothing was saved")).to_be_visible(timeout=SOON)
    expect(sources.get_by_text("This is needed")).to_have_count(0)


def test_a_mailbox_asks_for_address_and_password_and_for_the_server_only_where_none_is_found(sources):
    sources.get_by_role("button", name="Mail (IMAP)", exact=True).click()
    sources.get_by_role("textbox", name="Mail address").fill("ada@harbour.invalid")
    sources.locator("input[type=password]").fill("secret")
    server = sources.get_by_role("textbox", name="Server")
    expect(server).to_be_hidden()
    sources.get_by_role("button", name="Test and add").click()
    expect(sources.get_by_text("cannot be reached: imap.harbour.invalid")).to_be_visible(timeout=SOON)
    expect(server).to_be_visible(timeout=SOON)
    expect(sources.locator("input[type=password]")).to_have_value("secret")
