"""What people do here every day, with no mouse: each task ends with the focus somewhere and with words for the ear."""

import re

import pytest
from playwright.sync_api import Page, expect

from connectors.kit import Kind, Person
from tests.ui.morning import ROWS, SOON, focused, has
from tests.ui.product import IDLE, at_rest, running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("keyboard")]

TOM = Person("Tom Okafor", "tom@example.org")
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour News</title><link>http://x.example</link>
<item><title>The crane is back</title><link>http://x.example/1</link><guid>1</guid></item></channel></rss>"""
KEEPER = "keeper@example.org"
STOPS = 80
"""So many times Tab is pressed before something counts as out of reach."""
STANDS_AT = """() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at === document.body ? "" : at?.outerHTML ?? "";
}"""


def named(page: Page, role: str, name: str | re.Pattern[str]):
    return page.get_by_role(role, name=name, exact=isinstance(name, str))


def tab_to(page: Page, role: str, name: str | re.Pattern[str], key: str = "Tab"):
    """Press Tab until something of this role and accessible name has the focus."""
    wanted = named(page, role, name).first
    wanted.wait_for(timeout=SOON)
    for _ in range(STOPS):
        if wanted.evaluate("node => node.getRootNode().activeElement === node"):
            return wanted
        page.keyboard.press(key)
    raise AssertionError(f"{STOPS} times {key} do not lead to the {role} {name}")


def press(page: Page, role: str, name: str | re.Pattern[str], key: str = "Enter") -> None:
    tab_to(page, role, name)
    page.keyboard.press(key)


def heard(page: Page, words: str | re.Pattern[str]) -> None:
    """Hold that a screen reader was told so, by itself."""
    spoken = page.get_by_role("status").or_(page.get_by_role("alert")).filter(has_text=words)
    expect(spoken.first).to_be_attached(timeout=SOON)


def stands(page: Page) -> None:
    """Hold that the focus is on something once everything is drawn."""
    at_rest(page)
    assert page.evaluate(STANDS_AT), "the focus is lost"


@pytest.fixture
def page(browser, morning):
    with morning.page(browser) as page:
        yield page


@pytest.fixture(scope="module")
def beginning(tmp_path_factory):
    """Start a product behind a proxy that says who asks; nothing is in it yet."""
    settings = {"FRONTDESK_LOGIN__HEADER": "X-User", "FRONTDESK_LOGIN__TRUSTED_PROXIES": "127.0.0.1/32"}
    with running(
        tmp_path_factory.mktemp("first") / "data", FRONTDESK_NETWORK__ALLOW="127.0.0.0/8", **settings
    ) as product:
        product.command("people", "add", KEEPER, "--admin")
        yield product


@pytest.fixture
def first(browser, beginning):
    context = browser.new_context(locale="en-GB", extra_http_headers={"X-User": KEEPER})
    page = context.new_page()
    page.goto(beginning.address)
    page.locator(IDLE).wait_for(timeout=SOON)
    yield page
    context.close()


def test_the_first_source_is_added_from_the_empty_page_paused_and_read_again(first, site):
    address, folder = site
    (folder / "feed.xml").write_text(FEED)
    tab_to(first, "textbox", "Address of a page or feed")
    first.keyboard.type(f"{address}/none.xml")
    first.keyboard.press("Enter")
    heard(first, "Nothing was saved")
    stands(first)
    tab_to(first, "textbox", "Address of a page or feed", "Shift+Tab")
    first.keyboard.press("Control+a")
    first.keyboard.type(f"{address}/feed.xml")
    first.keyboard.press("Enter")
    has(first, 1)
    heard(first, "is added")
    stands(first)
    first.keyboard.press("g")
    first.keyboard.press("q")
    expect(named(first, "heading", "Sources")).to_be_visible(timeout=SOON)
    press(first, "button", "Pause")
    heard(first, "Harbour News: Stopped")
    expect(named(first, "button", "Resume")).to_be_focused(timeout=SOON)
    first.keyboard.press("Enter")
    heard(first, "Harbour News: due now")
    expect(named(first, "button", "Pause")).to_be_focused(timeout=SOON)


def test_an_admin_adds_a_person_and_signs_out(first, beginning):
    press(first, "link", "Admin")
    tab_to(first, "radio", "Health")
    for _ in range(2):
        first.keyboard.press("ArrowRight")
    expect(named(first, "radio", "People")).to_be_focused(timeout=SOON)
    first.keyboard.press("Space")
    stands(first)
    first.get_by_text("Add a person", exact=True).wait_for(timeout=SOON)
    for _ in range(STOPS):
        if "Add a person" in first.evaluate(STANDS_AT) and "summary" in first.evaluate(STANDS_AT):
            break
        first.keyboard.press("Tab")
    first.keyboard.press("Enter")
    tab_to(first, "textbox", "Login")
    first.keyboard.type("ada@example.org")
    press(first, "button", "Add")
    heard(first, "is added")
    stands(first)
    assert "ada@example.org" in beginning.command("people", "list").stdout
    first.reload()
    first.locator(IDLE).wait_for(timeout=SOON)
    press(first, "button", re.compile("keeper"))
    press(first, "link", "Sign out")
    expect(named(first, "heading", re.compile("sign(ed)? (in|out)", re.IGNORECASE))).to_be_visible(timeout=SOON)


def test_an_item_is_opened_its_reasons_are_read_and_the_focus_comes_back(page):
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    title = focused(page)
    assert title
    for key in ("Enter", "w"):
        page.keyboard.press(key)
        drawer = named(page, "dialog", title)
        expect(drawer).to_be_visible(timeout=SOON)
        expect(drawer.get_by_role("tab", name="Why here")).to_have_attribute("aria-selected", "true")
        for _ in range(STOPS):
            page.keyboard.press("Tab")
            inside = drawer.evaluate("node => node.contains(document.activeElement)")
            assert inside or page.evaluate(STANDS_AT) == "", "the focus leaves a dialog that is open"
            if not inside:
                break
        page.keyboard.press("Escape")
        expect(drawer).to_be_hidden(timeout=SOON)
        stands(page)
        assert focused(page) == title


def test_done_undone_and_put_off_to_next_week(page):
    page.keyboard.press("j")
    title = focused(page)
    page.keyboard.press("e")
    has(page, ROWS - 1)
    heard(page, f"Done: {title}")
    stands(page)
    page.keyboard.press("u")
    has(page, ROWS)
    heard(page, f"Taken back – Done: {title}")
    assert focused(page) == title
    page.keyboard.press("S")
    expect(page.get_by_role("dialog")).to_be_visible()
    press(page, "button", "In a week")
    has(page, ROWS - 1)
    heard(page, f"Later: {title}")
    stands(page)
    assert focused(page) not in ("", title)


def test_a_person_is_muted_and_heard_again(page, morning):
    morning.arrive(morning.item("tom", author=TOM))
    has(page, ROWS + 1)
    for key in ("j", *("k" * ROWS)):
        page.keyboard.press(key)
    assert focused(page) == "Title tom"
    page.keyboard.press("m")
    expect(named(page, "button", "Mute this conversation")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(named(page, "button", "Mute Tom Okafor")).to_be_focused()
    page.keyboard.press("Enter")
    has(page, ROWS)
    heard(page, "Muted: Tom Okafor")
    stands(page)
    page.keyboard.press("Control+z")
    has(page, ROWS + 1)
    heard(page, "Taken back – Muted: Tom Okafor")
    stands(page)


def test_the_last_row_leaves_the_focus_on_the_way_back(page, morning):
    page.keyboard.press("j")
    for _ in range(ROWS):
        page.keyboard.press("e")
    has(page, 0)
    expect(named(page, "button", "Undo")).to_be_focused(timeout=SOON)
    stands(page)
    page.keyboard.press("Enter")
    has(page, 1)
    stands(page)


def test_the_list_is_filtered_by_kind_and_source_and_shown_whole_again(page, morning):
    morning.arrive(morning.item("mail", kind=Kind.MAIL))
    has(page, ROWS + 1)
    press(page, "button", "Mail 1")
    has(page, 1)
    heard(page, "1 in this list")
    expect(named(page, "button", "Mail 1")).to_be_focused()
    tab_to(page, "combobox", "All sources")
    page.keyboard.press("ArrowDown")
    stands(page)
    has(page, 1)
    press(page, "button", "Show everything")
    has(page, ROWS + 1)
    heard(page, f"{ROWS + 1} in this list")
    stands(page)


def test_a_search_is_heard_and_a_hit_opened(page):
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused(timeout=SOON)
    page.keyboard.type("zzzz")
    heard(page, "Nothing found")
    page.keyboard.press("Control+a")
    page.keyboard.type("title:03")
    has(page, 1)
    heard(page, "1 of 1")
    expect(page.get_by_role("searchbox")).to_be_focused()
    press(page, "button", re.compile("^Title 03"))
    expect(named(page, "dialog", "Title 03")).to_be_visible(timeout=SOON)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=SOON)
    stands(page)
    assert focused(page) == "Title 03"


def test_the_profile_is_changed_seen_in_advance_saved_and_taken_back(page):
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(named(page, "heading", "Your list now")).to_be_visible(timeout=SOON)
    tab_to(page, "textbox", "Add a topic")
    page.keyboard.type("title")
    page.keyboard.press("Enter")
    expect(named(page, "heading", "Your list then")).to_be_visible(timeout=SOON)
    heard(page, "Not saved yet")
    stands(page)
    press(page, "button", "Save")
    expect(named(page, "heading", "Your list now")).to_be_visible(timeout=SOON)
    heard(page, "Profile saved")
    stands(page)
    press(page, "button", "Undo the last save")
    heard(page, "Taken back – Profile saved")
    stands(page)
