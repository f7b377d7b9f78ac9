"""The first path of a person with PostgreSQL as the store, in a real browser, with the real worker behind the page."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.dashboard.store.conftest import postgres  # noqa: F401  a fixture
from tests.ui.product import running
from tests.ui.test_paths import SOON, add_feed, added, go, rows, write_feed

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def product(tmp_path, postgres):  # noqa: F811
    told = {"FRONTDESK_DATABASE": postgres(), "FRONTDESK_NETWORK__ALLOW": "127.0.0.0/8"}
    with running(tmp_path / "data", **told) as product:
        yield product


@pytest.fixture
def phone(browser: Browser, product):
    context = browser.new_context(locale="de-DE", viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


def sums(page: Page, text: str) -> None:
    expect(page.get_by_text(text)).to_be_visible(timeout=SOON)


def test_from_the_first_page_to_a_second_device_with_postgresql_as_the_store(page, phone, product, site):
    address, folder = site
    write_feed(folder, "Budget for the harbour", "A quiet day")
    add_feed(page, product, f"{address}/feed.xml")
    added(page)
    go(page, product)
    expect(rows(page)).to_have_count(2, timeout=SOON)
    sums(page, "2 arrived = 2 here")

    go(phone, product)
    expect(rows(phone)).to_have_count(2, timeout=SOON)
    page.get_by_role("button", name="Done: A quiet day").click()
    expect(rows(page)).to_have_count(1, timeout=SOON)
    expect(rows(phone)).to_have_count(1, timeout=SOON)  # with nobody touching it
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(rows(page)).to_have_count(2, timeout=SOON)
    expect(rows(phone)).to_have_count(2, timeout=SOON)

    go(page, product, "search")
    page.get_by_role("searchbox").fill("rechnungen budget")
    expect(rows(page)).to_have_count(1, timeout=SOON)
    expect(page.locator("li.row mark").first).to_be_visible()
    assert not list(product.data.glob("*.db*"))  # nothing was kept beside it
