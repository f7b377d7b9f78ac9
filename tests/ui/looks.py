"""How a page is looked at: on a desk and a phone, in both languages, and what must hold of whatever it shows."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page

from dashboard.i18n import catalog
from tests.ui.product import IDLE

WIDTHS = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
LOCALES = {"en": "en-GB", "de": "de-DE"}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def look(browser, address: str, width: str, language: str, scheme: str) -> tuple[Page, list[str]]:
    """Open an address; return the page and what goes wrong: errors, and requests that leave the machine."""
    context = browser.new_context(viewport=WIDTHS[width], locale=LOCALES[language], color_scheme=scheme)
    page, wrong = context.new_page(), []
    page.on("console", lambda message: wrong.append(message.text) if is_error(message) else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    home = (address[: address.index("/", len("http://"))], "data:", "blob:")
    page.on("request", lambda request: None if request.url.startswith(home) else wrong.append(request.url))
    page.goto(address)
    page.locator(IDLE).wait_for(timeout=30_000)
    return page, wrong


def is_error(message: ConsoleMessage) -> bool:
    # Opened at /search, Streamlit first looks for its server below that address.
    return message.type == "error" and "/_stcore/" not in message.location["url"]


def findings(page: Page) -> list[str]:
    """Return what axe finds, each with the first place."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]
    return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}" for one in found]


def sideways(page: Page) -> int:
    """Return by how many pixels a page can be pushed sideways; it is not the window that scrolls but what it holds."""
    return page.evaluate(
        """() => Math.max(...[...document.querySelectorAll("html, [data-testid='stMain'], [role='dialog']")]
        .map(e => e.scrollWidth - e.clientWidth))"""
    )


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
    return [words for words in theirs if re.search(rf"\b{re.escape(words)}\b", text)]
