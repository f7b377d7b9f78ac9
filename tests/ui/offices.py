"""A Frontdesk that people log in to at a real OpenID provider, and what they do there."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.servers.provider import Provider, client, providing
from tests.ui.product import IDLE, Product, free_port, running

LOGIN = {
    "FRONTDESK_LOGIN__CLIENT_ID": "frontdesk",
    "FRONTDESK_LOGIN__CLIENT_SECRET": "between us two",
    "FRONTDESK_LOGIN__SCOPES": "openid, email, profile, groups",
    "FRONTDESK_LOGIN__GROUPS_CLAIM": "groups",
    "FRONTDESK_LOGIN__ADMIN_GROUPS": "keepers",
}
NAME = "frontdesk"
"""The cookie, on loopback and without TLS."""


@dataclass
class Office:
    """A Frontdesk that people log in to, and the provider they log in at."""

    product: Product
    provider: Provider
    address: str

    def people(self) -> dict[str, dict[str, object]]:
        listed = self.product.command("people", "list", "--json")
        return {person["login"]: person for person in json.loads(listed.stdout)}


@contextmanager
def opened(folder: Path, node: str, **settings: str) -> Iterator[Office]:
    port = free_port()
    issuer = {"FRONTDESK_LOGIN__ISSUER": f"http://127.0.0.1:{port}"}
    with running(folder / "data", **(LOGIN | issuer | settings)) as product:
        address = product.address.replace("127.0.0.1", "localhost")
        ends = {"backchannel_logout_uri": f"{address}/auth/backchannel", "backchannel_logout_session_required": True}
        with providing(folder, node, port, [client("frontdesk", "between us two", address, **ends)]) as provider:
            yield Office(product, provider, address)


@contextmanager
def at_a_browser(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(15_000)
    yield context
    context.close()


def menu(page: Page, name: str):
    """Return the menu of the person, which bears their name; a source in trouble may bear it too."""
    return page.get_by_role("button", name=name).and_(page.get_by_test_id("stPopoverButton"))


def enter(page: Page, name: str) -> None:
    """Say at the provider who one is."""
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Enter").click()


def log_in(context: BrowserContext, office: Office, name: str, path: str = "/") -> Page:
    page = context.new_page()
    page.goto(office.address + path)
    enter(page, name)
    page.locator(IDLE).wait_for(timeout=30_000)
    return page


def signed_out(page: Page) -> None:
    expect(page.get_by_role("heading", name="Sign in to Frontdesk")).to_be_visible(timeout=4000)


def token(context: BrowserContext) -> str:
    return next(cookie["value"] for cookie in context.cookies() if cookie["name"] == NAME)
