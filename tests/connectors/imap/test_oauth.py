"""A mailbox whose provider gives out tokens: allowed once by its owner, and renewed from then on."""

import json
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.imap import ImapOAuth
from connectors.kit import Event, Http, Unauthorized, oauth
from connectors.kit.net.guard import Guard
from connectors.kit.opening import open_run

SCOPES = "https://mail.example.org/ offline_access"


@pytest.fixture
def provider(account):
    """Return a token endpoint: it takes one code, and after it refresh tokens that are worth one use each."""
    valid, forms = {"the-code"}, []

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = {k: v[0] for k, v in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()}
            forms.append(form)
            given = form.get("code") or form.get("refresh_token")
            answer, status = {"error": "invalid_grant"}, 400
            if given in valid:
                valid.clear()
                valid.add(f"refresh-{len(forms)}")
                answer = {"access_token": account.server.token(account.user), "refresh_token": f"refresh-{len(forms)}"}
                answer, status = answer | {"expires_in": 600, "token_type": "Bearer"}, 200
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    server.forms, server.valid = forms, valid
    yield server
    server.shutdown()
    server.server_close()
    thread.join(10)


@pytest.fixture
def source(account, provider):
    """Return a mail account of that provider."""
    at = f"http://127.0.0.1:{provider.server_port}"
    return ImapOAuth(
        host="127.0.0.1", port=account.server.port, security="plain", user=account.user,
        authorize_url=f"{at}/authorize?prompt=consent", token_url=f"{at}/token", scopes=SCOPES, client_id="frontdesk",
    )  # fmt: skip


@pytest.fixture
def guard(account, provider) -> Guard:
    return Guard(allow=["127.0.0.0/8"], ports=[account.server.port, provider.server_port])


@pytest.fixture
def titles(source, guard):
    """Return a function that fetches as the engine does, with these tokens; renewed ones are put into them."""

    def fetched(tokens: dict) -> list[str]:
        run = open_run(source, now=datetime.now(UTC), guard=guard, tokens=dict(tokens), save_tokens=tokens.update)
        return [source.item(thing).title for thing in source.fetch(run) if not isinstance(thing, Event)]

    return fetched


def test_a_person_is_asked_for_exactly_the_scopes_of_the_provider(source):
    asked = parse_qs(urlsplit(oauth.authorization_url(source, "https://desk.example/oauth/callback").url).query)
    assert (asked["scope"], asked["client_id"], asked["prompt"]) == ([SCOPES], ["frontdesk"], ["consent"])


def test_after_the_consent_mail_is_read_and_the_login_renews_itself(account, provider, source, guard, titles):
    account.deliver("one")
    asked = oauth.authorization_url(source, "https://desk.example/oauth/callback")
    http = Http(guard, private=True, explain=oauth.explain)
    tokens = oauth.exchange(
        source, http, code="the-code", verifier=asked.verifier, redirect="https://desk.example/oauth/callback"
    )
    assert titles(tokens) == ["one"]
    tokens["expires_at"] = time.time() - 1
    assert titles(tokens) == ["one"]
    assert [form["grant_type"] for form in provider.forms] == ["authorization_code", "refresh_token"]
    assert tokens["refresh_token"] == "refresh-2"


def test_a_token_that_the_mail_server_refuses_is_renewed_once(account, provider, titles):
    account.deliver("one")
    provider.valid.add("fresh")
    assert titles({"access_token": account.server.token(account.user, seconds=-30), "refresh_token": "fresh"}) == [
        "one"
    ]
    assert len(provider.forms) == 1


def test_a_consent_that_was_withdrawn_asks_to_connect_again(account, titles):
    with pytest.raises(Unauthorized):
        titles({"access_token": account.server.token(account.user, seconds=-30), "refresh_token": "withdrawn"})


def test_a_source_that_was_never_connected_says_so(titles):
    with pytest.raises(Unauthorized, match="not connected yet"):
        titles({})
