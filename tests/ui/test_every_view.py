"""Every view as people meet it: desk and phone, light and dark, German and English, with a day's items in it."""

from itertools import product as every

import pytest

from tests.ui.looks import LOCALES, WIDTHS, cut_off, findings, foreign, look, sideways
from tests.ui.product import at_rest, running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("every view")]

VIEWS = ("", "search?q=angebot", "sources", "profile", "admin")


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with running(tmp_path_factory.mktemp("demo") / "data", "demo") as product:
        yield product


@pytest.mark.parametrize(("width", "language", "scheme"), list(every(WIDTHS, LOCALES, ("light", "dark"))))
@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_accessible_fits_its_window_speaks_one_language_and_asks_nobody_else(
    view, width, language, scheme, browser, demo
):
    page, wrong = look(browser, f"{demo.address}/{view}", width, language, scheme)
    if view in ("", "search?q=angebot"):
        page.locator("li.row").first.wait_for(timeout=30_000)
    at_rest(page)
    assert wrong == []
    assert page.evaluate("document.documentElement.lang") == language
    assert sideways(page) == 0
    assert cut_off(page) == []
    assert foreign(page.locator("body").inner_text(), language) == []
    assert findings(page) == []
    page.context.close()
