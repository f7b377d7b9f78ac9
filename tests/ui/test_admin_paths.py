"""What an admin does, in a real browser with the real worker behind the page."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.ui.looks import sideways
from tests.ui.product import IDLE, Product, at_rest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("admin")]

SOON = 20_000
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ROOMS = {
    "en": ["Health", "Sources for everyone", "People", "Defaults", "Log", "Backup"],
    "de": ["Zustand", "Quellen für alle", "Menschen", "Vorgaben", "Protokoll", "Sicherung"],
}
FEED = "<rss><channel><title>Canteen</title><item><title>Soup of the day</title><guid>1</guid></item></channel></rss>"
PEOPLE = "login,name,groups\nada@example.org,Ada,sales|board\nbob@example.org,Bob,\n"


def go(page: Page, product: Product, room: str) -> None:
    page.goto(f"{product.address}/admin")
    page.locator(IDLE).wait_for(timeout=SOON)
    enter(page, room)


def enter(page: Page, room: str) -> None:
    page.get_by_role("radio", name=room, exact=True).click()
    at_rest(page)


def bring(page: Page, text: str) -> None:
    page.get_by_text("Bring people in from a list").click()
    file = {"name": "people.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.locator("input[type=file]").set_input_files(file)


def test_a_source_given_to_everyone_appears_on_the_page_of_the_person(page, product, site):
    address, folder = site
    (folder / "feed.xml").write_text(FEED)
    go(page, product, "Sources for everyone")
    page.get_by_role("combobox").click()
    page.get_by_role("option").filter(has_text="Feeds").click()
    page.get_by_role("textbox", name="Address").fill(f"{address}/feed.xml")
    page.get_by_role("button", name="Test and add").click()
    expect(page.get_by_text("for everyone · ")).to_be_visible(timeout=SOON)
    page.get_by_role("link", name="Today").click()
    expect(page.locator("li.row").filter(has_text="Soup of the day")).to_be_visible(timeout=SOON)
    go(page, product, "Log")
    expect(page.get_by_text("added Canteen (#1)")).to_be_visible(timeout=SOON)


def test_people_come_from_a_list_after_a_look_at_what_it_does_and_go_with_proof(page, product):
    go(page, product, "People")
    bring(page, PEOPLE)
    expect(page.get_by_text("2 new, 0 changed, 0 unchanged, 0 not understood.")).to_be_visible(timeout=SOON)
    assert "ada@example.org" not in product.command("people", "list").stdout
    page.get_by_role("button", name="Bring in 2 lines").click()
    expect(page.get_by_text("3 of 3 people")).to_be_visible(timeout=SOON)
    page.get_by_role("searchbox").fill("ada")
    expect(page.get_by_text("1 of 3 people")).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Details").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("ada@example.org")).to_be_visible(timeout=SOON)
    expect(drawer.get_by_role("button", name="Erase for good")).to_be_disabled()
    drawer.get_by_label("To confirm, type the login").fill("ada@example.org")
    drawer.get_by_label("To confirm, type the login").press("Enter")
    drawer.get_by_role("button", name="Erase for good").click()
    expect(drawer.get_by_text("Nothing is kept about")).to_be_visible(timeout=SOON)
    drawer.get_by_role("button", name="Close", exact=True).last.click()
    expect(drawer).to_be_hidden(timeout=SOON)
    assert "ada@example.org" not in product.command("people", "list").stdout


def test_a_list_with_a_line_that_is_wrong_brings_nobody_in_and_names_the_line(page, product):
    go(page, product, "People")
    bring(page, PEOPLE + "ada@example.org,Again,\n")
    expect(page.get_by_text("cannot be understood (line 4)")).to_be_visible(timeout=SOON)
    expect(page.get_by_role("button", name="Bring in")).to_have_count(0)


def test_a_person_is_blocked_and_let_in_again(page, product):
    product.command("people", "add", "bob@example.org", "--name", "Bob")
    go(page, product, "People")
    page.get_by_role("button", name="Details").first.click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("button", name="Block").click()
    expect(drawer.get_by_text("Blocked: cannot sign in")).to_be_visible(timeout=SOON)
    drawer.get_by_role("button", name="Unblock").click()
    expect(drawer.get_by_role("button", name="Block", exact=True)).to_be_visible(timeout=SOON)


def test_a_default_is_set_and_told(page, product):
    go(page, product, "Defaults")
    page.get_by_role("textbox").last.fill("budget: 2")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("budget: 2").first).to_be_visible(timeout=SOON)
    expect(page.get_by_role("button", name="Remove")).to_be_visible()


@pytest.mark.parametrize(
    ("room", "before", "after"),
    [("Log", "No change yet", "added bob@example.org"), ("Health", "All is well", "1 of 1")],
)
def test_what_happens_elsewhere_appears_in_an_open_room(room, before, after, page, product):
    go(page, product, room)
    expect(page.get_by_text(before)).to_be_visible(timeout=SOON)
    product.command("people", "add", "bob@example.org")
    added = product.command(
        *("--as", "bob@example.org", "sources", "add", "feeds"),
        *("--set", "address=/none.xml", "--title", "News", "--no-check"),
    )
    assert added.returncode == 0, added.stderr
    expect(page.get_by_text(after)).to_be_visible(timeout=2 * SOON)


@pytest.fixture(scope="module")
def lived_in(untouched: Product) -> Product:
    """Fill the rooms as the command line can."""
    untouched.command("people", "add", "ada@example.org", "--name", "Ada", "--group", "sales")
    untouched.command("people", "add", "bob@example.org")
    added = untouched.command(
        *("sources", "add", "feeds", "--set", "address=/none.xml"),
        *("--title", "News", "--audience", "everyone", "--no-check"),
    )
    assert added.returncode == 0, added.stderr
    return untouched


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_room_is_accessible_and_fits_its_window(language, width, scheme, browser: Browser, lived_in):
    context = browser.new_context(locale=language, viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    wrong = []
    go(page, lived_in, ROOMS[language][0])
    for room in ROOMS[language]:
        enter(page, room)
        for folded in page.locator("summary").all():
            if page.locator("details:not([open])").count():
                folded.click()
        at_rest(page)
        if sideways(page):
            wrong.append(f"{room}: scrolls sideways")
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]
        wrong += [f"{room}: {one['id']}: {one['nodes'][0]['html'][:300]}" for one in found]
    context.close()
    assert wrong == []
