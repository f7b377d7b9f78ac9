"""Every view as people meet it: desk and phone, light and dark, German and English, with a day's items in it."""

import re
from itertools import product as every

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page

from dashboard.i18n import catalog
from tests.ui.conftest import IDLE, running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("every view")]

VIEWS = ("", "search?q=angebot", "sources", "profile", "admin")
WIDTHS = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
LOCALES = {"en": "en-GB", "de": "de-DE"}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SETTLED_MS = 2_000
OF_STREAMLIT = {"Skip to main content"}
"""What no setting of Streamlit translates."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with running(tmp_path_factory.mktemp("demo") / "data", "demo") as product:
        yield product


def look(browser, demo, view: str, width: str, language: str, scheme: str) -> tuple[Page, list[str]]:
    """Open a view; return the page and what went wrong on the way: errors, and requests that leave the machine."""
    context = browser.new_context(viewport=WIDTHS[width], locale=LOCALES[language], color_scheme=scheme)
    page, wrong = context.new_page(), []
    page.on("console", lambda message: wrong.append(message.text) if is_error(message) else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    home = (demo.address, "data:", "blob:")
    page.on("request", lambda request: None if request.url.startswith(home) else wrong.append(request.url))
    page.goto(f"{demo.address}/{view}")
    page.locator(IDLE).wait_for(timeout=30_000)
    if view in ("", "search?q=angebot"):
        page.locator("li.row").first.wait_for(timeout=30_000)
    page.wait_for_timeout(SETTLED_MS)
    return page, wrong


def is_error(message: ConsoleMessage) -> bool:
    # Opened at /search, Streamlit first looks for its server below that address.
    return message.type == "error" and "/_stcore/" not in message.location["url"]


@pytest.mark.parametrize(("width", "language", "scheme"), list(every(WIDTHS, LOCALES, ("light", "dark"))))
@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_accessible_fits_its_window_speaks_one_language_and_asks_nobody_else(
    view, width, language, scheme, browser, demo
):
    page, wrong = look(browser, demo, view, width, language, scheme)
    assert wrong == []
    assert page.evaluate("document.documentElement.lang") == language
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert cut_off(page) == []
    assert foreign(page.locator("body").inner_text(), language) == []
    assert findings(page) == []
    page.context.close()


def findings(page: Page) -> list[str]:
    """Return what axe finds, each with the first place."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]
    return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}" for one in found]


def cut_off(page: Page) -> list[str]:
    """Return the labels of buttons and links whose text is wider than they are."""
    return page.evaluate(
        """() => [...document.querySelectorAll('button, a:not([data-testid=stSkipToContent]), label, h1, h2, h3')]
        .filter(e => e.offsetWidth && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflow === 'hidden')
        .map(e => e.innerText)"""
    )


def foreign(text: str, language: str) -> list[str]:
    """Return the texts of the other language that a page shows."""
    other = "de" if language == "en" else "en"
    ours = set(catalog(language).values())
    theirs = [words for words in catalog(other).values() if len(words) > 10 and "{" not in words and words not in ours]
    return [words for words in theirs if words not in OF_STREAMLIT and re.search(rf"\b{re.escape(words)}\b", text)]
