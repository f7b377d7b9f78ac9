"""Connecting a source by the consent of its person, in a real browser, at a real provider."""

import json
import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from tests.servers.provider import providing
from tests.ui.product import IDLE, free_port, running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("login")]


@pytest.fixture
def office(tmp_path, program):
    """Start a Frontdesk of one person with a mailbox that is to be connected, and the provider of that mailbox."""
    port = free_port()
    issuer = f"http://127.0.0.1:{port}"
    with running(tmp_path / "data", FRONTDESK_NETWORK__ALLOW="127.0.0.0/8", FRONTDESK_NETWORK__PORTS=str(port)) as desk:
        back = desk.address.replace("127.0.0.1", "localhost") + "/oauth/callback"
        mail = {"client_id": "mail", "client_secret": "for mail alone", "redirect_uris": [back]}
        mail["grant_types"] = ["authorization_code", "refresh_token"]
        with providing(Path(tmp_path), program("node"), port, [mail]) as provider:
            options = {"host": "127.0.0.1", "user": "ada@example.org", "client_id": "mail"}
            options |= {"authorize_url": f"{issuer}/auth", "token_url": f"{issuer}/token", "scopes": "openid mail"}
            options |= {"client_secret": "for mail alone"}
            given = [word for name, value in options.items() for word in ("--set", f"{name}={value}")]
            added = desk.command("sources", "add", "imap_oauth", "--title", "Mail", *given)
            assert added.returncode == 0, added.stderr
            yield desk, provider


def test_a_source_is_connected_from_the_page_with_a_click_and_at_its_provider(office, browser):
    desk, _ = office
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto(f"{desk.address.replace('127.0.0.1', 'localhost')}/sources")
    with context.expect_page() as opened:
        page.get_by_role("link", name="Connect at the provider").click()
    provider = opened.value
    provider.get_by_label("Name").fill("ada")
    provider.get_by_role("button", name="Enter").click()
    expect(provider).to_have_url(re.compile("/sources$"))
    provider.locator(IDLE).wait_for()
    expect(provider.get_by_text("Mail", exact=True)).to_be_visible()
    expect(provider.get_by_role("link", name="Connect at the provider")).to_have_count(0)  # it has a token now
    (source,) = json.loads(desk.command("sources", "list", "--json").stdout)
    assert source["failure"] != "Unauthorized"
    context.close()


def test_an_answer_to_no_question_connects_nothing_and_is_told_in_words(office):
    desk, _ = office
    with httpx.Client(base_url=desk.address) as client:
        asked = client.get("/oauth/start?source=1")
        assert (asked.status_code, asked.headers["location"].startswith("http://127.0.0.1:")) == (303, True)
        wrong = client.get("/oauth/callback?code=stolen&state=another", headers={"Accept-Language": "de"})
        assert (wrong.status_code, "Die Quelle wurde nicht verbunden" in wrong.text) == (400, True)
        again = client.get("/oauth/callback?error=access_denied")
        assert (again.status_code, "access_denied" in again.text) == (400, False)
        lured = client.get("/oauth/start?source=1", headers={"Sec-Fetch-Site": "cross-site"})
        assert (lured.status_code, "location" in lured.headers) == (403, False)
        for source in ("2", "0", "x", "", "99999999999999999999", "-1", "²"):
            assert client.get("/oauth/start", params={"source": source}).status_code == 404, source
