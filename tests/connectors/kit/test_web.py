import json
import time
from datetime import UTC, datetime

import httpx
import pytest

from connectors.kit.errors import BadData, Misconfigured, RateLimited, SourceError, Unauthorized, Unavailable
from connectors.kit.login import TokenLogin
from connectors.kit.net.guard import Guard
from connectors.kit.net.rate import Bucket
from connectors.kit.web import Http, Limits

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


# What a request says


def test_parameters_are_spelled_as_backends_want_them(backend, http):
    moment = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    http(base=backend.url + "api").get("list?a=0", q=[1, 2], yes=True, left_out=None, since=moment, word="ä b")
    assert backend.asked[0].target == "/api/list?a=0&q=1&q=2&yes=true&since=2026-01-02T03%3A04%3A00Z&word=%C3%A4+b"


@pytest.mark.parametrize(
    ("relative", "target"),
    [
        ("items", "/api/items"),
        ("/root", "/root"),
        ("?page=2", "/api/?page=2"),
        ("users:list", "/api/users:list"),
        ("", "/api/"),
    ],
)
def test_addresses_are_relative_to_the_base(relative, target, backend, http):
    http(base=backend.url + "api/").get(relative)
    assert backend.asked[0].target == target


def test_bodies_are_json_forms_or_bytes(backend, http):
    client = http()
    client.post(backend.url, json={"a": 1})
    client.post(backend.url, form={"a": [1, 2], "b": None})
    client.request("put", backend.url, content="ä")
    sent = [(asked.method, asked.headers.get("content-type"), asked.body) for asked in backend.asked]
    assert sent == [
        ("POST", "application/json", b'{"a": 1}'),
        ("POST", "application/x-www-form-urlencoded", b"a=1&a=2"),
        ("PUT", None, "ä".encode()),
    ]


def test_a_second_fetch_costs_nothing_where_nothing_changed(backend, http):
    tag, day = '"v1"', "Thu, 01 Jan 2026 00:00:00 GMT"

    def answer(asked):
        same = asked.headers.get("if-none-match") == tag and asked.headers.get("if-modified-since") == day
        return (
            backend.reply(304, content_length=None) if same else backend.reply(200, b"x", ETag=tag, Last_Modified=day)
        )

    backend.answer = answer
    client = http()
    first = client.get(backend.url, unless={})
    again = client.get(backend.url, unless=first.validators)
    assert (first.unchanged, again.unchanged) == (False, True)
    assert again.validators == first.validators == {"etag": tag, "modified": day}
    assert backend.connections == 1


@pytest.mark.parametrize(
    "cursor", [None, [], "x", 7, {"etag": 5}, {"etag": "a\r\nX: y"}, {"modified": "\x00"}, {"etag": "ü"}]
)
def test_a_cursor_of_another_shape_makes_no_condition(cursor, backend, http):
    http().get(backend.url, unless=cursor)
    assert not [name for name in backend.asked[0].headers if name.startswith(("if-", "x"))]


@pytest.mark.parametrize("headers", [{"X-A": "a\r\nX-B: b"}, {"X-A": "\x00"}, {"X A": "b"}])
def test_no_header_smuggles_another_one(headers, backend, http):
    with pytest.raises(Misconfigured):
        http().request("GET", backend.url, headers=headers)
    assert not backend.asked


# What a reply means

VERDICTS = [
    (400, BadData), (401, Misconfigured), (403, Misconfigured), (404, Misconfigured), (405, BadData), (406, BadData),
    (408, Unavailable), (409, BadData), (410, Misconfigured), (418, BadData), (422, BadData), (425, Unavailable),
    (429, RateLimited), (451, BadData), (500, Unavailable), (501, Unavailable), (502, Unavailable), (503, Unavailable),
    (504, Unavailable), (507, Unavailable), (520, Unavailable), (300, BadData), (302, BadData), (305, BadData),
]  # fmt: skip


@pytest.mark.parametrize(("status", "error"), VERDICTS)
def test_every_status_has_one_consequence(status, error, backend, http):
    backend.answer = lambda _: backend.reply(status, b"oops")
    with pytest.raises(error) as raised:
        http().get(backend.url)
    assert type(raised.value).__mro__[1] is SourceError
    assert f"127.0.0.1:{backend.port}" in raised.value.detail


@pytest.mark.parametrize("status", [401, 403])
def test_a_login_that_is_refused_asks_to_connect_again(status, backend, http):
    backend.answer = lambda _: backend.reply(status)
    with pytest.raises(Unauthorized):
        http(base=backend.url, login=TokenLogin("t")).get("x")
    with pytest.raises(Unauthorized):
        http(private=True).get(backend.url)


@pytest.mark.parametrize(("status", "absent"), [(404, True), (410, False)])
def test_what_is_missing_may_come_back_and_what_is_gone_will_not(status, absent, backend, http):
    backend.answer = lambda _: backend.reply(status)
    with pytest.raises(Misconfigured) as raised:
        http().get(backend.url)
    assert raised.value.absent is absent


def test_messages_hold_no_path_and_no_query(backend, http):
    backend.answer = lambda _: backend.reply(404)
    with pytest.raises(Misconfigured) as raised:
        http().get(backend.url + "private/SECRET", token="SECRET")
    assert "SECRET" not in str(raised.value)


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {}, None),
        (429, {"Retry-After": "7"}, 7),
        (429, {"Retry-After": "0"}, 0),
        (429, {"Retry-After": "1.5"}, 1.5),
        (429, {"Retry-After": "Thu, 01 Jan 2026 12:00:09 GMT"}, 9),
        (429, {"Retry-After": "Thursday, 01-Jan-26 12:00:09 GMT"}, 9),
        (429, {"Retry-After": "Thu Jan  1 12:00:09 2026"}, 9),
        (429, {"Retry-After": "Thu, 01 Jan 1998 12:00:09 GMT"}, 0),
        (429, {"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}, 86400),
        (429, {"Retry-After": "9" * 400}, 86400),
        (429, {"Retry-After": "99999999"}, 86400),
        (429, {"Retry-After": "-5"}, None),
        (429, {"Retry-After": "soon"}, None),
        (429, {"Retry-After": "nan"}, None),
        (429, {"Retry-After": "1e9"}, None),
        (429, {"Retry-After": "inf"}, None),
        (429, {"X-RateLimit-Reset": str(int(NOW.timestamp()) + 30)}, 30),
        (429, {"x-rate-limit-reset": str(int(NOW.timestamp()) + 31)}, 31),
        (429, {"X-RateLimit-Reset": "12"}, None),
        (403, {"Retry-After": "60"}, 60),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(NOW.timestamp()) + 5)}, 5),
        (503, {"Retry-After": "120"}, 120),
    ],
)
def test_the_pause_a_backend_asks_for_is_understood(status, headers, seconds, backend, http):
    backend.answer = lambda _: backend.reply(
        status, **{name.replace("-", "_"): value for name, value in headers.items()}
    )
    with pytest.raises(RateLimited) as raised:
        http(now=NOW).get(backend.url)
    assert raised.value.retry_after == seconds
    assert len(backend.asked) == 1


def test_sources_with_one_login_pause_together(backend, http):
    bucket = Bucket()
    backend.answer = lambda _: backend.reply(429, Retry_After="60")
    for _ in range(3):
        with pytest.raises(RateLimited) as raised:
            http(bucket=bucket).get(backend.url)
    assert len(backend.asked) == 1
    assert 59 < raised.value.retry_after <= 60


def test_a_connector_explains_a_no_with_a_good_status(backend, http):
    def explain(reply):
        if not reply.json()["ok"]:
            raise Unauthorized("invalid_auth")

    backend.answer = lambda _: backend.reply(200, b'{"ok": false}')
    with pytest.raises(Unauthorized, match="invalid_auth"):
        http(explain=explain).get(backend.url)


@pytest.mark.parametrize("body", [b"[]", b"{}", b"null", b"7", b"<html>", b"", b'{"ok": {}'])
def test_an_answer_that_cannot_be_explained_is_bad_data(body, backend, http):
    backend.answer = lambda _: backend.reply(200, body)
    with pytest.raises(BadData):
        http(explain=lambda reply: reply.json()["ok"] + 1).get(backend.url)


@pytest.mark.parametrize(("status", "error"), VERDICTS)
def test_a_bad_status_with_an_unreadable_body_means_the_status(status, error, backend, http):
    backend.answer = lambda _: backend.reply(status, b"<html>")
    with pytest.raises(error):
        http(explain=lambda reply: reply.json()["ok"]).get(backend.url)


def test_a_connector_may_know_better_than_the_status(backend, http):
    def explain(reply):
        if reply.json()["error"] == "quota":
            raise RateLimited("quota", 5)

    backend.answer = lambda _: backend.reply(400, b'{"error": "quota"}')
    with pytest.raises(RateLimited):
        http(explain=explain).get(backend.url)


# Retries


@pytest.mark.parametrize("status", [502, 503, 504])
def test_reading_is_tried_again_and_writing_is_not(status, backend, http):
    backend.answer = lambda _: backend.reply(200 if len(backend.asked) == 3 else status)
    assert http().get(backend.url).status == 200
    assert len(backend.asked) == 3
    backend.answer = lambda _: backend.reply(status)
    with pytest.raises(Unavailable):
        http().post(backend.url, json=1)
    assert len(backend.asked) == 4


def test_a_connection_that_broke_off_is_tried_again(backend, http):
    backend.answer = lambda _: None if len(backend.asked) < 3 else backend.reply()
    assert http().get(backend.url).status == 200
    backend.answer = lambda _: None
    with pytest.raises(Unavailable):
        http().get(backend.url)
    assert len(backend.asked) == 6


def test_a_retry_that_would_come_too_late_is_not_waited_for(backend):
    backend.answer = lambda _: None
    begun = time.monotonic()
    with pytest.raises(Unavailable):
        Http(Guard(allow=["127.0.0.0/8"]), limits=Limits(total=1, pause=60)).get(backend.url)
    assert time.monotonic() - begun < 1
    assert len(backend.asked) == 1


def test_a_request_waits_for_its_turn(backend, http):
    bucket = Bucket("10/s")
    client = http(bucket=bucket)
    begun = time.monotonic()
    for _ in range(12):
        client.get(backend.url)
    assert time.monotonic() - begun > 0.15


# Pages


def test_pages_follow_a_token(backend, http):
    pages = {"/list?limit=2": {"meta": {"next": "b c"}}, "/list?limit=2&cursor=b+c": {"meta": {"next": ""}}}
    backend.answer = lambda asked: backend.reply(200, json.dumps(pages[asked.target]).encode())
    assert len(list(http(base=backend.url).pages("list", token="meta.next", limit=2))) == 2


def test_pages_follow_an_address_in_the_answer(backend, http):
    pages = {"/a": {"next": backend.url + "b?x=1"}, "/b?x=1": {"next": None}}
    backend.answer = lambda asked: backend.reply(200, json.dumps(pages[asked.target]).encode())
    assert len(list(http(base=backend.url).pages("a", token="next"))) == 2


@pytest.mark.parametrize(
    "link",
    [
        '<{u}2>; rel="next"',
        "<{u}2>; rel=next",
        '</2>; rel="prev next"',
        '<x>; rel="prev", <2>; title="a, b"; rel="next"',
        '<2>;rel="NEXT"',
        '<2> ; rel = "next"',
        '<a,b;c>; rel="last",<2>; rel="next"',
    ],
)
def test_pages_follow_the_link_header(link, backend, http):
    def answer(asked):
        return backend.reply(200, b"[1]", **({"Link": link.format(u=backend.url)} if asked.target == "/" else {}))

    backend.answer = answer
    assert list(http().pages(backend.url)) == [[1], [1]]
    assert backend.asked[1].target == "/2"


def test_pages_that_lead_in_a_circle_end(backend, http):
    backend.answer = lambda _: backend.reply(200, b'{"next": "same"}')
    with pytest.raises(BadData):
        list(http().pages(backend.url, token="next"))
    assert len(backend.asked) == 2
    assert len(list(http().pages(backend.url, token="next", most=1))) == 1


# The seam of tests, and kept connections


def test_a_transport_replaces_the_network():
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json={"path": request.url.path}))
    client = Http(Guard(), base="https://api.example/v1", login=TokenLogin("t"), transport=transport)
    assert client.get("items").json() == {"path": "/v1/items"}


def test_errors_of_another_transport_are_the_five_as_well():
    def fail(error):
        def handler(request):
            raise error

        return Http(Guard(), transport=httpx.MockTransport(handler), limits=Limits(retries=0))

    for error in (httpx.ReadTimeout("x"), httpx.ConnectError("x"), httpx.RemoteProtocolError("x"), OSError("x")):
        with pytest.raises(Unavailable):
            fail(error).get("https://a.example/")
    with pytest.raises(Misconfigured):
        fail(httpx.LocalProtocolError("x")).get("https://a.example/")


def test_runs_of_one_thread_share_their_connections(backend, http):
    for _ in range(5):
        http().get(backend.url)
    assert backend.connections == 1


def test_a_kept_connection_that_the_server_closed_is_not_used(backend, http):
    backend.answer = lambda _: backend.reply(200, Connection="close")
    for _ in range(3):
        http().post(backend.url, json=1)
    assert backend.connections == 3
