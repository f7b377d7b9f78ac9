"""Take the pictures of the documentation: the demo in a real browser, at desk and phone width."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, sync_playwright

FOLDER = Path(__file__).with_name("pictures")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
IDLE = "[data-testid='stApp'][data-test-script-state='notRunning']"
SETTLED_MS = 2500


class Picture(NamedTuple):
    """What to show: a view, what to click there, and how the person looks at it."""

    name: str
    path: str
    click: str = ""
    width: int = 1280
    height: int = 860
    locale: str = "en-GB"
    dark: bool = False


PICTURES = (
    Picture("today", ""),
    Picture("today-phone", "", width=390, height=844, locale="de-DE", dark=True),
    Picture("why", "", click="li.row:has-text('Angebot Stadtwerke') button.title"),
    Picture("search", "search?q=angebot"),
    Picture("sources", "sources"),
    Picture("profile", "profile", locale="de-DE"),
    Picture("admin", "admin"),
    Picture("first", "", click="button:has-text('Remove the demo')"),  # the last: it leaves nothing to look at
)


@contextmanager
def demo() -> Iterator[str]:
    """Start the demo in a folder of its own and give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        env = dict(os.environ, FRONTDESK_DATA=f"{folder}/data")
        command = [sys.executable, "-m", "dashboard.cli", "demo", "--port", str(port)]
        process = subprocess.Popen(command, env=env)  # noqa: S603  our own command
        try:
            _wait(f"http://127.0.0.1:{port}/health")
            time.sleep(8)  # until the worker has read every file of the demo
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def _wait(url: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(url, timeout=2).read()  # noqa: S310  loopback
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit("The demo did not start.")


def take(browser: Browser, address: str, picture: Picture) -> None:
    """Open a view as its person would and save what they see."""
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        locale=picture.locale,
        color_scheme="dark" if picture.dark else "light",
    )
    page = context.new_page()
    page.goto(f"{address}/{picture.path}")
    page.locator(IDLE).wait_for(timeout=30_000)
    page.wait_for_timeout(SETTLED_MS)
    if picture.click:
        page.locator(picture.click).first.click()
        page.wait_for_timeout(SETTLED_MS)
    page.screenshot(path=FOLDER / f"{picture.name}.png")
    context.close()


def main() -> None:
    """Take every picture."""
    chromium = shutil.which("chromium") or sys.exit("Chromium is needed: apt install chromium")
    FOLDER.mkdir(exist_ok=True)
    with demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        for picture in PICTURES:
            take(browser, address, picture)
        browser.close()


if __name__ == "__main__":
    main()
