import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.kit import Unauthorized
from connectors.kit.net.guard import Guard
from dashboard.connection import Connections
from dashboard.consent import Consent
from dashboard.vault import open_vault

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BACK = "http://localhost:8501/oauth/callback"


@pytest.fixture
def provider():
    """Answer at a token endpoint as RFC 6749 says; ``asked`` are the forms that came."""
    asked = []

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self):
            form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
            asked.append({name: values[0] for name, values in form.items()})
            answer = {"access_token": "canary-access", "refresh_token": "canary-refresh", "expires_in": 3600}
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.asked = asked
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def connections(store, registry, tmp_path):
    guard = Guard(allow=["127.0.0.0/8"])
    return Connections(registry, open_vault(tmp_path / "vault.keys"), store.engine, guard=guard)


@pytest.fixture
def source(provider, add):
    return add("granted", server=f"http://127.0.0.1:{provider.server_port}")


@pytest.fixture
def consent(store, connections):
    return Consent(store, connections)


@pytest.fixture
def begun(consent, source, ada):
    """Begin to connect and return what the provider was asked."""
    url = consent.begin(source, ada, BACK, now=NOW)
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def test_a_person_connects_a_source_and_its_tokens_are_encrypted(
    consent, begun, provider, store, ada, source, connections
):
    assert begun["code_challenge_method"] == "S256"
    connected = consent.finish(ada, f"{BACK}?code=c0de&state={begun['state']}", now=NOW)
    assert (provider.asked[0]["code"], provider.asked[0]["redirect_uri"]) == ("c0de", BACK)
    assert connections.secrets(connected).tokens["access_token"] == "canary-access"
    assert connected.due_at == NOW
    assert b"canary" not in connected.sealed


@pytest.mark.parametrize(
    ("answer", "later"),
    [
        ("?code=c0de&state=wrong", 1),
        ("?code=c0de", 1),
        ("?error=access_denied&state={state}", 1),
        ("nonsense", 1),
        ("?code=c0de&state={state}", 31),
    ],
)
def test_an_answer_that_does_not_fit_connects_nothing(consent, begun, provider, ada, answer, later):
    with pytest.raises(Unauthorized):
        consent.finish(ada, BACK + answer.format(**begun), now=NOW + timedelta(minutes=later))
    assert provider.asked == []


def test_an_address_that_somebody_else_made_up_does_not_end_what_a_person_has_begun(consent, begun, provider, ada):
    for lure in ("?error=access_denied", "?error=access_denied&state=made-up", "?code=x&state=made-up", "?"):
        with pytest.raises(Unauthorized):
            consent.finish(ada, BACK + lure, now=NOW)
    consent.finish(ada, f"{BACK}?code=c0de&state={begun['state']}", now=NOW)
    assert [form["code"] for form in provider.asked] == ["c0de"]


def test_who_says_no_at_the_provider_has_to_begin_again(consent, begun, ada):
    for answer in (f"?error=access_denied&state={begun['state']}", f"?code=c0de&state={begun['state']}"):
        with pytest.raises(Unauthorized):
            consent.finish(ada, BACK + answer, now=NOW)


def test_an_answer_holds_once_and_for_the_person_who_was_asked(consent, begun, provider, store, ada):
    bob = store.enroll("bob@example.org").id
    with pytest.raises(Unauthorized):
        consent.finish(bob, f"{BACK}?code=c0de&state={begun['state']}", now=NOW)
    consent.finish(ada, f"{BACK}?code=c0de&state={begun['state']}", now=NOW)
    with pytest.raises(Unauthorized):
        consent.finish(ada, f"{BACK}?code=c0de&state={begun['state']}", now=NOW)
    assert len(provider.asked) == 1


def test_what_waits_for_the_answer_is_encrypted_in_the_database(begun, store, ada):
    assert begun["state"] not in str(store.document(ada, "consent"))
