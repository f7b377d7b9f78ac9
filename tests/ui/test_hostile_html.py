"""What strangers send is shown in a real browser: nothing of it runs, asks for anything or leaves its place."""

import itertools
import json
import random
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from connectors.kit.html.sanitizer import safe_html

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

EVENTS = ["error", "load", "toggle", "focus", "mouseover", "animationstart", "beforetoggle", "pointerover"]
PAGE = """<!doctype html><meta charset=utf-8><script>
window.ran = 0; window.fire = () => { window.ran += 1; };
for (const name of ["alert", "confirm", "prompt", "print", "open"]) window[name] = window.fire;
</script><main id=safe></main><textarea id=kept></textarea>"""
POKE = """async (each) => {
  const place = document.querySelector("#safe");
  for (const html of each) {
    place.innerHTML = html;
    for (const node of place.querySelectorAll("*")) {
      for (const type of %s)
        node.dispatchEvent(new Event(type, {bubbles: true}));
      if (node.matches("summary, details, area, button, label")) node.click();
    }
    for (const link of place.querySelectorAll("a[href]"))
      if (!["http:", "https:", "mailto:"].includes(link.protocol)) window.fire();
    if (!document.querySelector("#kept") || place.querySelector("[id], [class], [style], [name]")) window.fire();
  }
  await new Promise(resolve => setTimeout(resolve, 100));
  place.innerHTML = "";
  return window.ran;
}""".replace("%s", json.dumps(EVENTS))

RUN = "fire()"
URLS = [
    f"javascript:{RUN}", f"JaVaScRiPt:{RUN}", f"\x01javascript:{RUN}", f"java\tscript:{RUN}", f"java&#10;script:{RUN}",
    f"javascript&colon;{RUN}", f"&#106;&#x61;vascript:{RUN}", f"\xa0javascript:{RUN}", f"\u2028javascript:{RUN}",
    f"data:text/html,<script>parent.{RUN}</script>", "data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImZpcmUoKSIvPg==",
    "//evil.invalid/x", "http://evil.invalid/x", "https://evil.invalid/x", "/local", "vbscript:x", "blob:x", "feed:x",
]  # fmt: skip
HOLDERS = [
    '<a href="{}">x</a>', "<img src='{}'>", '<img srcset="{} 1x">', '<iframe src="{}"></iframe>', "<embed src='{}'>",
    '<object data="{}"></object>', '<form action="{}"><button autofocus>x</button></form>', '<base href="{}">',
    '<link rel="stylesheet" href="{}">', '<link rel=preload as=image href="{}">', '<video src="{}" poster="{}">',
    '<svg><a xlink:href="{}"><text>x</text></a></svg>', '<svg><use href="{}"/></svg>', '<svg><image href="{}"/></svg>',
    '<math><maction actiontype="statusline" xlink:href="{}">x</maction></math>', '<body background="{}">',
    '<table background="{}"><tr><td background="{}">x</table>', '<meta http-equiv="refresh" content="0;url={}">',
    '<p style="background:url({})">x</p>', '<style>p{{background:url({})}}</style><p>x', "<style>@import '{}'",
    '<audio src="{}" autoplay>', '<input type=image src="{}">', '<script src="{}"></script>', '<a ping="{}">x</a>',
    '<picture><source srcset="{}"><img></picture>', '<portal src="{}"></portal>', '<frameset><frame src="{}">',
]  # fmt: skip
HANDLERS = [
    f"<{tag} on{event}={RUN} {rest}>x</{tag}>"
    for tag, event, rest in itertools.product(
        ("img", "svg", "body", "details", "video", "input", "marquee", "p", "a", "x-y", "math", "style", "iframe"),
        EVENTS,
        ("src=x open autofocus tabindex=1",),
    )
]  # fmt: skip
MUTATIONS = [
    f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror={RUN}&gt;'>",
    f"<form><math><mtext></form><form><mglyph><style></math><img src onerror={RUN}>",
    f"<svg></p><style><a id='</style><img src=1 onerror={RUN}>'>",
    f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>",
    f"<math><annotation-xml encoding='text/html'><img src=x onerror={RUN}></annotation-xml></math>",
    f"<svg><foreignObject><iframe srcdoc='<script>parent.{RUN}</script>'></foreignObject></svg>",
    f"<template><img src=x onerror={RUN}></template>", f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f"<select><template><style><!--</style><a rel='--></style></template></select><img src=x onerror={RUN}>'>",
    f"<xmp><p title='</xmp><img src=x onerror={RUN}>'>", f"<!--><img src=x onerror={RUN}>-->", f"<svg/onload={RUN}>",
    f"<![CDATA[<img src=x onerror={RUN}>]]>", f"<a title='`><img src=x onerror={RUN}>'>x",
    f"<plaintext><img src=x onerror={RUN}>",
    f"</main></textarea><script>{RUN}</script>", f"<textarea></textarea><img src=x onerror={RUN}>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s><set onbegin={RUN}></svg>",
    f"<svg><script>{RUN}</script></svg>",
    f"<title></title><img src=x onerror={RUN}>", "<b id=kept name=fire class=x style='position:fixed;inset:0'>x</b>",
]  # fmt: skip
GLUE = [
    *("", "</p>", "<b>", "<table>", "<svg>", "<math>", "<select>", "<noscript>", "<style>", "</style>"),
    *("<!--", "-->", "<![CDATA[", "<p title='", "'>", "\x00"),
]


def vectors() -> Iterator[str]:
    """Yield what attackers try: every address in every holder, every handler, mutations, and mixtures of all."""
    known = [holder.replace("{}", url) for holder in HOLDERS for url in URLS] + HANDLERS + MUTATIONS
    yield from known
    chance = random.Random(20)
    for _ in range(1500):
        parts = [part for _ in range(chance.randint(1, 3)) for part in (chance.choice(GLUE), chance.choice(known))]
        mixed = "".join(parts)
        if chance.random() < 0.5:  # a piece lost, doubled or moved, as parsers that disagree would
            start, end = sorted(chance.choices(range(len(mixed) + 1), k=2))
            piece = mixed[start:end]
            mixed = mixed[:start] + chance.choice(("", piece * 2, piece[::-1])) + mixed[end:]
        yield mixed


class Visit:
    """A page in the browser, and whatever happened on it that should not."""

    def __init__(self, browser: Browser) -> None:
        self.page = browser.new_context().new_page()
        self.requests: list[str] = []
        self.dialogs: list[str] = []
        self.page.route("**/*", self._answer)
        self.page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        self.page.goto("http://desk.invalid/")
        self.requests.clear()

    def _answer(self, route) -> None:
        self.requests.append(route.request.url)
        route.fulfill(body=PAGE, content_type="text/html")

    def runs(self, found: list[str]) -> int:
        """Show every piece, touch what is in it, and count what ran."""
        return self.page.evaluate(POKE, found)


@pytest.fixture
def visit(browser) -> Iterator[Visit]:
    visit = Visit(browser)
    yield visit
    visit.page.context.close()


def test_the_page_notices_what_runs_and_what_is_asked_for(visit):
    assert visit.runs([f"<img src=/x onerror={RUN}>"])
    assert visit.requests == ["http://desk.invalid/x"]
    assert visit.runs(HANDLERS) >= len(HANDLERS)


def test_nothing_of_a_stranger_runs_in_a_browser(visit):
    found = [safe_html(vector) for vector in vectors()]
    assert len(found) > 2000
    assert visit.runs(found) == 0
    assert (visit.requests, visit.dialogs) == ([], [])
    assert visit.page.url == "http://desk.invalid/"


def test_nothing_of_the_shared_vectors_runs_in_a_browser(visit, shared):
    cases = json.loads(shared("corpora/html/sanitizer-tests.json").read_text())
    assert visit.runs([safe_html(case["input"]) for case in cases]) == 0
    assert (visit.requests, visit.dialogs) == ([], [])


def test_images_that_a_reader_asks_for_are_the_only_thing_that_loads(visit):
    visit.runs([safe_html(vector, images=True) for vector in vectors()])
    assert {url.partition("/x")[0] for url in visit.requests} <= {"https://evil.invalid"}
    assert visit.page.evaluate("window.ran") == 0
