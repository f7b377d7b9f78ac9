"""Today in a real browser beside a Streamlit page with the same rows in one st.html.

    python -m benchmarks.page [--items 100000] [--rounds 20]

Rendered is from the navigation until fifty rows are painted, an action from the click on Done. Ours
is told twice: until the row has left the screen, and until the server has carried it out, made a new
order of everything, and the next row has moved up. The peer has no store and orders nothing: a button
makes its list one row shorter. Both run in turns in one browser with a warm cache; no worker runs.
"""

import argparse
import json
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.product import QUIET, Server, chromium, fill, frontdesk, load, p95, streamlit

LONG = (250, 2000)
"""How many rows a long page shows; it holds no more than the last."""
IDLE = "[data-testid='stApp'][data-test-script-state='notRunning']"
_WAIT_MS = 60_000

PEER = """
import html
import json
import streamlit as st

st.set_page_config(layout="centered")
rows = json.loads({rows!r})
st.header("Today")
left = st.session_state.setdefault("left", 0)
if st.button("Done", key="done"):
    left = st.session_state["left"] = left + 1
st.html("<ul>" + "".join(
    '<li class="row" data-id="' + row["id"] + '"><article><b>' + html.escape(row["title"]) + "</b><p>"
    + html.escape(row["text"]) + "</p></article></li>" for row in rows[left:left + {shown}]
) + "</ul>")
"""

WATCH = """
window.rowIds = () => {
  const hosts = [...document.querySelectorAll("[data-testid^='stBidiComponent']")];
  const roots = [document, ...hosts.map((host) => host.shadowRoot).filter(Boolean)];
  return roots.flatMap((root) => [...root.querySelectorAll("li.row")].map((row) => row.dataset.id));
};
window.painted = (test) => new Promise((done, fail) => {
  setTimeout(() => fail(new Error("not within a minute, rows: " + window.rowIds().length)), 60000);
  const shown = () => setTimeout(() => done(performance.now()));
  const look = () => requestAnimationFrame(test() ? shown : look);
  look();
});
window.rendered = (count) => window.painted(() => window.rowIds().length >= count);
window.nextClick = () => new Promise((done) =>
  addEventListener("click", (event) => done(event.timeStamp), { capture: true, once: true }));
"""


class Seen:
    """What one page took, in milliseconds."""

    def __init__(self) -> None:
        self.rendered: list[float] = []
        self.gone: list[float] = []
        self.carried_out: list[float] = []


def open_page(page: Page, server: Server, count: int = 50) -> float:
    """Open the page anew and return the milliseconds until its rows are painted."""
    page.bring_to_front()  # a page behind another paints nothing
    page.goto(server.address, wait_until="commit")
    taken = float(page.evaluate(f"window.rendered({count})"))
    page.locator(IDLE).wait_for(timeout=_WAIT_MS)
    return taken


def click(page: Page, button: str, changed: str) -> tuple[float, float]:
    """Click a button; return the milliseconds until the first row is gone, and until ``changed`` holds."""
    page.bring_to_front()
    first = page.evaluate("window.rowIds()[0]")
    page.evaluate(
        f"""window.watched = (async () => {{
          const clicked = window.nextClick();
          const gone = window.painted(() => window.rowIds()[0] !== {json.dumps(first)});
          const whole = window.painted(() => window.rowIds()[0] !== {json.dumps(first)} && ({changed}));
          return [await gone, await whole, await clicked];
        }})(); 0"""
    )
    page.locator(button).first.click(timeout=_WAIT_MS)
    gone, whole, began = page.evaluate("window.watched")
    page.locator(IDLE).wait_for(timeout=_WAIT_MS)
    page.wait_for_timeout(150)
    return gone - began, whole - began


def rows_of(page: Page) -> list[dict[str, str]]:
    """Read what our list shows, for the peer to show the same."""
    found: list[dict[str, str]] = page.locator("li.row").evaluate_all(
        "rows => rows.map(row => ({id: row.dataset.id, title: row.querySelector('.title').textContent,"
        " text: row.innerText}))"
    )
    return found


def report(what: str, ours: list[float], theirs: list[float], aim: float | None = None) -> None:
    ratio = p95(ours) / p95(theirs)
    aimed = f", aim {aim}" if aim else ""
    print(
        f"{what}: p50 {statistics.median(ours):.0f} p95 {p95(ours):.0f} ms; "
        f"peer p50 {statistics.median(theirs):.0f} p95 {p95(theirs):.0f} ms; p95 {ratio:.2f} times as long{aimed}"
    )


def short(ours: Page, theirs: Page, frontdesk: Server, peer: Server, rounds: int) -> None:
    """Measure fifty rows: opening the page, then an action, ours and the peer's in turns."""
    mine, other = Seen(), Seen()
    for _ in range(rounds):
        mine.rendered.append(open_page(ours, frontdesk))
        gone, whole = click(ours, "li.row button.done", "window.rowIds().length === 50")
        mine.gone.append(gone)
        mine.carried_out.append(whole)
        other.rendered.append(open_page(theirs, peer))
        other.gone.append(click(theirs, ".st-key-done button", "true")[0])
    report("rendered, 50 rows", mine.rendered, other.rendered, 1.3)
    report("click on Done until the row is gone", mine.gone, other.gone, 2)
    report("click on Done until it is carried out and the next row is there", mine.carried_out, other.gone, 2)


def long(page: Page, theirs: Page, peer: Server, count: int, rounds: int) -> None:
    """Measure an action in a list of so many rows."""
    gone, whole, other = [], [], []
    open_page(theirs, peer, count)
    for _ in range(rounds):
        times = click(page, "li.row button.done", f"window.rowIds().length === {count}")
        gone.append(times[0])
        whole.append(times[1])
        other.append(click(theirs, ".st-key-done button", "true")[0])
    report(f"{count:,} rows, click until the row is gone", gone, other)
    report(f"{count:,} rows, click until it is carried out", whole, other)
    print(f"    aim 150 ms: {p95(whole):.0f} ms")


def grow(page: Page, count: int) -> None:
    """Ask for more rows until there are so many."""
    page.bring_to_front()
    shown = page.evaluate("window.rowIds().length")
    while shown < count:
        page.locator(".st-key-more button").click(timeout=_WAIT_MS)
        page.evaluate(f"window.rendered({shown + 1})")
        page.locator(IDLE).wait_for(timeout=_WAIT_MS)
        shown = page.evaluate("window.rowIds().length")


def main(items: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data = Path(folder, "data")
        fill(data, each=items)
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(QUIET))
        context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
        context.add_init_script(WATCH)
        mine, other = context.new_page(), context.new_page()
        with frontdesk(data) as server:
            open_page(mine, server)
            rows = rows_of(mine)
            with streamlit(PEER.format(rows=json.dumps(rows * 2), shown=50)) as peer:
                open_page(other, peer)
                print(f"{items:,} items in the store, {rounds} rounds, no worker; {load()}")
                short(mine, other, server, peer, rounds)
            for count in LONG:
                grow(mine, count)
                many = [{**row, "id": f"{n}"} for n, row in enumerate(rows_of(mine))]
                with streamlit(PEER.format(rows=json.dumps(many * 2), shown=count)) as peer:
                    long(mine, other, peer, count, max(5, rounds // 4))
        print(load())
        browser.close()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--items", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=20)
    given = options.parse_args()
    main(given.items, given.rounds)
