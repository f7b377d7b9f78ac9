"""The first minute of a person, in a real browser: to a feed or into the demo, and out of it again."""

import pytest
from playwright.sync_api import Page, expect

from tests.ui.product import IDLE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("first run")]

SOON = 20_000
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour News</title><link>http://x.example</link>
<item><title>The crane is back</title><link>http://x.example/1</link><guid>1</guid></item></channel></rss>"""
SITE = """<!doctype html><title>Harbour</title><h1>Harbour</h1>
<link rel="alternate" type="application/rss+xml" href="/feed.xml">"""


def rows(page: Page):
    return page.locator("li.row")


def paste(page: Page, address: str) -> None:
    page.get_by_role("textbox", name="Address of a page or feed").fill(address)
    page.get_by_role("button", name="Add", exact=True).click()


def test_the_address_of_a_page_becomes_a_list_with_nobody_reloading(page, site):
    address, folder = site
    (folder / "index.html").write_text(SITE)
    (folder / "feed.xml").write_text(FEED)
    paste(page, address)
    expect(rows(page)).to_have_count(1, timeout=SOON)
    expect(rows(page)).to_contain_text("The crane is back")


def test_an_address_that_does_not_work_is_explained_in_place_and_can_be_mended(page, site):
    address, folder = site
    (folder / "empty.html").write_text("<html><title>No feed here</title></html>")
    paste(page, f"{address}/empty.html")
    expect(page.get_by_role("alert").first).to_contain_text("Nothing was saved", timeout=SOON)
    (folder / "feed.xml").write_text(FEED)
    paste(page, f"{address}/feed.xml")
    expect(rows(page)).to_have_count(1, timeout=SOON)


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("nothing.xml", "There is nothing at this address"),
        ("page.html", "This page offers no feed"),
        ("login.html", "leads to a page to sign in at"),
    ],
)
def test_what_stands_at_an_address_instead_of_a_feed_is_said(page, site, path, sentence):
    address, folder = site
    (folder / "page.html").write_text("<html><title>No feed here</title></html>")
    (folder / "login.html").write_text("<html><form><input name=user><input type=password name=pw></form></html>")
    paste(page, f"{address}/{path}")
    expect(page.get_by_role("alert").first).to_contain_text(sentence, timeout=SOON)


def test_the_first_page_makes_room_when_a_source_is_added_elsewhere(page, product, site):
    address, folder = site
    (folder / "feed.xml").write_text(FEED)
    done = product.command("sources", "add", "feeds", "--set", f"address={address}/feed.xml")
    assert done.returncode == 0, done.stderr
    expect(rows(page)).to_have_count(1, timeout=SOON)


def test_the_demo_comes_and_goes_with_one_click_each_and_the_banner_says_what_it_is(page, product):
    page.get_by_role("button", name="Look around with a made-up day").click()
    expect(rows(page).first).to_be_visible(timeout=SOON)
    banner = page.get_by_text("This is a demo.")
    expect(banner).to_be_visible()
    page.get_by_role("link", name="Sources").click()
    expect(page.get_by_text("Demo: Mail", exact=True)).to_be_visible(timeout=SOON)
    expect(banner).to_be_visible()
    page.get_by_role("button", name="Remove the demo").click()
    expect(banner).to_be_hidden(timeout=SOON)
    page.get_by_role("link", name="Today").click()
    expect(page.get_by_text("Bring your channels together")).to_be_visible(timeout=SOON)
    assert "Demo" not in product.command("sources", "list").stdout


def test_the_demo_leaves_real_sources_alone(page, product, site):
    address, folder = site
    (folder / "feed.xml").write_text(FEED)
    page.get_by_role("button", name="Look around with a made-up day").click()
    expect(rows(page).first).to_be_visible(timeout=SOON)
    product.command("sources", "add", "feeds", "--set", f"address={address}/feed.xml")
    page.get_by_role("button", name="Remove the demo").click()
    page.locator(IDLE).wait_for()
    expect(rows(page)).to_have_count(1, timeout=SOON)
    expect(rows(page)).to_contain_text("The crane is back")
