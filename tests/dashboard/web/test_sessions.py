"""What gets through to the page, and as whom: the middleware over a real database."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from dashboard.board import Board
from dashboard.board.logins import Claimed
from dashboard.opening import open_house
from dashboard.settings import Login, Settings, Web
from dashboard.web.sessions import ENDED, Seats, Sessions, ended, person_of, still_valid

ISSUER = {"issuer": "https://login.example.org", "client_id": "frontdesk"}
PROXY = {"header": "X-Forwarded-User", "trusted_proxies": "10.0.0.5/32, fd00::5/128"}
ADDRESS = "https://desk.example.org"
COOKIE = "__Host-frontdesk"


class Page:
    """What stands behind the middleware: it remembers whom it was shown."""

    def __init__(self):
        self.headers = {}
        self.person = None
        self.heard = []

    async def __call__(self, scope, receive, send):
        self.headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        login = person_of(scope)
        self.person = login.person if login else None
        self.valid = still_valid(scope)
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            while (message := await receive())["type"] != "websocket.disconnect":
                self.heard.append(message["text"])
            self.heard.append(message)
            await send({"type": "websocket.send", "text": "too late"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"the page"})


@pytest.fixture
def build(tmp_path):
    houses = []

    def make(**login):
        settings = Settings(data=tmp_path / "data", web=Web(address=ADDRESS), login=Login(**login))
        houses.append(open_house(settings))
        board, page = Board(houses[-1]), Page()
        return board, page, Sessions(page, lambda: board, settings)

    yield make
    for house in houses:
        house.store.close()


def ask(app, path="/", *, caller="10.0.0.9", method="GET", **headers):
    async def run():
        transport = httpx.ASGITransport(app, client=(caller, 4711))
        async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
            names = [
                (name.replace("_", "-").encode(), value.encode("latin-1"))
                for name, values in headers.items()
                for value in ([values] if isinstance(values, str) else values)
            ]
            return await client.request(method, path, headers=names)

    return asyncio.run(run())


def logged_in(board, login="ada@example.org"):
    person = board.logins.enroll(Claimed(login=login)).id
    token, found = board.logins.open(person, "")
    return person, found.key, f"{COOKIE}={token}"


def test_a_login_gives_the_page_its_person_and_nobody_else_can(build):
    board, page, app = build(**ISSUER)
    person, key, cookie = logged_in(board)
    other, _, _ = logged_in(board, "bob@example.org")
    forged = {"X_Frontdesk_Person": str(other), "X_Frontdesk_Login": "k"}
    assert ask(app, cookie=cookie, **forged).text == "the page"
    assert page.person == person
    assert [value for name, value in page.headers.items() if "frontdesk-" in name] == [str(person), key]


@pytest.mark.parametrize("name", ["X-Frontdesk-Person", "x-frontdesk-login", "X_Frontdesk_Person", "X-Frontdesk-New"])
def test_a_header_that_says_who_it_is_is_thrown_away_also_where_nobody_logs_in(build, name):
    _, page, app = build()

    async def run():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as client:
            return await client.get("/", headers={name: "1"})

    assert asyncio.run(run()).status_code == 200
    assert not [name for name in page.headers if "frontdesk" in name]


@pytest.mark.parametrize("cookie", ["", f"{COOKIE}=", f"{COOKIE}=guess", 'a="; b=c', f"{COOKIE}=ÿ"])
def test_a_cookie_that_is_no_login_lets_nobody_in(build, cookie):
    _, page, app = build(**ISSUER)
    assert ask(app, "/events", cookie=cookie).status_code == 401
    assert not page.headers


def test_a_damaged_cookie_beside_it_does_not_cost_the_login(build):
    board, page, app = build(**ISSUER)
    person, _, cookie = logged_in(board)
    assert ask(app, cookie=f'broken="; ={{}}; {cookie}; x').status_code == 200
    assert page.person == person


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_changes_nothing_with_the_login_of_a_visitor(build, site):
    board, page, app = build(**ISSUER)
    _, _, cookie = logged_in(board)
    assert ask(app, "/x", method="POST", cookie=cookie, sec_fetch_site=site).status_code == 403
    assert ask(app, "/x", method="POST", cookie=cookie, origin="https://evil.example").status_code == 403
    assert ask(app, "/x", method="POST", cookie=cookie, origin="null").status_code == 403
    assert ask(app, "/x", method="PUT", cookie=cookie, origin="http://desk.example.org").status_code == 403
    assert not page.headers
    assert ask(app, "/x", method="POST", cookie=cookie, sec_fetch_site="same-origin", origin=ADDRESS).status_code == 200
    assert ask(app, "/", cookie=cookie, sec_fetch_site=site).status_code == 200  # a link from there leads here


class Clock:
    """A clock that a test turns."""

    def __init__(self):
        self.time = datetime(2026, 11, 21, 9, tzinfo=UTC)

    def __call__(self):
        return self.time


def test_a_login_lasts_while_somebody_does_something_and_not_because_a_page_stays_open(build, monkeypatch):
    board, page, app = build(**ISSUER)
    clock = Clock()
    monkeypatch.setattr(board.logins, "_clock", clock)
    _, _, cookie = logged_in(board)

    def passes(minutes, *do):
        clock.time += timedelta(minutes=minutes)
        for one in do:
            one()
        return board.logins.all(page.person or 1)[0].seen_at == clock.time

    def reruns():
        talk(app, "one", cookie=cookie, seconds=0.2)
        for path in ("/_stcore/health", "/_stcore/host-config", "/events"):
            assert ask(app, path, cookie=cookie, accept="*/*").status_code == 200

    assert not passes(5, reruns)
    assert passes(5, lambda: ask(app, "/sources", cookie=cookie, accept="text/html,*/*"))
    assert not passes(5, lambda: ask(app, "/auth/used", cookie=cookie, accept="*/*"))  # an image could ask for that
    used = {"cookie": cookie, "method": "POST", "accept": "*/*"}
    assert not passes(5, lambda: ask(app, "/auth/used", sec_fetch_site="cross-site", **used))
    assert passes(5, lambda: ask(app, "/auth/used", sec_fetch_site="same-origin", **used))
    page.headers = {}
    assert ask(app, "/auth/used", **used).status_code == 204
    assert not page.headers  # it is answered here
    assert ask(app, "/auth/used", method="POST").status_code == 401
    clock.time += timedelta(hours=12)
    assert ask(app, "/auth/used", **used).status_code == 401  # what is over is not brought back


def test_where_nobody_logs_in_there_is_no_use_to_count(build):
    _, page, app = build()
    assert ask(app, "/auth/used", method="POST").status_code == 204
    assert not page.headers


def test_a_proxy_that_is_trusted_says_who_it_is(build):
    board, page, app = build(**PROXY)
    assert (
        ask(app, caller="10.0.0.5", x_forwarded_user="ada@example.org", user_agent="Firefox/146.0").status_code == 200
    )
    ada = board.store.employee("ada@example.org")
    assert (page.person, ada.admin) == (ada.id, False)
    ask(app, caller="fd00::5", x_forwarded_user="ada@example.org", user_agent="Firefox/146.0")
    assert [login.device for login in board.logins.all(ada.id)] == ["Firefox"]  # one device, one row
    ask(app, caller="10.0.0.5", x_forwarded_user="ada@example.org", user_agent="Mozilla/5.0 Chrome/142.0")
    assert {login.device for login in board.logins.all(ada.id)} == {"Firefox", "Chrome"}
    assert "x-forwarded-user" not in page.headers


def test_what_a_login_behind_a_proxy_is_made_of_opens_it_for_nobody_as_a_cookie(build):
    board, page, app = build(**PROXY)
    ask(app, caller="10.0.0.5", x_forwarded_user="ada", user_agent="Firefox/146.0")
    for guess in (r'"ada\000Firefox/146.0"', "ada\0Firefox/146.0", board.logins.all(page.person)[0].key):
        page.headers = {}
        assert ask(app, cookie=f"{COOKIE}={guess}").status_code == 401
        assert not page.headers


@pytest.mark.parametrize("caller", ["10.0.0.6", "127.0.0.1", "::ffff:10.0.0.5", "testclient"])
def test_from_anybody_else_the_header_counts_for_nothing(build, caller):
    board, page, app = build(**PROXY)
    headers = {"x_forwarded_user": "ada@example.org", "x_forwarded_for": "10.0.0.5", "accept": "text/html"}
    answer = ask(app, caller=caller, **headers)
    assert (answer.status_code, page.headers) == (401, {})
    assert "Please sign in first" in answer.text
    assert board.store.employee("ada@example.org") is None


def test_a_proxy_that_names_nobody_or_the_keeper_lets_nobody_in(build):
    _, page, app = build(**PROXY)
    assert ask(app, caller="10.0.0.5", x_forwarded_user=" ").status_code == 401
    assert ask(app, caller="10.0.0.5", x_forwarded_user="me").status_code == 403
    assert not page.headers


def test_a_proxy_that_names_two_lets_neither_in(build):
    board, page, app = build(**PROXY)
    for names in (["ada@example.org", "bob@example.org"], ["ada@example.org", "ada@example.org"]):
        assert ask(app, caller="10.0.0.5", x_forwarded_user=names).status_code == 401
    assert not page.headers
    assert not board.store.employees()


def test_what_the_server_tells_of_itself_is_for_admins(build):
    board, page, app = build(**ISSUER)
    person, _, cookie = logged_in(board)
    assert ask(app, "/_stcore/metrics", cookie=cookie).status_code == 403
    assert not page.headers
    board.store.enroll("ada@example.org", admin=True)
    assert ask(app, "/_stcore/metrics", cookie=cookie).status_code == 200
    assert page.person == person


def test_signing_out_is_for_whoever_has_a_login_also_by_a_proxy_and_signs_nobody_in(build):
    board, page, app = build(**PROXY)
    ask(app, "/auth/logout", caller="10.0.0.5", x_forwarded_user="ada@example.org")
    assert page.person == board.store.employee("ada@example.org").id
    _, page, app = build(**ISSUER)
    answer = ask(app, "/auth/logout", accept="text/html")
    assert (answer.status_code, answer.headers["location"], page.headers) == (303, "/auth/login", {})


def test_a_page_says_in_the_language_of_the_browser_that_somebody_is_blocked(build, monkeypatch):
    board, _, app = build(**PROXY)
    ask(app, caller="10.0.0.5", x_forwarded_user="ada@example.org")
    block(board, "ada@example.org")
    answer = ask(app, caller="10.0.0.5", x_forwarded_user="ada@example.org", accept_language="de-AT,en;q=0.5")
    assert answer.status_code == 403
    assert "Ihr Zugang ist gesperrt" in answer.text


def block(board, login):
    import sqlalchemy as sa

    with board.store._database.writing() as connection:
        connection.execute(sa.text("update employees set blocked = true where login = :login"), {"login": login})


def talk(app, *messages, cookie="", origin=ADDRESS, meanwhile=lambda: None, seconds=4.0):
    """Open a web socket, send messages, and return what came back until it is closed or the time is over."""
    headers = [(b"host", b"desk.example.org"), (b"cookie", cookie.encode())]
    headers += [(b"origin", origin.encode())] if origin else []
    scope = {"type": "websocket", "path": "/_stcore/stream", "query_string": b"", "headers": headers, "client": None}

    async def run():
        waiting, sent, closed = asyncio.Queue(), [], asyncio.Event()
        waiting.put_nowait({"type": "websocket.connect"})
        for text in messages:
            waiting.put_nowait({"type": "websocket.receive", "text": text})

        async def send(message):
            sent.append(message)
            if message["type"] == "websocket.close":
                closed.set()

        task = asyncio.create_task(app(scope, waiting.get, send))
        await asyncio.sleep(0.2)
        began = time.monotonic()
        await asyncio.to_thread(meanwhile)
        try:
            await asyncio.wait_for(closed.wait(), seconds)
        except TimeoutError:
            waiting.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await task
        return sent, time.monotonic() - began

    return asyncio.run(run())


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://desk.example.org", "null", "https://desk.example.org:8443"]
)
def test_another_site_gets_no_web_socket(build, origin):
    board, page, app = build(**ISSUER)
    _, _, cookie = logged_in(board)
    sent, _ = talk(app, "hello", cookie=cookie, origin=origin)
    assert sent == [{"type": "websocket.close", "code": ENDED}]
    assert not page.headers


def test_a_web_socket_without_a_login_is_refused(build):
    _, page, app = build(**ISSUER)
    assert talk(app, "hello")[0] == [{"type": "websocket.close", "code": ENDED}]
    assert not page.headers


@pytest.mark.parametrize("how", ["ended", "blocked", "erased"])
def test_a_web_socket_is_closed_within_two_seconds_of_the_end_of_its_login(build, how):
    board, page, app = build(**ISSUER)
    person, _, cookie = logged_in(board)
    ends = {
        "ended": lambda: board.logins.end_all(person),
        "blocked": lambda: block(board, "ada@example.org"),
        "erased": lambda: board.store.erase(person),
    }
    sent, seconds = talk(app, "one", "two", cookie=cookie, meanwhile=ends[how])
    assert page.heard == ["one", "two", {"type": "websocket.disconnect", "code": ENDED}]
    assert sent == [{"type": "websocket.accept"}, {"type": "websocket.close", "code": ENDED}]  # and nothing after it
    assert seconds < 2


def test_who_comes_back_by_the_proxy_is_let_in_while_a_page_of_before_still_closes(build):
    board, _, _ = build(**PROXY)
    seats = Seats(lambda: board)

    async def run():
        before = board.logins.vouched("ada@example.org", "Firefox/146.0")
        async with seats.taken(before) as old:
            board.logins.end_all(before.person)
            await asyncio.wait_for(old.over.wait(), 5)
            again = board.logins.vouched("ada@example.org", "Firefox/146.0")
            async with seats.taken(again) as new:
                assert again.key == before.key
                assert not new.over.is_set()

    asyncio.run(run())


def test_a_database_that_does_not_answer_ends_no_login(build, monkeypatch):
    board, page, app = build(**ISSUER)
    _, _, cookie = logged_in(board)

    def fail(_):
        raise OSError("locked")

    sent, _ = talk(
        app, cookie=cookie, meanwhile=lambda: monkeypatch.setattr(board.logins, "lasting", fail), seconds=1.5
    )
    assert sent[0] == {"type": "websocket.accept"}
    assert page.heard == [{"type": "websocket.disconnect", "code": 1000}]


def test_where_nobody_logs_in_nothing_ends(build):
    async def waits():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ended({}), 0.05)

    assert person_of({}) is None
    assert still_valid({})
    asyncio.run(waits())
