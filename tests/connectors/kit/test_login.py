import base64
import json
import threading
import time
from datetime import UTC, datetime
from types import SimpleNamespace
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from pydantic import HttpUrl, SecretStr

from connectors.kit.auth import Basic, Bearer, OAuth2
from connectors.kit.contract import About, Connector
from connectors.kit.errors import BadData, Misconfigured, RateLimited, Unauthorized, Unavailable
from connectors.kit.login import OAuthLogin, login_for
from connectors.kit.net.guard import Guard
from connectors.kit.oauth import authorization_url, exchange, explain
from connectors.kit.opening import open_run
from connectors.kit.web import Http, Limits

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LOCAL = Guard(allow=["127.0.0.0/8"])


class Plain(Connector):
    """A source of the test."""

    about = About(kind="task", base="{server}/api", auth=Bearer("token"), rate="2/h")
    server: HttpUrl
    token: SecretStr

    def fetch(self, run):
        yield from run.http.get("items").json()

    def item(self, raw):
        return None


class Named(Plain):
    """A source with a name and a password."""

    about = About(kind="task", base="{server}", auth=Basic("user", "token"))
    user: str


class Connected(Plain):
    """A source that is connected."""

    about = About(
        kind="task",
        base="{server}/api",
        auth=OAuth2(authorize="{server}/authorize?tenant=a", token="{server}/token", scopes=("read", "write")),
    )
    token: SecretStr = SecretStr("")
    client_id: str = "us"
    client_secret: SecretStr = SecretStr("s:ä")


class Open(Plain):
    """A source without a login."""

    about = About(kind="news")
    token: SecretStr = SecretStr("")


@pytest.fixture
def provider(backend):
    """Be an authorization server that rotates refresh tokens, revokes all of them at reuse, and guards /api."""
    first = f"{backend.port}-0"
    state = SimpleNamespace(access=0, refresh=first, revoked=False, forms=[], headers=[], first=first)

    def answer(asked):
        if asked.target.startswith("/api"):
            good = asked.headers.get("authorization") == f"Bearer a{state.access}"
            return backend.reply(200 if good else 401, b"[]")
        form = dict(parse_qsl(asked.body.decode()))
        state.forms.append(form)
        state.headers.append(asked.headers)
        if form["grant_type"] == "refresh_token":
            state.revoked = state.revoked or form["refresh_token"] != state.refresh
            if state.revoked:
                return backend.reply(400, b'{"error": "invalid_grant"}')
        state.access += 1
        state.refresh = f"{backend.port}-{state.access}"
        tokens = {"access_token": f"a{state.access}", "refresh_token": state.refresh, "expires_in": 3600}
        return backend.reply(200, json.dumps(tokens | {"token_type": "bearer", "id_token": "x"}).encode())

    backend.answer = answer
    state.url = backend.url
    return state


def token_http():
    return Http(LOCAL, private=True, explain=explain, limits=Limits(total=5, pause=0.01))


def test_a_bearer_token_is_sent_to_the_base(backend):
    backend.answer = lambda _: backend.reply(200, b"[]")
    run = open_run(Plain(server=backend.url, token="SECRET"), now=NOW, guard=LOCAL)
    run.http.get("items")
    assert backend.asked[0].target == "/api/items"
    assert backend.asked[0].headers["authorization"] == "Bearer SECRET"
    assert run.login.token() == "SECRET"
    assert (run.cursor, run.now, run.since) == ({}, NOW, None)


def test_a_name_and_password_are_sent_as_rfc_7617_says(backend):
    run = open_run(Named(server=backend.url, token="pass", user="ada"), now=NOW, guard=LOCAL, cursor=[1])
    run.http.get("items")
    assert backend.asked[0].headers["authorization"] == "Basic " + base64.b64encode(b"ada:pass").decode()
    assert run.login.token() == "pass"
    assert run.cursor == [1]


def test_sources_with_one_login_share_its_rate(backend):
    runs = [open_run(Plain(server=backend.url, token="shared"), now=NOW, guard=LOCAL) for _ in range(3)]
    other = open_run(Plain(server=backend.url, token="another"), now=NOW, guard=LOCAL)
    runs[0].http.get("x")
    runs[1].http.get("x")
    with pytest.raises(RateLimited):
        runs[2].http.get("x")
    assert other.http.get("x").status == 200


def test_without_a_login_there_is_none(backend):
    run = open_run(Open(server=backend.url), now=NOW, guard=LOCAL)
    assert run.login is None
    backend.answer = lambda _: backend.reply(401)
    with pytest.raises(Misconfigured):
        run.http.get(backend.url)


def test_a_login_that_names_no_option_is_a_wrong_setting(backend):
    connector = Plain(server=backend.url, token="x")
    for auth in (Bearer("nothing"), "magic"):
        odd = SimpleNamespace(about=SimpleNamespace(auth=auth))
        with pytest.raises(Misconfigured):
            login_for(odd if auth == "magic" else type("Odd", (Plain,), {"about": About(kind="task", auth=auth)})(
                server=connector.server, token=connector.token), None, token_http())  # fmt: skip


def test_a_person_is_sent_to_the_provider_with_pkce(provider):
    found = authorization_url(Connected(server=provider.url), "https://desk.example/back")
    query = parse_qs(urlsplit(found.url).query)
    assert found.url.startswith(f"{provider.url}authorize?tenant=a&")
    assert query["scope"] == ["read write"]
    assert query["code_challenge_method"] == ["S256"]
    assert query["state"] == [found.state]
    assert len(found.verifier) >= 43
    assert found.verifier not in found.url
    assert found.verifier not in repr(found)
    again = authorization_url(Connected(server=provider.url), "https://desk.example/back")
    assert {again.state, again.verifier}.isdisjoint({found.state, found.verifier})


def test_the_code_becomes_tokens(provider):
    connector = Connected(server=provider.url)
    tokens = exchange(connector, token_http(), code="c", verifier="v", redirect="https://desk.example/back")
    assert tokens["access_token"] == "a1"
    assert abs(tokens["expires_at"] - time.time() - 3600) < 60
    assert "id_token" not in tokens
    assert provider.forms[0]["code_verifier"] == "v"
    assert provider.headers[0]["authorization"] == "Basic " + base64.b64encode(b"us:s%3A%C3%A4").decode()


def test_a_public_client_names_itself_in_the_body(provider):
    connector = Connected(server=provider.url, client_secret="")
    exchange(connector, token_http(), code="c", verifier="v", redirect="x")
    assert provider.forms[0]["client_id"] == "us"
    assert "authorization" not in provider.headers[0]


def opened(provider, tokens, saved):
    return open_run(Connected(server=provider.url), now=NOW, guard=LOCAL, tokens=tokens, save_tokens=saved.append)


def test_an_expired_token_is_renewed_before_it_is_used_and_saved(provider):
    saved = []
    run = opened(
        provider, {"access_token": "old", "refresh_token": provider.first, "expires_at": time.time() + 10}, saved
    )
    assert run.http.get("items").status == 200
    assert [tokens["refresh_token"] for tokens in saved] == [provider.refresh]
    assert run.login.token() == "a1"


def test_a_run_that_keeps_nothing_renews_too(provider):
    tokens = {"access_token": "old", "refresh_token": provider.first, "expires_at": 1.0}
    run = open_run(Connected(server=provider.url), now=NOW, guard=LOCAL, tokens=tokens)
    assert run.http.get("items").status == 200


def test_a_token_that_is_not_taken_any_more_is_renewed_once(provider):
    saved = []
    run = opened(provider, {"access_token": "revoked", "refresh_token": provider.first}, saved)
    assert run.http.get("items").status == 200
    assert len(provider.forms) == 1


def test_a_refresh_token_is_never_used_twice(provider):
    """A sync and an action of the same source hold the same tokens; reuse would revoke them all."""
    saved = []
    tokens = {"access_token": "old", "refresh_token": provider.first, "expires_at": 1.0}
    runs = [opened(provider, tokens, saved) for _ in range(6)]
    threads = [threading.Thread(target=run.http.get, args=("items",)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(provider.forms) == len(saved) == 1
    assert {run.login.token() for run in runs} == {"a1"}
    assert not provider.revoked


def test_tokens_are_renewed_again_and_again(provider):
    saved = []
    stale = {"access_token": "old", "refresh_token": provider.first, "expires_at": 1.0}
    runs = [opened(provider, stale, saved) for _ in range(2)]
    for count in range(1, 4):
        for run in runs:
            assert run.http.get("items").status == 200
        assert runs[0].login.token(fresh=True) == f"a{count + 1}"
    assert opened(provider, saved[-1], saved).http.get("items").status == 200
    assert not provider.revoked


def test_a_refused_refresh_asks_to_connect_again(provider):
    saved = []
    run = opened(provider, {"access_token": "old", "refresh_token": "stolen", "expires_at": 1.0}, saved)
    with pytest.raises(Unauthorized, match="invalid_grant"):
        run.http.get("items")
    assert not saved


@pytest.mark.parametrize("tokens", [None, {}, {"access_token": "a", "expires_at": 1.0}])
def test_without_a_refresh_token_a_person_has_to_connect(tokens, provider):
    with pytest.raises(Unauthorized):
        opened(provider, tokens, []).http.get("items")
    assert not provider.forms


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"error": "invalid_grant"}, Unauthorized),
        (401, {"error": "invalid_client"}, Misconfigured),
        (400, {"error": "invalid_scope"}, Misconfigured),
        (400, {"error": "temporarily_unavailable"}, Unavailable),
        (200, {"error": "bad_verification_code"}, Unauthorized),
        (200, {"ok": True}, BadData),
        (200, {"access_token": 7}, BadData),
        (200, [], BadData),
        (500, {}, Unavailable),
        (429, {}, RateLimited),
        (404, {}, Misconfigured),
    ],
)
def test_a_provider_that_says_no_has_one_consequence(status, body, error, backend):
    backend.answer = lambda _: backend.reply(status, json.dumps(body).encode())
    connector = Connected(server=backend.url)
    with pytest.raises(error):
        exchange(connector, token_http(), code="c", verifier="v", redirect="x")
    assert len(backend.asked) == 1


@pytest.mark.parametrize("seconds", ["3600", 3600, None, "soon", [], -1, 1e300])
def test_an_odd_lifetime_does_no_harm(seconds, backend):
    backend.answer = lambda _: backend.reply(200, json.dumps({"access_token": "a", "expires_in": seconds}).encode())
    tokens = exchange(Connected(server=backend.url), token_http(), code="c", verifier="v", redirect="x")
    assert ("expires_at" in tokens) == (seconds in ("3600", 3600))


def test_the_token_endpoint_is_behind_the_guard(backend):
    inner = Connected(server="http://10.0.0.1/")
    for call in (
        lambda: exchange(inner, Http(Guard()), code="c", verifier="v", redirect="x"),
        lambda: OAuthLogin(inner, {"refresh_token": "x"}, Http(Guard())).token(),
    ):
        with pytest.raises(Misconfigured):
            call()


def test_only_oauth_is_connected(backend):
    with pytest.raises(Misconfigured):
        authorization_url(Plain(server=backend.url, token="x"), "https://desk.example/back")
