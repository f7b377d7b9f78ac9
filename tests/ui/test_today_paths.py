"""A morning at the list, in a real browser: keys, menus, undo and where the focus is."""

import pytest
from playwright.sync_api import expect

from tests.ui.morning import ROWS, SOON, begin_at, focused, focuses, go, has, rows, said, shown
from tests.ui.product import at_rest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("today")]


@pytest.fixture
def page(browser, morning, request):
    with morning.page(browser, **getattr(request, "param", {})) as page:
        yield page


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
    at_rest(page)
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
        at_rest(page)
        page.keyboard.press("Escape")
        expect(drawer).to_be_hidden(timeout=SOON)
        focuses(page, order[2])


def test_keys_do_nothing_behind_a_drawer(page, morning):
    begin_at(page)
    page.keyboard.press("o")
    expect(page.get_by_role("dialog")).to_be_visible(timeout=SOON)
    for key in "espu":
        page.keyboard.press(key)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden(timeout=SOON)
    page.keyboard.press("p")  # what is pressed later is carried out later
    expect(page.locator("li.row.pinned")).to_have_count(1)
    at_rest(page)
    assert [step.verb for step in morning.board.store.steps(morning.me, limit=9)] == ["pin"]
    assert len(morning.titles()) == ROWS


def test_a_drawer_stays_open_when_something_new_arrives(page, morning):
    begin_at(page)
    page.keyboard.press("o")
    drawer = page.get_by_role("dialog").filter(has_text="Please have a look")
    expect(drawer).to_be_visible(timeout=SOON)
    morning.arrive(morning.item("late"))
    expect(page.locator("button.news")).to_have_text("1 new", timeout=SOON)
    at_rest(page)
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


LISTEN = """() => {
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (message) {
    window.late ??= () => send.call(this, message);
    return send.call(this, message);
  };
}"""
LATE = """async () => {
  const rows = (node) => node.shadowRoot?.querySelectorAll("li.row").length ?? 0;
  const lists = () => [...document.querySelectorAll("*")].map(rows);
  window.late();
  const until = Date.now() + 20000;
  while (Math.max(...lists()) < 2 && Date.now() < until) await new Promise(requestAnimationFrame);
  return Math.max(...lists());
}"""


def test_the_list_is_the_one_in_the_address_although_a_message_of_the_former_one_comes_late(page):
    begin_at(page)
    page.evaluate(LISTEN)
    page.keyboard.press("s")
    has(page, ROWS - 1)
    expect(page.get_by_text("1 for later")).to_be_visible(timeout=SOON)
    page.get_by_role("link", name="1 for later").click()
    has(page, 1)
    assert page.evaluate(LATE) > 1
    has(page, 1)


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
