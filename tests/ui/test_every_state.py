"""Every state a view can be in: what is opened, wrong, empty or unsaved is as accessible as the view itself."""

from collections.abc import Callable
from datetime import UTC

import pytest
from playwright.sync_api import Page

from dashboard.i18n import Translator
from tests.ui.looks import WIDTHS, cut_off, findings, foreign, look, sideways
from tests.ui.product import IDLE, at_rest, running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("every state")]

SOON = 20_000
LOOKS = [("desk", "en", "light"), ("phone", "de", "dark")]
REFLOW = ({"width": 320, "height": 640}, {"width": 640, "height": 450})
"""The windows of WCAG 2.2, 1.4.10: a small phone, and a desk at 200 %."""
ENGLISH = ("Close", "Open", "Clear entry", "Choose an option", "Help", "Show password", "Notifications", "App pages")
HEADINGS = """() => {
  const found = [];
  const walk = (root) => {
    for (const node of root.querySelectorAll("*")) {
      if (node.matches("h1") && node.checkVisibility()) found.push(node.textContent);
      if (node.shadowRoot) walk(node.shadowRoot);
    }
  };
  walk(document);
  return found;
}"""
NAMES = """() => [...document.querySelectorAll("[aria-label], [placeholder]")].filter((node) => node.checkVisibility())
  .flatMap((node) => [node.getAttribute("aria-label"), node.getAttribute("placeholder")])"""
TOUCHED = """() => {
  const small = [];
  const walk = (root) => {
    for (const node of root.querySelectorAll("li.row .act, .menu .line, .bar .undo")) {
      const { width, height } = node.getBoundingClientRect();
      if (width && (width < 44 || height < 44)) small.push(`${node.className} ${width} x ${height}`);
    }
    for (const node of root.querySelectorAll("*")) if (node.shadowRoot) walk(node.shadowRoot);
  };
  walk(document);
  return small;
}"""
Reach = Callable[[Page, Translator], object]


def key(name: str) -> Reach:
    def reach(page: Page, _: Translator) -> None:
        page.locator("li.row").first.wait_for(timeout=SOON)
        page.keyboard.press("j")
        page.keyboard.press(name)

    return reach


def pressed(*names: str) -> Reach:
    def reach(page: Page, t: Translator) -> None:
        for name in names:
            page.get_by_role("button", name=t(name), exact=True).first.click()
            page.locator(IDLE).wait_for(timeout=SOON)

    return reach


def room(name: str, *names: str) -> Reach:
    def reach(page: Page, t: Translator) -> None:
        page.get_by_role("radio", name=t(f"admin.{name}"), exact=True).click()
        at_rest(page)
        unfolded(page, t)
        pressed(*names)(page, t)

    return reach


def unfolded(page: Page, _: Translator) -> None:
    folded = page.locator("[data-testid=stMain] details:not([open]) > summary")
    for _number in range(folded.count()):
        folded.first.click()
        at_rest(page)


def gallery(page: Page, t: Translator) -> None:
    page.locator("summary", has_text=t("sources.add")).click()
    page.get_by_role("button", name="Matrix", exact=True).wait_for(timeout=SOON)


def faulty_form(page: Page, t: Translator) -> None:
    gallery(page, t)
    page.get_by_role("button", name="Matrix", exact=True).click()
    page.get_by_role("button", name=t("sources.test"), exact=True).click()
    page.get_by_role("alert").first.wait_for(timeout=SOON)


def freshness(page: Page, _: Translator) -> None:
    page.locator("li.row").first.wait_for(timeout=SOON)
    page.locator("button.fresh").click()


def changed(page: Page, t: Translator) -> None:
    page.get_by_role("heading", level=2).last.wait_for(timeout=SOON)
    if not page.get_by_text(t("profile.unsaved")).count():
        box = page.get_by_role("textbox", name=t("profile.topics_add"))
        box.fill("budget")
        box.press("Enter")
    page.get_by_role("button", name=t("profile.save"), exact=True).wait_for(timeout=SOON)


def as_it_is(page: Page, _: Translator) -> None:
    page.get_by_role("heading", level=1).wait_for(timeout=SOON)


STATES: dict[str, tuple[str, Reach]] = {
    "an item": ("", key("o")),
    "the reasons": ("", key("w")),
    "the keys": ("", key("?")),
    "the menu to mute": ("", key("m")),
    "the menu for later": ("", key("S")),
    "the bar": ("", key("p")),
    "the freshness": ("", freshness),
    "the day": ("", unfolded),
    "what waits for a break": ("?list=held", as_it_is),
    "a break": ("?list=break", as_it_is),
    "an empty list": ("?list=snoozed", as_it_is),
    "nothing found": ("search?q=zzqqxx", as_it_is),
    "a search that is not understood": ("search?q=before:xyz", as_it_is),
    "the gallery": ("sources", gallery),
    "a form with faults": ("sources", faulty_form),
    "the settings of a source": ("sources", pressed("sources.edit")),
    "the question before removing": ("sources", pressed("sources.remove")),
    "a profile that is not saved": ("profile?part=matters", changed),
    **{f"the profile: {part}": (f"profile?part={part}", unfolded) for part in ("never", "oneself", "known", "device")},
    **{
        f"admin: {name}": ("admin", room(name)) for name in ("health", "sources", "people", "defaults", "log", "backup")
    },
    "admin: a person": ("admin", room("people", "admin.open")),
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with running(tmp_path_factory.mktemp("demo") / "data", "demo") as product:
        yield product


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """Start a page with no source and no worker."""
    with running(tmp_path_factory.mktemp("alone") / "data", "serve", "--no-worker") as product:
        yield product


@pytest.mark.parametrize("seen", LOOKS, ids="-".join)
@pytest.mark.parametrize("state", STATES)
def test_a_state_of_a_view_is_as_accessible_as_the_view(state, seen, browser, demo):
    path, reach = STATES[state]
    assert faults(browser, f"{demo.address}/{path}", seen, reach) == []


@pytest.mark.parametrize("seen", LOOKS, ids="-".join)
@pytest.mark.parametrize("view", ["", "sources"])
def test_an_empty_page_with_nobody_who_reads_is_accessible_and_says_so(view, seen, browser, alone):
    def troubled(page: Page, _: Translator) -> None:
        page.locator(".banner").wait_for(timeout=SOON)

    assert faults(browser, f"{alone.address}/{view}", seen, troubled) == []


def faults(browser, address: str, seen: tuple[str, str, str], reach: Reach) -> list[str]:
    """Bring a view into a state, and return everything that is wrong with it."""
    width, language, scheme = seen
    page, wrong = look(browser, address, width, language, scheme)
    at_rest(page)
    reach(page, Translator(language, UTC))
    at_rest(page)
    wrong += findings(page) + cut_off(page) + foreign(page.locator("body").inner_text(), language)
    if len(headings := page.evaluate(HEADINGS)) != 1:
        wrong.append(f"headings of the first level: {headings}")
    if not page.title().endswith(" · Frontdesk"):
        wrong.append(f"title: {page.title()}")
    if language != "en":
        wrong += [f"not translated: {name}" for name in page.evaluate(NAMES) if name in ENGLISH]
    if width == "phone":
        wrong += [f"too small: {one}" for one in page.evaluate(TOUCHED)]
    for window in (WIDTHS[width], *REFLOW):
        page.set_viewport_size(window)
        at_rest(page)
        if sideways(page) > 0:
            wrong.append(f"scrolls sideways at {window['width']} px")
    page.context.close()
    return wrong
