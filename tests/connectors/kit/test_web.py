import gzip
import json
import socket
import threading
import time
import tracemalloc
import zlib
from datetime import UTC, datetime

import httpx
import pytest

from connectors.kit.errors import BadData, Misconfigured, RateLimited, SourceError, Unauthorized, Unavailable
from connectors.kit.guard import Guard
from connectors.kit.login import PasswordLogin, TokenLogin
from connectors.kit.rate import Bucket
from connectors.kit.sending import same_server
from connectors.kit.web import Http, Limits

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Renewable:
    renewable = True

    def __init__(self) -> None:
        self.fresh = 0

    def token(self, *, fresh=False):
        self.fresh += fresh
        return f"token-{self.fresh}"

    def authorization(self, *, fresh=False):
        return f"Bearer {self.token(fresh=fresh)}"


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


# Slow and lying backends


def test_a_backend_that_does_not_listen_is_left_in_time(http):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        begun = time.monotonic()
        with pytest.raises(Unavailable):
            http(total=0.3).post(f"http://127.0.0.1:{deaf.getsockname()[1]}/", form={"x": "y" * 20_000_000})
        assert time.monotonic() - begun < 3


def test_a_backend_that_hangs_up_while_it_is_written_to_is_unavailable():
    with socket.create_server(("127.0.0.1", 0)) as rude:

        def hang_up():
            connection, _ = rude.accept()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
            connection.recv(10)
            connection.close()

        threading.Thread(target=hang_up, daemon=True).start()
        with pytest.raises(Unavailable):
            Http(Guard(allow=["127.0.0.0/8"])).post(
                f"http://127.0.0.1:{rude.getsockname()[1]}/", form={"x": "y" * 20_000_000}
            )


def dribble(pieces, pause=0.05):
    for piece in pieces:
        time.sleep(pause)
        yield piece


def endless(piece):
    while True:
        yield piece


SLOW = {
    "one byte of the head at a time": lambda: dribble([b"H", b"T", b"T", b"P"] + [b"/"] * 200),
    "one header at a time": lambda: dribble([b"HTTP/1.1 200 OK\r\n"] + [b"X: y\r\n"] * 200),
    "one byte of the body at a time": lambda: dribble(
        [b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"] + [b"x"] * 200
    ),
    "one chunk at a time": lambda: dribble(
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"] + [b"1\r\nx\r\n"] * 200
    ),
    "nothing at all": lambda: dribble([b""] * 200),
    "a head and then nothing": lambda: dribble([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"] + [b""] * 200),
    "one interim reply after another": lambda: dribble([b"HTTP/1.1 100 Continue\r\n\r\n"] * 200),
}


@pytest.mark.parametrize("name", SLOW)
def test_no_backend_holds_a_request_beyond_its_deadline(name, backend, http):
    backend.answer = lambda _: SLOW[name]()
    begun = time.monotonic()
    with pytest.raises(Unavailable):
        http(total=0.3).get(backend.url)
    assert time.monotonic() - begun < 2
    assert len(backend.asked) == 1


LYING = {
    "a body shorter than its length": b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
    "a negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nxx",
    "a length of letters": b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nxx",
    "chunks that end too early": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    "a chunk of no size": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n",
    "an unknown transfer encoding": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: rot13\r\n\r\nab",
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
    "HTTP 0.9": b"<html>hello</html>",
    "a status of letters": b"HTTP/1.1 OK\r\n\r\n",
    "a status of 999": b"HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n",
    "a status of 42": b"HTTP/1.1 042 X\r\nContent-Length: 0\r\n\r\n",
    "a switch of protocols": b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n",
    "half a head": b"HTTP/1.1 200 OK\r\nX: ",
    "a header without a name": b"HTTP/1.1 200 OK\r\n: x\r\n\r\n",
    "a NUL in a header": b"HTTP/1.1 200 OK\r\nX: \x00\r\n\r\n",
    "nothing": b"",
    "a redirect to nowhere": b"HTTP/1.1 302 X\r\nLocation: http://[\r\nContent-Length: 0\r\n\r\n",
    "a redirect with a password": b"HTTP/1.1 302 X\r\nLocation: http://a:b@example.org/\r\nContent-Length: 0\r\n\r\n",
}


@pytest.mark.parametrize("name", LYING)
def test_a_backend_that_breaks_the_protocol_is_one_of_the_five_errors(name, backend, http):
    def answer(_):
        yield LYING[name]
        raise OSError

    backend.answer = answer
    with pytest.raises(SourceError):
        http(retries=1, total=2).get(backend.url)


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 300_000, b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 60_000]
)
def test_endless_headers_end(head, backend, http):
    backend.answer = lambda _: [head]
    with pytest.raises(Unavailable):
        http(retries=0).get(backend.url)


# Large bodies and bombs


def bomb(kind):
    zeros = bytes(1 << 20)
    if kind == "deflate":
        packer = zlib.compressobj(9)
    elif kind == "raw deflate":
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    else:
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(zeros) for _ in range(200)) + packer.flush()


@pytest.mark.parametrize("first", [20, 100_000], ids=["after a small piece", "at once"])
@pytest.mark.parametrize("kind", ["gzip", "deflate", "raw deflate"])
def test_a_bomb_stops_at_the_cap_and_not_in_memory(kind, first, backend, http):
    body = bomb(kind)
    head = backend.reply(200, body, Content_Encoding=kind.rpartition(" ")[2])[: -len(body)]
    backend.answer = lambda _: dribble([head + body[:first], body[first:]])
    tracemalloc.start()
    with pytest.raises(BadData, match="larger"):
        http().get(backend.url)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 32 << 20


def test_many_bombs_in_a_row_stop_at_the_cap(backend, http):
    one = gzip.compress(bytes(100_000))
    backend.answer = lambda _: backend.reply(200, one * 20, Content_Encoding="gzip")
    with pytest.raises(BadData, match="larger"):
        http(body=1_000_000).get(backend.url)


def test_a_stream_that_unpacks_to_nothing_stops_as_well(backend, http):
    def answer(_):
        yield b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n" + zlib.compress(b"")[:2]
        yield from endless(b"\x00\x00\x00\xff\xff" * 10_000)

    backend.answer = answer
    with pytest.raises(BadData, match="larger"):
        http(body=200_000).get(backend.url)


@pytest.mark.parametrize("framing", ["Transfer-Encoding: chunked", "Connection: close"])
def test_an_endless_body_stops_at_the_cap(framing, backend, http):
    piece = b"x" * 4096 if "close" in framing else b"1000\r\n" + b"x" * 4096 + b"\r\n"

    def answer(_):
        yield f"HTTP/1.1 200 OK\r\n{framing}\r\n\r\n".encode()
        yield from endless(piece)

    backend.answer = answer
    with pytest.raises(BadData, match="larger"):
        http(body=100_000).get(backend.url)


def test_a_body_of_exactly_the_cap_is_read(backend, http):
    backend.answer = lambda _: backend.reply(200, gzip.compress(b"x" * 1000), Content_Encoding="gzip")
    assert len(http(body=1000).get(backend.url).body) == 1000
    with pytest.raises(BadData):
        http(body=999).get(backend.url)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"hello")),
        ("x-gzip", gzip.compress(b"hello")),
        ("GZIP", gzip.compress(b"hel") + gzip.compress(b"lo")),
        ("gzip", gzip.compress(b"hello") + b"\x00\x00padding"),
        ("deflate", zlib.compress(b"hello")),
        ("deflate", zlib.compress(b"hello")[2:-4]),
        ("identity", b"hello"),
        ("", b"hello"),
    ],
)
def test_every_encoding_that_was_asked_for_is_read(encoding, body, backend, http):
    backend.answer = lambda _: backend.reply(200, body, Content_Encoding=encoding)
    assert http().get(backend.url).text == "hello"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", b"hello"),
        ("gzip", gzip.compress(b"hello")[:-4]),
        ("gzip", gzip.compress(b"hello")[:8]),
        ("gzip", gzip.compress(b"hello" * 99)[:-12] + b"x" * 12),
        ("deflate", b"\xff\xff\xff"),
        ("br", b"x"),
        ("zstd", b"x"),
        ("gzip, gzip", gzip.compress(gzip.compress(b"hello"))),
        ("x" * 5000, b""),
    ],
)
def test_a_damaged_or_unasked_encoding_is_bad_data(encoding, body, backend, http):
    backend.answer = lambda _: backend.reply(200, body, Content_Encoding=encoding)
    with pytest.raises(BadData):
        http().get(backend.url)


def test_head_has_no_body(backend, http):
    backend.answer = lambda _: backend.reply(200, b"", content_length="5", Content_Encoding="gzip")
    assert http().request("HEAD", backend.url).body == b""


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
