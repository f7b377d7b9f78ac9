"""A morning at the list, in a real browser: keys, menus, focus, undo, mutes, filters, and what others do meanwhile."""

import os
import signal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from connectors.kit import Item, Kind, Person
from connectors.kit.registry import Registry
from dashboard.board import Board
from dashboard.opening import open_house
from dashboard.settings import Settings
from dashboard.store.records import Batch
from tests.ui.conftest import IDLE, running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("today")]

SOON = 20_000
ROWS = 12
TOM = Person("Tom Okafor", "tom@example.org")


class Morning:
    """A running product with a day in it, and the same board beside it, as another device has it."""

    def __init__(self, product, board):
        self.address = product.address
        self.product = product
        self.board = board
        self.me = board.me().id
        self.days = 0
        self.source = board.store.add_source(
            self.me, connector="feeds", title="Office", options={"address": "/x"}, every=900.0, due_at=None
        ).id

    def arrive(self, *items, gone=()):
        batch = Batch(items=[(item, "raw") for item in items], gone=gone)
        self.board.store.engine.commit(self.source, None, batch, now=self.board.now())

    def item(self, key, **fields):
        told = {"kind": Kind.CHAT, "text": "Please have a look.", "author": Person("Ada"), "direct": True}
        told |= {"title": f"Title {key}", "url": f"https://example.org/{key}"}
        return Item(id=f"{self.days}/{key}", received=self.board.now(), **told | fields)

    def begin(self):
        """Begin a new day: what was there is gone, nothing is muted, and there is nothing to take back."""
        store = self.board.store
        self.arrive(gone=[facts.key for facts in store.facts(self.me)])
        store.change_source(self.me, self.source, muted=False)
        while store.undo(self.me):
            pass
        store.keep(self.me, "profile", None)
        self.days += 1
        news = self.item("news", bulk=True, kind=Kind.NEWS, direct=False)
        self.arrive(*(self.item(f"{n:02}") for n in range(ROWS)), news)

    def end_the_page(self):
        """Kill the process that serves the page; the product starts it again by itself."""
        here = str(self.product.process.pid)
        lines = [line.split(None, 2) for line in os.popen("ps -eo pid,ppid,args")]
        pid = next(int(pid) for pid, parent, args in lines if parent == here and "streamlit" in args)
        os.kill(pid, signal.SIGKILL)

    def titles(self):
        return {row.entry.item.title for row in self.board.listing.today(self.me).rows}


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    data = tmp_path_factory.mktemp("morning") / "data"
    with running(data) as product:
        house = open_house(Settings(data=data), registry=Registry.find())
        yield Morning(product, Board(house))
        house.store.close()


@pytest.fixture
def morning(office):
    office.begin()
    return office


@pytest.fixture
def page(browser, morning, request):
    context = browser.new_context(
        **{"locale": "en-GB", "viewport": {"width": 1280, "height": 800}} | getattr(request, "param", {})
    )
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    go(page, morning)
    expect(rows(page)).to_have_count(ROWS, timeout=SOON)
    yield page
    assert page.faults == []
    context.close()


def go(page, morning, address=""):
    page.goto(f"{morning.address}/{address}")
    page.locator(IDLE).wait_for(timeout=SOON)


def rows(page):
    return page.locator("li.row")


FOCUSED = """() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at?.closest?.("li.row")?.querySelector(".title").firstChild.textContent ?? "";
}"""


def focused(page):
    """Return the title of the row that has the focus, "" where none has."""
    return page.evaluate(FOCUSED)


def shown(page):
    return page.locator("li.row .title").evaluate_all("all => all.map((one) => one.firstChild.textContent)")


def said(page, text):
    expect(page.locator(".bar .said")).to_contain_text(text, timeout=SOON)


def has(page, count):
    expect(rows(page)).to_have_count(count, timeout=SOON)


def begin_at(page, number=0):
    rows(page).nth(number).locator(".title").focus()
    return shown(page)[number]


def test_keys_move_and_act_and_the_focus_is_on_the_next_row(page, morning):
    order = shown(page)
    begin_at(page)
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("k")
    assert focused(page) == order[1]
    page.keyboard.press("e")
    assert focused(page) == order[2]
    page.keyboard.press("s")
    assert focused(page) == order[3]
    has(page, ROWS - 2)
    expect(page.get_by_text("1 done")).to_be_visible(timeout=SOON)
    page.keyboard.press("p")
    expect(page.locator("li.row.pinned")).to_have_count(1)
    page.wait_for_timeout(1000)
    assert focused(page) == order[3], "a row that was pinned stays where it is until nobody looks at it"
    assert len(morning.titles()) == ROWS - 2


def test_undo_goes_back_step_by_step_also_after_a_reload_and_on_another_device(page, morning, browser):
    order = shown(page)
    begin_at(page)
    for key in "eee":
        page.keyboard.press(key)
    has(page, ROWS - 3)
    said(page, f"Done: {order[2]}")
    page.keyboard.press("u")
    said(page, f"Taken back – Done: {order[2]}")
    has(page, ROWS - 2)
    assert focused(page) == order[2]
    page.reload()
    has(page, ROWS - 2)
    page.keyboard.press("Control+z")
    has(page, ROWS - 1)
    other = browser.new_context(locale="en-GB").new_page()
    go(other, morning)
    has(other, ROWS - 1)
    other.get_by_role("button", name="Undo the last step").click()
    has(other, ROWS)
    expect(page.locator("button.news")).to_have_text("1 new", timeout=SOON)
    page.keyboard.press("n")
    has(page, ROWS)
    other.keyboard.press("u")
    said(other, "nothing to take back")
    other.context.close()


def test_two_undos_pressed_fast_take_back_two_steps(page, morning):
    begin_at(page)
    page.keyboard.press("e")
    page.keyboard.press("e")
    has(page, ROWS - 2)
    page.keyboard.press("u")
    page.keyboard.press("u")
    has(page, ROWS)


def test_the_offer_to_take_back_stays_ten_seconds_and_moves_nothing(page):
    before = rows(page).first.bounding_box()
    page.get_by_role("button", name=f"Done: {shown(page)[2]}").click()
    said(page, "Done: ")
    assert rows(page).first.bounding_box() == before
    page.wait_for_timeout(10_000)
    expect(page.locator(".bar")).to_be_visible()
    page.mouse.move(5, 5)
    expect(page.locator(".bar")).to_be_hidden(timeout=SOON)


def test_what_was_done_just_before_a_reload_is_offered_to_be_taken_back(page):
    begin_at(page)
    page.keyboard.press("e")
    has(page, ROWS - 1)
    expect(page.get_by_text("1 done")).to_be_visible(timeout=SOON)
    page.reload()
    expect(page.locator(".bar .undo")).to_be_visible(timeout=SOON)
    page.locator(".bar .undo").click()
    has(page, ROWS)


def test_keys_pressed_right_before_a_reload_are_not_lost_and_count_once(page, morning):
    begin_at(page)
    for _ in range(5):
        page.keyboard.press("e")
    page.reload()
    has(page, ROWS - 5)
    for _ in range(5):
        page.keyboard.press("u")
    has(page, ROWS)
    assert morning.board.marks.last(morning.me) is None


def test_a_burst_of_keys_in_two_tabs_at_once_loses_none(page, morning):
    other = page.context.new_page()
    go(other, morning)
    has(other, ROWS)
    begin_at(page)
    begin_at(other, 6)
    for _ in range(4):
        page.keyboard.press("e")
        other.keyboard.press("e")
    expect(page.get_by_text("8 done")).to_be_visible(timeout=SOON)
    expect(other.get_by_text("8 done")).to_be_visible(timeout=SOON)
    has(page, ROWS - 8)
    assert len(morning.board.store.steps(morning.me, limit=50)) == 8


def test_a_drawer_gives_the_focus_back_to_its_row(page):
    order = shown(page)
    begin_at(page, 2)
    for key in ("o", "w", "Enter"):
        page.keyboard.press(key)
        drawer = page.get_by_role("dialog").filter(has_text=order[2])
        expect(drawer).to_be_visible(timeout=SOON)
        page.wait_for_timeout(300)
        page.keyboard.press("Escape")
        expect(drawer).to_be_hidden(timeout=SOON)
        page.wait_for_timeout(300)
        assert focused(page) == order[2], key


def test_keys_do_nothing_behind_a_drawer(page, morning):
    begin_at(page)
    page.keyboard.press("o")
    expect(page.get_by_role("dialog")).to_be_visible(timeout=SOON)
    for key in "espu":
        page.keyboard.press(key)
    page.wait_for_timeout(500)
    assert len(morning.titles()) == ROWS


def test_a_drawer_stays_open_when_something_new_arrives(page, morning):
    begin_at(page)
    page.keyboard.press("o")
    drawer = page.get_by_role("dialog").filter(has_text="Please have a look")
    expect(drawer).to_be_visible(timeout=SOON)
    morning.arrive(morning.item("late"))
    page.wait_for_timeout(4000)
    expect(drawer).to_be_visible()


def test_later_is_chosen_from_a_menu(page, morning):
    order = shown(page)
    begin_at(page)
    page.keyboard.press("S")
    menu = page.locator(".menu")
    expect(menu).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    assert focused(page) == order[0]
    page.keyboard.press("S")
    menu.get_by_role("button", name="In a week").click()
    has(page, ROWS - 1)
    assert focused(page) == order[1]
    expect(page.get_by_text("1 for later")).to_be_visible(timeout=SOON)
    page.keyboard.press("S")
    menu.get_by_label("On").fill("2035-01-01T10:00")
    menu.get_by_label("On").fill(page.evaluate("new Date(Date.now() + 9e7).toISOString().slice(0, 16)"))
    menu.get_by_role("button", name="Put off").click()
    has(page, ROWS - 2)
    page.get_by_role("link", name="2 for later").click()
    has(page, 2)
    page.get_by_role("button", name="Back into the list: " + order[0]).click()
    has(page, 1)


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


def test_letters_typed_into_a_field_are_letters(page, morning):
    begin_at(page)
    page.keyboard.press("/")
    box = page.get_by_role("searchbox")
    expect(box).to_be_focused(timeout=SOON)
    page.keyboard.type("please have")
    expect(box).to_have_value("please have")
    has(page, ROWS + 1)
    assert len(morning.titles()) == ROWS
    page.locator("li.row .title").first.focus()
    page.keyboard.press("g")
    page.keyboard.press("t")
    expect(page.get_by_role("heading", name="Today")).to_be_visible(timeout=SOON)
    has(page, ROWS)


def test_the_keys_are_told_in_the_language_of_the_page(page):
    begin_at(page)
    page.keyboard.press("?")
    told = page.locator("dialog.help")
    expect(told).to_contain_text("Choose when it comes back")
    page.keyboard.press("e")
    page.keyboard.press("Escape")
    expect(told).to_be_hidden()
    has(page, ROWS)
    assert focused(page)


def test_an_item_opens_at_its_source_in_a_tab_that_knows_nothing_of_this_one(page):
    page.context.route("https://example.org/**", lambda route: route.fulfill(body="there", content_type="text/html"))
    begin_at(page)
    with page.context.expect_page() as opened:
        page.keyboard.press("v")
    there = opened.value
    there.wait_for_load_state()
    assert there.url.startswith("https://example.org/")
    assert there.evaluate("window.opener") is None


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
    page.wait_for_timeout(1500)
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
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
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
    has(page, ROWS - 1)
    morning.end_the_page()
    for _ in range(3):
        page.keyboard.press("e")
    has(page, ROWS - 4)
    expect(page.get_by_text("4 done")).to_be_visible(timeout=3 * SOON)
    assert len(morning.board.store.steps(morning.me, limit=50)) == 4
    page.reload()
    has(page, ROWS - 4)
