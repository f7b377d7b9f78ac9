"""Take the pictures of the documentation: the demo in a real browser, at desk and phone width."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).with_name("pictures")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
IDLE = "[data-testid='stApp'][data-test-script-state='notRunning']"
PATIENCE_MS, LOOK_MS = 30_000, 400
ALIKE = 3
"""How many looks in a row have to show the same before a page counts as still."""
PEOPLE = """\
login,name,groups,admin,language
mira@brandt.example,Mira Holm,sales,no,de
jonas@brandt.example,Jonas Weber,purchasing|works council,no,de
lena@brandt.example,Lena Fischer,,yes,
zoe@brandt.example,Zoë Šimůnková,sales,no,en
"""
ADMIN = (
    "people import {folder}/people.csv",
    "sources add feeds --title Team --audience group --group sales --no-check --set address={demo}/feed-1.xml",
    "sources retain Team 90",
    'defaults set topics {{"security":2}}',
    "people block jonas@brandt.example",
)
"""What an admin of the demo has done, for the admin's pages to have something to show."""

Do = Callable[[Page], object]


class Picture(NamedTuple):
    """What to show: a view, what to do there, what is then to be seen, and how the person looks at it."""

    name: str
    path: str = ""
    do: tuple[Do, ...] = ()
    shows: str = "h1, h2"
    width: int = 1280
    height: int = 860
    locale: str = "en-GB"
    dark: bool = False


def click(role: str, name: str) -> Do:
    """Return a click on the first thing of this role and name."""
    return lambda page: page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]


def fill(name: str, text: str) -> Do:
    """Return the typing of a text into the field of this name."""

    def enter(page: Page) -> None:
        field = page.get_by_label(name).first
        field.fill(text)
        field.press("Enter")

    return enter


def key(name: str) -> Do:
    """Return the press of a key."""
    return lambda page: page.keyboard.press(name)


def offer(page: Page) -> None:
    """Open the mail about the offer."""
    page.locator("li.row:has-text('Angebot Stadtwerke') button.title").first.click()


def again(page: Page) -> None:
    """Load the page anew."""
    page.reload()
    page.locator(IDLE).wait_for()


def connect(page: Page) -> None:
    """Unfold what can be connected."""
    page.get_by_text("Add a source").first.click()


ROW, DRAWER = "li.row", "[role=dialog]"
PICTURES = (
    Picture("today", shows=ROW),
    Picture("today-phone", shows=ROW, width=390, height=844, locale="de-DE", dark=True),
    Picture("opened", do=(offer,), shows=DRAWER, height=755),
    Picture("why", do=(key("j"), key("w")), shows=DRAWER),
    Picture("keys", do=(key("?"),), shows="dialog.help[open]"),
    Picture("break", "?list=break", shows=ROW, height=790),
    Picture("search", "search?q=angebot", shows=ROW),
    Picture("sources", "sources"),
    Picture("source-new", "sources", do=(connect, click("button", "Mail (IMAP)"))),
    Picture("profile", "profile", do=(fill("Add a topic", "Mietvertrag"),), shows="ol.moves li", height=675),
    Picture("admin", "admin"),
    Picture("admin-people", "admin", do=(click("radio", "People"),)),
    Picture("admin-sources", "admin", do=(click("radio", "Sources for everyone"),), height=640),
    Picture("admin-log", "admin", do=(click("radio", "Log"),), height=800),
    Picture("first", do=(click("button", "Remove the demo"), again), height=600),  # the last: nothing is left to see
)
REFUSED = Picture("login-failed", "auth/login?next=/", height=520)


@contextmanager
def running(command: str, folder: str, **settings: str) -> Iterator[str]:
    """Start Frontdesk in a folder of its own, give its address, and end it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    env = environment(f"{folder}/data", **settings)
    process = subprocess.Popen([*frontdesk(command), "--port", port], env=env)  # noqa: S603  our own command
    try:
        _wait(f"http://127.0.0.1:{port}/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def frontdesk(words: str) -> list[str]:
    """Return how a command is run."""
    return [sys.executable, "-m", "dashboard.cli", *words.split()]


def environment(data: str, **settings: str) -> dict[str, str]:
    """Return an environment in which nothing of one's own Frontdesk is known."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
    return own | {"FRONTDESK_DATA": data, **settings}


def _wait(url: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(url, timeout=2).read()  # noqa: S310  loopback
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit(f"{url} did not answer.")


def prepare(folder: str) -> None:
    """Do what an admin does, and wait until the worker has read every file."""
    data = f"{folder}/data-demo"
    Path(folder, "people.csv").write_text(PEOPLE, encoding="utf-8")
    for words in ADMIN:
        told = words.format(folder=folder, demo=f"{data}/demo/1")
        subprocess.run(frontdesk(told), env=environment(data), check=True, stdout=subprocess.DEVNULL)  # noqa: S603  ours
    for _ in range(120):
        listed = subprocess.run(  # noqa: S603  our own command
            frontdesk("sources list"), env=environment(data), check=True, capture_output=True, text=True
        )
        if " new " not in listed.stdout:
            return
        time.sleep(0.5)
    sys.exit("The demo was not read.")


def take(browser: Browser, address: str, picture: Picture) -> None:
    """Open a view as its person would and save what they see."""
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        locale=picture.locale,
        color_scheme="dark" if picture.dark else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{address}/{picture.path}")
    if not picture.path.startswith("auth"):
        page.locator(IDLE).wait_for()
    still(page)
    for do in picture.do:
        do(page)
        still(page)
    page.locator(picture.shows).first.wait_for()
    (FOLDER / f"{picture.name}.png").write_bytes(still(page))
    context.close()


def still(page: Page) -> bytes:
    """Wait until a page looks the same some times in a row; return how it looks."""
    seen, alike = page.screenshot(), 1
    while alike < ALIKE:
        page.wait_for_timeout(LOOK_MS)
        now = page.screenshot()
        alike, seen = (alike + 1 if now == seen else 1), now
    return seen


def main() -> None:
    """Take every picture, or those that are named."""
    chromium = shutil.which("chromium") or sys.exit("Chromium is needed: apt install chromium")
    FOLDER.mkdir(exist_ok=True)
    wanted = set(sys.argv[1:]) or {picture.name for picture in (*PICTURES, REFUSED)}
    nobody = {"FRONTDESK_LOGIN__ISSUER": "http://127.0.0.1:9/", "FRONTDESK_LOGIN__CLIENT_ID": "frontdesk"}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        with running("demo", folder) as address:
            prepare(folder)
            for picture in PICTURES:
                if picture.name in wanted:
                    take(browser, address, picture)
        if REFUSED.name in wanted:
            with running("serve --no-worker", folder, **nobody) as address:
                take(browser, address, REFUSED)
        browser.close()


if __name__ == "__main__":
    main()
