import httpx
import pytest

from connectors.kit.errors import BadData, Misconfigured, Unauthorized, Unavailable
from connectors.kit.login import PasswordLogin, TokenLogin
from connectors.kit.net.guard import Guard
from connectors.kit.net.sending import same_server
from connectors.kit.web import Http


class Renewable:
    renewable = True

    def __init__(self) -> None:
        self.fresh = 0

    def token(self, *, fresh=False):
        self.fresh += fresh
        return f"token-{self.fresh}"

    def authorization(self, *, fresh=False):
        return f"Bearer {self.token(fresh=fresh)}"


# Redirects


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [([301], 1), ([308, 301], 2), ([301, 302], 1), ([302, 301], None), ([307], None), ([303], None)],
)
def test_only_a_chain_of_permanent_redirects_moves_a_source(statuses, moved, backend, http):
    def answer(asked):
        step = int(asked.target[1:] or 0)
        return backend.reply(statuses[step], Location=f"/{step + 1}") if step < len(statuses) else backend.reply()

    backend.answer = answer
    reply = http().get(backend.url)
    assert reply.moved == (moved and f"{backend.url}{moved}")
    assert reply.url == f"{backend.url}{len(statuses)}"


def test_a_redirect_loop_ends_after_five(backend, http):
    backend.answer = lambda _: backend.reply(302, Location="/")
    with pytest.raises(Unavailable):
        http(retries=0).get(backend.url)
    assert len(backend.asked) == 6


@pytest.mark.parametrize(("status", "method"), [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")])
def test_what_a_post_becomes(status, method, backend, http):
    backend.answer = lambda asked: backend.reply() if asked.target == "/b" else backend.reply(status, Location="/b")
    http().post(backend.url, json=1)
    assert backend.asked[1].method == method
    assert backend.asked[1].body == (b"1" if method == "POST" else b"")
    assert ("content-type" in backend.asked[1].headers) == (method == "POST")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nothing_secret_follows_to_another_host(status, backend, stranger, http):
    backend.answer = lambda _: backend.reply(status, Location=stranger.url, Set_Cookie="a=b")
    client = http(base=backend.url, login=TokenLogin("SECRET"))
    client.request("GET", "x", headers={"Cookie": "SECRET", "X-Api-Key": "SECRET", "Accept": "text/html"})
    assert "SECRET" in str(backend.asked)
    assert "SECRET" not in str(stranger.asked)
    assert stranger.asked[0].headers["accept"] == "text/html"
    with pytest.raises(Misconfigured) if status in {307, 308} else pytest.MonkeyPatch.context():
        client.post("x", form={"password": "SECRET"})
    assert "SECRET" not in str(stranger.asked)


def test_cookies_are_not_kept(backend, http):
    backend.answer = lambda _: backend.reply(Set_Cookie="a=b")
    client = http()
    client.get(backend.url)
    client.get(backend.url)
    assert "cookie" not in backend.asked[1].headers


def test_a_redirect_without_an_address_is_bad_data(backend, http):
    backend.answer = lambda _: backend.reply(302)
    with pytest.raises(BadData):
        http().get(backend.url)


# Logins


def test_a_login_goes_to_its_own_hosts_only(backend, stranger, http):
    client = http(base=backend.url, login=TokenLogin("SECRET"))
    client.get("x")
    client.get(stranger.url)
    assert backend.asked[0].headers["authorization"] == "Bearer SECRET"
    assert "authorization" not in stranger.asked[0].headers
    http(origins=[stranger.url], login=PasswordLogin("ä", "b:c")).get(stranger.url)
    assert stranger.asked[1].headers["authorization"] == "Basic w6Q6Yjpj"


def test_no_login_travels_in_the_clear_outside_the_opened_networks():
    guard = Guard(resolve=lambda *_: ["93.184.215.14"])
    with pytest.raises(Misconfigured, match="https"):
        Http(guard, base="http://api.example/", login=TokenLogin("t")).get("x")


def test_a_login_is_renewed_once(backend, http):
    backend.answer = lambda asked: backend.reply(200 if asked.headers["authorization"] == "Bearer token-1" else 401)
    login = Renewable()
    assert http(base=backend.url, login=login).post("x", json={}).status == 200
    backend.answer = lambda _: backend.reply(401)
    with pytest.raises(Unauthorized):
        http(base=backend.url, login=login).get("x")
    assert login.fresh == 2
    assert len(backend.asked) == 4


def test_a_login_that_cannot_be_renewed_is_tried_once(backend, http):
    backend.answer = lambda _: backend.reply(401)
    with pytest.raises(Unauthorized):
        http(base=backend.url, login=TokenLogin("t")).get("x")
    assert len(backend.asked) == 1


def test_without_a_token_nothing_is_asked(backend, http):
    with pytest.raises(Unauthorized):
        http(base=backend.url, login=TokenLogin("")).get("x")
    assert not backend.asked


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("https://a.example/x", "https://a.example/y", True),
        ("https://a.example/", "https://A.example:443/", True),
        ("http://a.example/", "https://a.example/", True),
        ("https://a.example/", "http://a.example/", False),
        ("http://a.example:8080/", "https://a.example:8080/", False),
        ("https://a.example/", "https://a.example:8443/", False),
        ("https://a.example/", "https://a.example.evil/", False),
        ("https://a.example/", "https://b.example/", False),
        ("https://a.example/", "https://a.example./", False),
    ],
)
def test_a_login_stays_with_its_server(left, right, same):
    assert same_server(httpx.URL(left), httpx.URL(right)) is same
