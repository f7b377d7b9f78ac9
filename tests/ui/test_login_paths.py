"""The login, in a real browser, at a real OpenID provider."""

import re
import sqlite3
from collections.abc import Iterator
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


def test_who_opens_the_page_logs_in_at_the_provider_and_comes_to_where_they_wanted(office, one):
    page = log_in(one, office, "ada", "/sources?from=mail")
    expect(page).to_have_url(f"{office.address}/sources?from=mail")
    expect(menu(page, "Ada")).to_be_visible()
    assert office.people()["ada@example.org"]["name"] == "Ada"
    (cookie,) = (cookie for cookie in one.cookies() if cookie["name"] == NAME)
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Lax", "/")
    assert len(cookie["value"]) == 43  # 256 bits
    assert not [cookie for cookie in one.cookies() if cookie["path"] == "/auth"]  # nothing of the way there is left
    assert token(one) not in Path(office.product.data, "frontdesk.db").read_bytes().decode("latin-1")


def test_who_cancels_is_told_so_and_can_try_again(office, one):
    page = one.new_page()
    page.goto(office.address)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="You were not signed in")).to_be_visible()
    page.get_by_role("link", name="Try again").click()
    enter(page, "ada")
    page.locator(IDLE).wait_for()


def test_somebody_the_provider_does_not_know_gets_nowhere(office, one):
    page = one.new_page()
    page.goto(office.address)
    enter(page, "mallory")
    expect(page.get_by_role("heading", name="You were not signed in")).to_be_visible()
    assert not [cookie for cookie in one.cookies() if cookie["name"] == NAME]


def test_two_people_at_once_never_see_what_is_the_others(office, one, other):
    for name in ("ada", "bob"):
        assert office.product.command("people", "add", f"{name}@example.org").returncode == 0
        feed = ("--title", f"Only for {name}", "--set", "address=https://news.example.org/feed")
        added = office.product.command("--as", f"{name}@example.org", "sources", "add", "feeds", "--no-check", *feed)
        assert added.returncode == 0, added.stderr
    pages = {"ada": log_in(one, office, "ada", "/sources"), "bob": log_in(other, office, "bob", "/sources")}
    for _ in range(3):
        for page in pages.values():
            page.reload()
        for name, page in pages.items():
            stranger = "bob" if name == "ada" else "ada"
            expect(page.get_by_text(f"Only for {name}").first).to_be_visible()
            page.locator(IDLE).wait_for()
            expect(page.get_by_text(f"Only for {stranger}")).to_have_count(0)
            expect(page.get_by_role("button", name=stranger.title(), exact=True)).to_have_count(0)


def test_who_logs_in_in_place_of_another_takes_over_nothing_of_theirs(office, one):
    adas = log_in(one, office, "ada")
    before = token(one)
    one.clear_cookies()
    bobs = log_in(one, office, "bob")
    expect(menu(bobs, "Bob")).to_be_visible()
    one.set_offline(True)
    adas.wait_for_timeout(1500)
    one.set_offline(False)  # Ada's tab connects anew, with the cookie of Bob
    adas.wait_for_timeout(4000)
    adas.reload()
    expect(menu(adas, "Bob")).to_be_visible()
    assert token(one) != before


def test_an_admin_is_named_by_a_group_of_the_claim_and_no_longer_is_one_without_it(office, one):
    office.provider.say("cleo", groups=["staff", "keepers"])
    log_in(one, office, "cleo")
    cleo = office.people()["cleo@example.org"]
    assert (cleo["admin"], cleo["groups"]) == (True, "keepers, staff")
    office.provider.say("cleo", groups=None)
    one.clear_cookies()
    log_in(one, office, "cleo")
    cleo = office.people()["cleo@example.org"]
    assert (cleo["admin"], cleo["groups"]) == (False, "")


def test_the_first_who_logs_in_is_no_admin_by_accident(tmp_path, program, browser):
    with opened(tmp_path, program("node"), FRONTDESK_LOGIN__ADMIN_GROUPS="") as office:
        with at_a_browser(browser) as context:
            log_in(context, office, "ada")
        assert office.people()["ada@example.org"]["admin"] is False


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"email_verified": False}, "Your address is not verified"),
        ({"email_verified": None}, "Your address is not verified"),
        ({"email": None}, "Your provider does not say who you are"),
    ],
)
def test_an_address_that_nobody_vouches_for_is_let_in_as_nobody(office, one, claims, words):
    office.provider.say("eve", **({"email": "ada@example.org", "email_verified": True, "name": "Eve"} | claims))
    page = one.new_page()
    page.goto(office.address)
    enter(page, "eve")
    expect(page.get_by_role("heading", name=words)).to_be_visible()
    assert not [cookie for cookie in one.cookies() if cookie["name"] == NAME]


def test_who_is_blocked_is_told_so_and_loses_the_open_tab(office, one, other):
    page = log_in(one, office, "bob")
    block(office, "bob@example.org", blocked=True)
    try:
        signed_out(page)
        again = other.new_page()
        again.goto(office.address)
        enter(again, "bob")
        expect(again.get_by_role("heading", name="You cannot use Frontdesk")).to_be_visible()
        expect(again.get_by_role("link")).to_have_count(0)
    finally:
        block(office, "bob@example.org", blocked=False)


def block(office: Office, login: str, *, blocked: bool) -> None:
    with sqlite3.connect(office.product.data / "frontdesk.db") as database:
        database.execute("update employees set blocked = ? where login = ?", (blocked, login))


def on_the_way_back(office: Office, client: httpx.Client, name: str, wanted: str = "/") -> str:
    """Log in at the provider by hand, and return the address that it sends the person back to, not yet opened."""
    asked = client.get(f"{office.address}/auth/login", params={"next": wanted}).headers["location"]
    step = client.get(asked).headers["location"]
    if "/auth/callback" in step:  # the provider knows them already
        return step
    form = client.get(f"{office.provider.issuer}{step}")
    action = re.search('action="([^"]+)"', form.text)[1]
    entered = client.post(f"{office.provider.issuer}{action}", data={"login": name, "do": "enter"})
    return client.get(entered.headers["location"]).headers["location"]


def test_a_state_that_was_tampered_with_or_is_of_another_login_begins_nothing(office):
    with httpx.Client() as mine:
        back = on_the_way_back(office, mine, "ada")
        for wrong in ("state=another", "state=", "no=state"):
            refused = mine.get(re.sub(r"state=[^&]+", wrong, back))
            assert (refused.status_code, NAME in mine.cookies) == (400, False)
        state = httpx.URL(on_the_way_back(office, mine, "ada")).params["state"]
        refused = mine.get(re.sub(r"state=[^&]+", f"state={state}", back))  # begun here, but not for this code
        assert (refused.status_code, NAME in mine.cookies) == (400, False)


def test_an_answer_of_another_provider_is_not_taken(office):
    with httpx.Client() as mine:
        refused = mine.get(re.sub(r"iss=[^&]+", "iss=https%3A%2F%2Fevil.example", on_the_way_back(office, mine, "ada")))
        assert (refused.status_code, NAME in mine.cookies) == (400, False)


def test_who_is_lured_into_the_login_of_somebody_else_is_not_logged_in_as_them(office):
    with httpx.Client() as mallory, httpx.Client() as ada:
        assert ada.get(on_the_way_back(office, mallory, "bob")).status_code == 400


@pytest.mark.parametrize(
    "lure", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "evil"]
)
def test_nobody_is_sent_to_another_site_after_the_login(office, lure):
    with httpx.Client() as mine:
        assert mine.get(on_the_way_back(office, mine, "ada", lure)).headers["location"] == "/"
        assert mine.get(f"{office.address}/auth/login", params={"next": lure}).headers["location"] == "/"


def test_without_a_login_there_is_a_way_to_it_and_nothing_else(office):
    with httpx.Client(base_url=office.address) as nobody:
        page = nobody.get("/search?q=budget", headers={"Accept": "text/html"})
        assert (page.status_code, page.headers["location"]) == (303, "/auth/login?next=/search%3Fq%3Dbudget")
        for path in ("/events", "/_stcore/host-config", "/_stcore/metrics", "/media/x", "/_stcore/upload_file/a/b"):
            assert nobody.get(path).status_code == 401, path
        for path in ("/health", "/_stcore/health", "/manifest.webmanifest", "/service-worker.js"):
            assert nobody.get(path).status_code == 200, path
        forged = {"X-Frontdesk-Person": "1", "x_frontdesk_login": "x", "X-Forwarded-User": "ada@example.org"}
        assert nobody.get("/events", headers=forged).status_code == 401


def test_only_an_admin_sees_the_figures_of_the_server(office, one):
    log_in(one, office, "bob")
    assert httpx.get(f"{office.address}/_stcore/metrics", cookies={NAME: token(one)}).status_code == 403
    assert office.product.command("people", "add", "bob@example.org", "--admin").returncode == 0
    assert httpx.get(f"{office.address}/_stcore/metrics", cookies={NAME: token(one)}).status_code == 200


def test_a_callback_works_once_and_in_the_browser_that_began_it_only(office, one, other):
    seen = []
    page = one.new_page()
    page.on("request", lambda request: seen.append(request.url))
    page.goto(office.address)
    began = [cookie for cookie in one.cookies() if cookie["path"] == "/auth"]
    enter(page, "ada")
    page.locator(IDLE).wait_for()
    (callback,) = {url for url in seen if "/auth/callback" in url}
    elsewhere = other.new_page()
    elsewhere.goto(callback)
    expect(elsewhere.get_by_role("heading", name="This sign-in is no longer valid")).to_be_visible()
    other.add_cookies(began)  # even with everything that the first browser had
    elsewhere.goto(callback)
    expect(elsewhere.get_by_role("heading", name="This sign-in is no longer valid")).to_be_visible()
    assert not [cookie for cookie in other.cookies() if cookie["name"] == NAME]


def test_several_tabs_that_ask_at_once_all_come_through(office, one):
    pages = [one.new_page() for _ in range(3)]
    for page in pages:
        page.goto(office.address)
    for page in pages:
        if page.get_by_label("Name").count():
            enter(page, "ada")
        page.locator(IDLE).wait_for()


def test_another_site_opens_no_web_socket_and_logs_nobody_out(office, one, site):
    address, folder = site
    page = log_in(one, office, "ada")
    stream = office.address.replace("http", "ws") + "/_stcore/stream"
    (folder / "index.html").write_text(
        f"<script>const s = new WebSocket('{stream}');"
        "s.onopen = () => document.title = 'open'; s.onerror = () => document.title = 'refused';</script>"
        f"<img src='{office.address}/auth/logout'>"
    )
    attack = one.new_page()
    attack.goto(address.replace("127.0.0.1", "localhost"))  # same site, and still not the same origin
    expect(attack).to_have_title("refused")
    attack.wait_for_timeout(1500)
    expect(menu(page, "Ada")).to_be_visible()
    page.goto(f"{office.address}/auth/logout")
    page.get_by_role("link", name="Sign out").click()  # a link from elsewhere is asked about first
    expect(page.get_by_role("button", name="Leave")).to_be_visible()
