"""A recording plays back as the session went, and not one secret is on it."""

import base64
import gzip
import json
from datetime import UTC, datetime
from urllib.parse import quote

import httpx
import pytest

from connectors.kit.net.guard import Guard
from connectors.kit.opening import open_run
from connectors.kit.recording.recorder import SCRUBBED, Recorder, record
from connectors.kit.recording.tape import Player, Tape
from tests.connectors.kit.chat import Chat

CANARY = 'c4nary/+ with ö & "quotes"'
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def recorded(request: httpx.Request, answer: httpx.Response, *secrets: str) -> str:
    recorder = Recorder(httpx.MockTransport(lambda _: answer), [CANARY, *secrets])
    recorder.handle_request(request)
    return json.dumps(recorder.exchanges, ensure_ascii=False)


def get(url: str = "https://example.org/", **options) -> httpx.Request:
    return httpx.Request("GET", url, **options)


def post(**options) -> httpx.Request:
    return httpx.Request("POST", "https://example.org/", **options)


OK = httpx.Response(200)
IN_BASE64 = base64.b64encode(f"ada:{CANARY}".encode()).decode()


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        pytest.param(get(headers={"Authorization": f"Bearer {CANARY}".encode()}), OK, id="login"),
        pytest.param(get(headers={"Cookie": f"sid={CANARY}".encode()}), OK, id="cookie"),
        pytest.param(get(headers={"X-Api-Key": CANARY.encode()}), OK, id="own header"),
        pytest.param(get(params={"q": CANARY}), OK, id="query"),
        pytest.param(get(f"https://example.org/bot{quote(CANARY, safe='')}/x"), OK, id="path"),
        pytest.param(post(json={"deep": [{"x": f"a {CANARY} b"}]}), OK, id="sent JSON"),
        pytest.param(post(data={"x": CANARY}), OK, id="sent form"),
        pytest.param(post(content=f"<x>{CANARY}</x>"), OK, id="sent text"),
        pytest.param(post(json={"x": IN_BASE64}), OK, id="base64"),
        pytest.param(get(), httpx.Response(200, json={"echo": CANARY}), id="got JSON"),
        pytest.param(get(), httpx.Response(200, json={CANARY: 1}), id="got key"),
        pytest.param(get(), httpx.Response(200, text=f"hello {CANARY}"), id="got text"),
        pytest.param(get(), httpx.Response(200, headers={"Set-Cookie": "sid=c4nary"}), id="set cookie"),
        pytest.param(
            get(), httpx.Response(302, headers={"Location": f"https://x.org/?a={quote(CANARY)}"}), id="redirect"
        ),
    ],
)
def test_no_secret_reaches_the_tape(request_, answer):
    told = recorded(request_, answer)
    for spelling in ("c4nary", quote(CANARY, safe=""), IN_BASE64[8:20]):
        assert spelling not in told


@pytest.mark.parametrize(
    "name",
    ["access_token", "refresh_token", "client_secret", "password", "api_key", "token", "X-Auth", "session"],
)
def test_what_is_called_a_secret_is_taken_out_though_nobody_knew_it(name):
    answer = httpx.Response(200, json={name: "unknown-value", "list": [{name: "unknown-value"}]})
    assert "unknown-value" not in recorded(get(), answer)
    assert "unknown-value" not in recorded(get(params={name: "unknown-value"}), OK)
    assert "unknown-value" not in recorded(post(data={name: "unknown-value"}), OK)


@pytest.mark.parametrize("name", ["next_page_token", "sync_token", "key", "code", "next_cursor", "keyword", "author"])
def test_what_pages_and_texts_need_stays(name):
    assert "value-1" in recorded(get(), httpx.Response(200, json={name: "value-1"}))


@pytest.mark.parametrize("name", ["key", "code"])
def test_a_key_or_code_that_is_sent_is_a_secret(name):
    assert "unknown-value" not in recorded(get(params={name: "unknown-value"}), OK)
    assert "unknown-value" not in recorded(post(data={name: "unknown-value"}), OK)


def test_a_login_in_a_link_is_taken_out():
    answer = httpx.Response(200, json={"file": "https://cdn.example.org/a.png?size=2&sig=unknown-value"})
    told = recorded(get(), answer)
    assert "unknown-value" not in told
    assert f"size=2&sig={SCRUBBED}" in told


def test_a_packed_reply_is_recorded_as_text():
    answer = httpx.Response(
        200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(gzip.compress("Grüße".encode()))
    )
    recorder = Recorder(httpx.MockTransport(lambda _: answer), [])
    given = recorder.handle_request(get())
    assert given.read() == "Grüße".encode()
    assert recorder.exchanges[0]["reply"] == {"status": 200, "text": "Grüße"}


def test_a_recorded_session_can_be_played(tmp_path):
    def backend(request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == "Bearer real-secret-token"
        new = (
            []
            if request.url.params.get("after")
            else [{"seq": 1, "text": "Hi", "by": "Ada", "at": 1, "link": "https://x.org"}]
        )
        return httpx.Response(200, json={"messages": new, "echo": "real-secret-token"})

    chat = Chat(token="real-secret-token")
    tape = record(chat, now=NOW, network=httpx.MockTransport(backend))
    tape.save(tmp_path / "chat.json")
    assert "real-secret" not in (tmp_path / "chat.json").read_text()

    again = Tape.load(tmp_path / "chat.json")
    assert (again.now, len(again.exchanges)) == (NOW, 2)
    test = Chat(token=SCRUBBED)
    player = Player(again)
    run = open_run(test, now=again.now, guard=Guard(), transport=player)
    first = list(test.fetch(run))
    run.cursor = first[-1].at
    assert [test.item(first[0]).text, len(list(test.fetch(run)))] == ["Hi", 1]
    assert not player.unplayed


def test_tokens_of_an_oauth_login_are_taken_out():
    tape = record(
        Chat(token="real-secret-token"),
        now=NOW,
        tokens={"access_token": "given-by-the-provider", "token_type": "Bearer", "scope": "messages"},
        network=httpx.MockTransport(lambda _: httpx.Response(200, json={"messages": [], "x": "given-by-the-provider"})),
    )
    assert "given-by" not in json.dumps(tape.exchanges)
    assert tape.exchanges[0]["reply"]["json"] == {"messages": [], "x": SCRUBBED}


def test_a_long_first_fetch_is_left_at_a_cursor():
    def endless(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params.get("page", 0))
        seen = {"seq": number, "text": "Hi", "by": "Ada", "at": 1, "link": "https://x.org"}
        return httpx.Response(200, json={"messages": [seen], "next": str(number + 1) if number < 500 else ""})

    tape = record(Chat(token="real-secret-token"), now=NOW, network=httpx.MockTransport(endless), most=4)
    assert len(tape.exchanges) == 6


def test_the_backend_is_asked_for_a_reply_that_is_not_packed():
    asked = []
    recorder = Recorder(httpx.MockTransport(lambda request: asked.append(request) or OK), [])
    recorder.handle_request(get(headers={"Accept-Encoding": "br, zstd"}))
    assert [request.headers["accept-encoding"] for request in asked] == ["identity"]
