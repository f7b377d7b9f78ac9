"""How a login ends, in a real browser: by the person, by an admin, by the provider, and by itself."""

import json
import re
import time
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from tests.ui.offices import NAME, Office, at_a_browser, enter, log_in, menu, opened, signed_out, token
from tests.ui.product import IDLE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("login")]


@pytest.fixture(scope="module")
def office(tmp_path_factory, program) -> Iterator[Office]:
    with opened(tmp_path_factory.mktemp("office"), program("node")) as office:
        yield office


def test_signing_out_in_one_tab_closes_the_other_and_ends_the_login_at_the_provider_too(office, one):
    first = log_in(one, office, "ada")
    second = one.new_page()
    second.goto(office.address)
    second.locator(IDLE).wait_for()
    kept = token(one)
    menu(first, "Ada").click()
    first.get_by_role("link", name="Sign out", exact=True).click()
    first.get_by_role("button", name="Leave").click()
    signed_out(first)
    signed_out(second)
    stolen = httpx.get(office.address, cookies={NAME: kept}, headers={"Accept": "text/html"})
    assert stolen.status_code == 303  # the token is worth nothing any more
    second.get_by_role("link", name="Sign in").click()
    expect(second.get_by_label("Name")).to_be_visible()  # and the provider asks again


def test_who_signs_out_at_the_provider_is_signed_out_here_in_all_tabs_but_not_in_another_browser(office, one, other):
    tabs, elsewhere = [log_in(one, office, "ada"), one.new_page()], log_in(other, office, "ada")
    tabs[1].goto(office.address)
    tabs[1].locator(IDLE).wait_for()
    kept = token(one)
    provider = one.new_page()
    provider.goto(f"{office.provider.issuer}/session/end")
    provider.get_by_role("button", name="Leave").click()
    for tab in tabs:
        signed_out(tab)
    stolen = httpx.get(office.address, cookies={NAME: kept}, headers={"Accept": "text/html"})
    assert stolen.status_code == 303
    expect(menu(elsewhere, "Ada")).to_be_visible()
    elsewhere.reload()
    expect(menu(elsewhere, "Ada")).to_be_visible(timeout=20_000)


def test_the_provider_is_told_who_wants_to_sign_out(office, one):
    page = log_in(one, office, "ada")
    menu(page, "Ada").click()
    with page.expect_request(re.compile(r"/session/end\?")) as asked:
        page.get_by_role("link", name="Sign out", exact=True).click()
    hint = httpx.URL(asked.value.url).params["id_token_hint"]
    assert json.loads(urlsafe_b64decode(hint.split(".")[1] + "=="))["sub"] == "ada"
    page.get_by_role("button", name="Leave").click()
    signed_out(page)
    assert hint.encode() not in Path(office.product.data, "frontdesk.db").read_bytes()


def test_signing_out_everywhere_reaches_another_browser(office, one, other):
    here, there = log_in(one, office, "ada"), log_in(other, office, "ada")
    menu(here, "Ada").click()
    here.get_by_role("button", name="Sign out everywhere").click()
    signed_out(there)
    signed_out(here)


def test_an_admin_who_signs_somebody_out_reaches_their_open_tab_in_two_seconds(office, one, other):
    page, bystander = log_in(one, office, "ada"), log_in(other, office, "bob")
    assert office.product.command("people", "sign-out", "ada@example.org").returncode == 0
    ended = time.monotonic()
    page.wait_for_url(f"{office.address}/auth/login?back=%2F", timeout=5000)
    assert time.monotonic() - ended < 2.5  # the browser's own way to the new page included
    bystander.wait_for_timeout(500)
    expect(menu(bystander, "Bob")).to_be_visible()


def test_a_login_ends_when_it_is_not_used_and_at_its_time_however_much_it_is(tmp_path, program, browser):
    seconds = timedelta(seconds=6)
    limits = {"FRONTDESK_LOGIN__IDLE_MINUTES": str(seconds / timedelta(minutes=1))}
    with opened(tmp_path, program("node"), **limits) as office, at_a_browser(browser) as context:
        page = log_in(context, office, "ada")
        for _ in range(4):  # used again and again, it lasts
            page.wait_for_timeout(2000)
            page.reload()
            page.locator(IDLE).wait_for()
        expect(page.get_by_role("heading", name="Sign in to Frontdesk")).to_be_visible(timeout=12_000)


def test_a_page_tells_that_somebody_uses_it_when_they_do_and_not_by_itself(office, one):
    told = []
    page = one.new_page()
    page.on("request", lambda request: told.append(request.url) if "/auth/used" in request.url else None)
    page.goto(f"{office.address}/sources")
    if page.get_by_label("Name").count():
        enter(page, "ada")
    page.locator(IDLE).wait_for(timeout=30_000)
    page.wait_for_function("window.frontdesk?.ear")
    assert told == []
    with page.expect_response(re.compile("/auth/used$")) as answer:
        page.keyboard.press("Shift")
    assert answer.value.status == 204
    page.keyboard.press("Shift")
    assert len(told) == 1  # not with every key
