"""The lists of a morning, in a real browser: what is muted, chosen and new, for whoever looks and on whatever."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from connectors.kit import Kind, Person
from tests.ui.looks import sideways
from tests.ui.morning import ROWS, SOON, begin_at, focused, go, has, rows, said, shown
from tests.ui.product import at_rest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("lists")]

TOM = Person("Tom Okafor", "tom@example.org")


@pytest.fixture
def page(browser, morning, request):
    with morning.page(browser, **getattr(request, "param", {})) as page:
        yield page


def test_a_person_is_muted_from_a_row_counted_found_and_brought_back_exactly(page, morning):
    morning.arrive(morning.item("tom 1", author=TOM), morning.item("tom 2", author=TOM))
    has(page, ROWS + 2)
    before = shown(page)
    page.locator("li.row", has_text="Title tom 1").locator(".title").focus()
    page.keyboard.press("m")
    page.locator(".menu").get_by_role("button", name="Mute Tom Okafor").click()
    has(page, ROWS)
    said(page, "Muted: Tom Okafor")
    page.get_by_role("link", name="2 muted").click()
    has(page, 2)
    page.get_by_role("link", name=f"{ROWS} here").click()
    has(page, ROWS)
    page.keyboard.press("u")
    said(page, "Taken back – Muted: Tom Okafor")
    has(page, ROWS + 2)
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    assert shown(page) == before


def test_filters_stand_in_the_address_and_are_kept_over_a_reload(page, morning):
    morning.arrive(morning.item("mail", kind=Kind.MAIL, channel="inbox"))
    has(page, ROWS + 1)
    page.get_by_role("button", name="Mail 1").click()
    has(page, 1)
    expect(page.get_by_text("1 arrived = 1 here")).to_be_visible(timeout=SOON)
    assert "kind=mail" in page.url
    page.reload()
    has(page, 1)
    page.get_by_role("button", name="Show everything").click()
    has(page, ROWS + 1)
    page.get_by_role("combobox", name="All sources").select_option(label=f"Office ({ROWS + 1})")
    page.get_by_role("combobox", name="All channels").select_option(label="inbox (1)")
    has(page, 1)
    assert "channel=inbox" in page.url
    page.get_by_role("button", name="Show everything").click()
    page.get_by_role("link", name="1 waiting for a break").click()
    has(page, 1)
    page.get_by_role("button", name="I take a break").click()
    expect(page.get_by_text("1 thing for your break")).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Done with these").click()
    has(page, ROWS + 1)


def test_what_arrives_waits_above_the_list_until_it_is_asked_for_or_nobody_looks(page, morning):
    order = shown(page)
    begin_at(page, 3)
    morning.arrive(morning.item("late"))
    news = page.locator("button.news")
    expect(news).to_have_text("1 new", timeout=SOON)
    assert shown(page) == order
    assert focused(page) == order[3]
    page.keyboard.press("n")
    has(page, ROWS + 1)
    assert focused(page) == "Title late"
    expect(news).to_be_hidden()
    morning.arrive(morning.item("later"))
    expect(news).to_have_text("1 new", timeout=SOON)
    page.evaluate(
        "Object.defineProperty(document, 'hasFocus', { value: () => false }); window.dispatchEvent(new Event('blur'))"
    )
    has(page, ROWS + 2)


def test_what_is_done_elsewhere_leaves_and_the_focus_stays_in_the_list(page, morning):
    order = shown(page)
    begin_at(page, 4)
    gone = next(
        row.entry.id for row in morning.board.listing.today(morning.me).rows if row.entry.item.title == order[4]
    )
    morning.board.marks.done(morning.me, [gone])
    has(page, ROWS - 1)
    assert focused(page) == order[5]


def test_times_age_by_themselves(browser, morning):
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.clock.install()
    go(page, morning)
    has(page, ROWS)
    expect(page.locator("li.row time").first).to_have_text("just now")
    page.clock.fast_forward(50_000)
    page.clock.fast_forward(90_000)
    expect(page.locator("li.row time").first).to_have_text("2 minutes ago", timeout=SOON)
    context.close()


LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}


@pytest.mark.parametrize("page", LOOKS.values(), ids=LOOKS, indirect=True)
def test_the_page_has_no_known_fault_for_anybody(page):
    begin_at(page)
    page.keyboard.press("p")
    expect(page.locator("li.row.pinned")).to_have_count(1)
    at_rest(page)
    found = Axe().run(page).response["violations"]
    page.keyboard.press("m")
    expect(page.locator(".menu")).to_be_visible()
    found += Axe().run(page).response["violations"]
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    found += Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []


@pytest.mark.parametrize("page", [LOOKS["phone"]], ids=["phone"], indirect=True)
def test_on_a_phone_everything_is_reached_by_a_thumb(page):
    assert sideways(page) == 0
    assert rows(page).first.bounding_box()["y"] < 320
    for button in page.locator("li.row").first.locator("button.act:visible").all():
        box = button.bounding_box()
        assert (box["width"], box["height"]) >= (44, 44)
    page.get_by_role("button", name="More: ").first.click()
    menu = page.locator(".menu")
    assert menu.bounding_box()["y"] + menu.bounding_box()["height"] <= 845
    menu.get_by_role("button", name="In a week").click()
    has(page, ROWS - 1)


def test_keys_pressed_while_the_server_is_away_count_once_when_it_is_back(page, morning):
    begin_at(page)
    page.keyboard.press("e")
    expect(page.get_by_text("1 done")).to_be_visible(timeout=SOON)  # the server has told that it is carried out
    has(page, ROWS - 1)
    morning.end_the_page()
    for _ in range(3):
        page.keyboard.press("e")
    has(page, ROWS - 4)
    expect(page.get_by_text("4 done")).to_be_visible(timeout=3 * SOON)
    assert len(morning.board.store.steps(morning.me, limit=50)) == 4
    page.reload()
    has(page, ROWS - 4)
