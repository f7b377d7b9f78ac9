"""From ``./run`` until the first rows are painted in a browser, the second start.

    python -m benchmarks.start [--items 100000] [--rounds 5]

The peer is ``streamlit run`` of an empty page until the browser says that its script has run. Both
are started in turns on their own port, so that the browser has their files from the time before.
"""

import argparse
import hashlib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks import page as browsed
from benchmarks.page import WATCH
from benchmarks.product import OURS, QUIET, ROOT, Server, answers, chromium, fill, free_port, frontdesk, load, streamlit

AIM = 3.0
IDLE = f'document.querySelector("{browsed.IDLE}") !== null'


def by_run() -> tuple[str, ...]:
    """Return the command people type; the module where this checkout was never set up by it."""
    stamp = ROOT / ".venv" / ".installed-product"
    wanted = hashlib.sha256((ROOT / "requirements.lock").read_bytes() + (ROOT / "pyproject.toml").read_bytes())
    if stamp.exists() and stamp.read_text() == wanted.hexdigest():
        return sys.executable, str(ROOT / "run")
    print("./run has not set this checkout up: frontdesk is started in its place, which saves its check of the lock")
    return OURS


def until_painted(page: Page, start: Callable[[], AbstractContextManager[Server]], test: str) -> tuple[float, float]:
    """Return the seconds until the server answers and until ``test`` holds on the page, both from the start."""
    began = time.monotonic()
    with start() as server:
        answers(server.address, server.process)
        answered = time.monotonic() - began
        page.goto(server.address, wait_until="commit")
        page.evaluate(f"window.painted(() => {test})")
        painted = time.monotonic() - began
        page.goto("about:blank")
    return answered, painted


def main(items: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data, command = Path(folder, "data"), by_run()
        fill(data, each=items)
        ports = free_port(), free_port()
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(QUIET))
        context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
        context.add_init_script(WATCH)
        page = context.new_page()
        ours: list[tuple[float, float]] = []
        theirs: list[tuple[float, float]] = []
        for _ in range(rounds + 1):
            ours.append(
                until_painted(
                    page,
                    lambda: frontdesk(data, "serve", port=ports[0], wait=False, by=command),
                    "window.rowIds().length >= 50",
                )
            )
            theirs.append(until_painted(page, lambda: streamlit("", port=ports[1], flags=False, wait=False), IDLE))
        browser.close()
    print(f"{items:,} items in the store, {rounds} starts in turns after one that is not counted; {load()}")
    for place, what in enumerate(("the server answers", "the first rows are painted")):
        mine, other = ([taken[place] for taken in times[1:]] for times in (ours, theirs))
        print(
            f"until {what}: median {statistics.median(mine):.2f} s (least {min(mine):.2f}); "
            f"empty Streamlit page {statistics.median(other):.2f} s (least {min(other):.2f}); "
            f"{statistics.median(mine) / statistics.median(other):.2f} times as long"
        )
    print(f"aim: painted within {AIM} s: {statistics.median(taken[1] for taken in ours[1:]):.2f} s")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--items", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    main(given.items, given.rounds)
