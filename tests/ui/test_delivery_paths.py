"""What a page is sent of a list in a real browser: little, once, and again where something was lost."""

import pytest
from playwright.sync_api import expect

from tests.ui.morning import ROWS, SOON, begin_at, has, rows, said, shown

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("delivery")]

LOSE = """() => {
  const hosts = [...document.querySelectorAll("[data-testid^='stBidi']")];
  const list = hosts.map((host) => host.shadowRoot?.inbox).find(Boolean);
  list.post.sheet.clear();
}"""
QUIET_MS = 2_500
BYTES = 20_000


@pytest.fixture
def page(browser, morning):
    with morning.page(browser) as page:
        yield page


def test_a_page_that_lost_its_rows_asks_for_them_and_shows_the_list_as_it_is(page, morning):
    page.evaluate(LOSE)
    morning.arrive(morning.item("late"))
    has(page, ROWS + 1)
    page.evaluate(LOSE)
    begin_at(page)
    page.keyboard.press("e")
    said(page, "Done")
    expect(page.get_by_text("1 done")).to_be_visible(timeout=SOON)
    has(page, ROWS)
    assert set(shown(page)) == morning.titles()


def test_an_action_runs_the_list_once_and_the_frame_once_and_sends_little(browser, morning):
    sent, received = [], []
    context = browser.new_context(locale="en-GB")
    page = context.new_page()

    def listen(socket):
        socket.on("framesent", lambda frame: sent.append(len(frame)))
        socket.on("framereceived", lambda frame: received.append(len(frame)))

    page.on("websocket", listen)
    page.goto(morning.address)
    has(page, ROWS)
    for _ in range(3):  # what an earlier action left behind must not ask again
        page.wait_for_timeout(QUIET_MS)
        sent.clear()
        received.clear()
        rows(page).first.get_by_role("button", name="Done").click()
    page.wait_for_timeout(QUIET_MS)
    assert len(sent) <= 2
    assert sum(received) < BYTES
    context.close()
