"""From an edit of the profile to the list and back, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("profile")]

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour News</title><link>http://x.example</link>
<description>d</description>{items}</channel></rss>"""
ENTRY = "<item><title>{title}</title><guid>{title}</guid><description>About {title}</description></item>"
STORIES = ("Budget", "Canteen", "Harbour", "Release", "Holiday")
SOON = 20_000


@pytest.fixture
def stories(page, product, site):
    address, folder = site
    (folder / "feed.xml").write_text(FEED.format(items="".join(ENTRY.format(title=title) for title in STORIES)))
    done = product.command("sources", "add", "feeds", "--set", f"address={address}/feed.xml")
    assert done.returncode == 0, done.stderr
    done = product.command("sync")
    assert done.returncode == 0, done.stderr
    return page


def go(page: Page, product, view: str = "") -> None:
    page.goto(f"{product.address}/{view}")
    page.locator("[data-testid='stApp'][data-test-script-state='notRunning']").wait_for(timeout=SOON)


def today(page: Page, product) -> list[str]:
    go(page, product)
    expect(page.locator("li.row")).to_have_count(len(STORIES), timeout=SOON)
    titles = page.locator("li.row button.title").all_inner_texts()
    return [title.partition("\n")[0] for title in titles]


def previewed(page: Page) -> list[str]:
    return page.locator("ol.moves .title").all_inner_texts()


def test_an_edit_shows_the_list_that_saving_makes_and_undo_brings_the_old_one_back(stories, product):
    page = stories
    before = today(page, product)
    go(page, product, "profile")
    expect(page.get_by_role("heading", name="Your list now")).to_be_visible(timeout=SOON)
    assert previewed(page) == before

    box = page.get_by_role("textbox", name="Add a topic")
    box.fill(before[-1].lower())
    box.press("Enter")
    expect(page.get_by_role("heading", name="Your list then")).to_be_visible(timeout=SOON)
    expect(page.locator("ol.moves li").first).to_contain_text(before[-1])
    expect(page.locator("ol.moves li").first).to_contain_text(re.compile("places? higher"))
    then = previewed(page)
    assert then != before
    assert today(page, product) == before

    go(page, product, "profile")
    expect(page.get_by_role("strong").filter(has_text="Not saved yet")).to_be_visible(timeout=SOON)
    assert previewed(page) == then
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Your list now")).to_be_visible(timeout=SOON)
    assert today(page, product) == then

    go(page, product, "profile")
    page.get_by_role("button", name="Undo the last save").click()
    expect(page.get_by_role("button", name="Undo the last save")).to_be_hidden(timeout=SOON)
    assert today(page, product) == before


WIDTHS = """() => {
  const page = document.querySelector("[data-testid=stMainBlockContainer]");
  window.widths = new Set();
  new ResizeObserver(() => window.widths.add(page.clientWidth)).observe(page);
}"""


def test_the_page_keeps_its_width_while_it_is_edited(stories, product):
    page = stories
    go(page, product, "profile")
    expect(page.get_by_role("heading", name="Your list now")).to_be_visible(timeout=SOON)
    page.evaluate(WIDTHS)
    for topic in ("canteen", "harbour", "holiday"):
        page.get_by_role("textbox", name="Add a topic").fill(topic)
        page.keyboard.press("Enter")
        expect(page.get_by_role("combobox", name=f"How much “{topic}” matters")).to_be_visible(timeout=SOON)
    assert len(page.evaluate("[...window.widths]")) == 1


def test_the_keyboard_alone_adds_a_person_and_says_how_much_they_matter(stories, product):
    page = stories
    go(page, product, "profile?part=matters")
    box = page.get_by_role("textbox", name="Add a project")
    box.focus()
    page.keyboard.type("Nordlicht")
    page.keyboard.press("Enter")
    choice = page.get_by_role("combobox", name="How much “nordlicht” matters")
    expect(choice).to_be_visible(timeout=SOON)
    choice.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name="First of all")).to_be_visible(timeout=SOON)
    page.keyboard.press("Escape")
    remove = page.get_by_role("button", name="Remove “nordlicht”")
    remove.focus()
    page.keyboard.press("Enter")
    expect(choice).to_be_hidden(timeout=SOON)


def test_everything_known_is_handed_over_as_one_file(stories, product, tmp_path):
    page = stories
    go(page, product, "profile?part=known")
    with page.expect_download(timeout=SOON) as download:
        page.get_by_role("button", name="Save everything as a file").click()
    file = tmp_path / "everything.zip"
    download.value.save_as(file)
    assert file.read_bytes()[:2] == b"PK"


def test_an_address_in_a_text_is_no_link(page, product):
    go(page, product, "profile?part=oneself")
    box = page.get_by_role("textbox", name="Add an address or a name")
    box.fill("www.evil.example me@evil.example http://evil.example")
    box.press("Enter")
    expect(page.get_by_text("evil.example").first).to_be_visible(timeout=SOON)
    assert page.locator("a[href*=evil]").count() == 0
