"""An answer that was begun: it outlives a reload and a server that starts anew, and nothing else comes back with it."""

import time

import pytest
from playwright.sync_api import expect

from connectors.kit import Item, Kind, Person
from dashboard.store.records import Batch
from tests.ui.conftest import IDLE
from tests.ui.morning import SOON, go, has, office

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("begun")]

ANSWER = "I come at nine, and bring"


@pytest.fixture(scope="module")
def morning(tmp_path_factory):
    with office(tmp_path_factory.mktemp("begun") / "data") as morning:
        board = morning.board
        chat = board.store.add_source(
            morning.me, connector="matrix", title="Chat", options={}, every=900.0, due_at=None
        ).id
        asks = Item(id="1", kind=Kind.CHAT, title="When do you come?", author=Person("Ada"), received=board.now())
        board.store.engine.commit(chat, None, Batch(items=[(asks, "raw")]), now=board.now())
        yield morning


@pytest.fixture
def page(browser, morning):
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    go(page, morning)
    has(page, 1)
    yield page
    context.close()


def begin_to_answer(page):
    page.locator("li.row .title").click()
    box(page).press_sequentially(ANSWER)
    expect(box(page)).to_have_value(ANSWER)


def box(page):
    return page.get_by_role("dialog").get_by_role("textbox", name="Reply to Ada")


def until(page, true):
    end = time.monotonic() + 60
    while not page.evaluate(true) and time.monotonic() < end:
        page.wait_for_timeout(200)
    assert page.evaluate(true)


def test_an_answer_that_was_begun_is_still_there_after_a_reload(page):
    begin_to_answer(page)
    page.reload()
    expect(box(page)).to_have_value(ANSWER, timeout=SOON)
    page.reload()
    expect(box(page)).to_have_value(ANSWER, timeout=SOON)


def test_it_is_still_there_when_the_server_starts_anew(page, morning):
    begin_to_answer(page)
    session = page.evaluate("frontdesk.keep.session")
    morning.end_the_page()
    until(page, f"frontdesk.keep.session !== '{session}'")
    page.locator(IDLE).wait_for(timeout=SOON)
    until(page, "frontdesk.keep.asking === null")
    expect(box(page)).to_have_value(ANSWER, timeout=SOON)


def test_what_was_closed_stays_closed_and_what_was_typed_waits_in_it(page):
    begin_to_answer(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden(timeout=SOON)
    until(page, "!Object.keys(sessionStorage).some(key => key.startsWith('frontdesk.begun'))")
    page.reload()
    has(page, 1)
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.locator("li.row .title").click()
    expect(box(page)).to_have_value(ANSWER, timeout=SOON)


def test_an_answer_begun_in_a_search_comes_back_with_its_search(page, morning):
    go(page, morning, "search?q=come")
    has(page, 1)
    begin_to_answer(page)
    page.reload()
    expect(box(page)).to_have_value(ANSWER, timeout=SOON)
    assert "q=come" in page.url


def test_the_box_for_an_answer_speaks_the_language_of_the_page(browser, morning):
    context = browser.new_context(locale="de-DE")
    page = context.new_page()
    go(page, morning)
    page.locator("li.row .title").click()
    answer = page.get_by_role("dialog").get_by_role("textbox", name="Antwort an Ada")
    answer.press_sequentially("Um neun")
    expect(page.get_by_test_id("InputInstructions")).to_have_text("Mit Strg+Enter absenden", timeout=SOON)
    context.close()
