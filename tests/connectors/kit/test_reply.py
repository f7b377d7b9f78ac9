from datetime import UTC, datetime, timedelta

import pytest

from connectors.kit.errors import BadData
from connectors.kit.net.headers import by_name, fresh_until
from connectors.kit.net.reply import Reply

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
DATE = "Thu, 01 Jan 2026 12:00:00 GMT"


def test_headers_are_found_by_name_however_they_are_written():
    raw = [(b"Link", b"<a>"), (b"LINK", b"<b>"), (b"X-Name", "Jörg".encode()), (b"x-old", "Jörg".encode("latin-1"))]
    assert by_name(raw) == {"link": "<a>, <b>", "x-name": "Jörg", "x-old": "Jörg"}


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": 'Max-Age="600", private'}, 600),
        ({"cache-control": "public, max-age=600, s-maxage=5"}, 600),
        ({"cache-control": "max-age=600", "age": "100"}, 500),
        ({"cache-control": "max-age=600", "age": "1000"}, None),
        ({"cache-control": "max-age=600", "age": "old"}, 600),
        ({"cache-control": "max-age=0"}, None),
        ({"cache-control": "max-age=-1"}, None),
        ({"cache-control": "no-cache, max-age=600"}, None),
        ({"cache-control": "no-store"}, None),
        ({"cache-control": "max-age=31536000"}, 86400),
        ({"cache-control": "max-age=" + "9" * 400}, 86400),
        ({"cache-control": ",,;=\"'"}, None),
        ({"expires": "Thu, 01 Jan 2026 12:10:00 GMT"}, 600),
        ({"expires": "Thu, 01 Jan 2026 12:10:00 GMT", "date": "Thu, 01 Jan 2026 12:05:00 GMT"}, 300),
        ({"expires": "Thu, 01 Jan 2026 12:10:00 GMT", "cache-control": "max-age=5"}, 5),
        ({"expires": "Thu, 01 Jan 2037 12:10:00 GMT"}, 86400),
        ({"expires": DATE, "date": DATE}, None),
        ({"expires": "0"}, None),
        ({"expires": "-1"}, None),
        ({"expires": "never"}, None),
        ({"expires": "Fri, 31 Dec 9999 23:59:59 -1200"}, None),
    ],
)
def test_how_long_a_reply_stays_fresh(headers, seconds):
    expected = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert fresh_until(headers, NOW) == expected


def reply(body, kind=""):
    return Reply(
        status=200, url="https://a.example/secret?x", headers={"content-type": kind} if kind else {}, body=body
    )


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        (b"\xc3\xa4", "", "ä"),
        (b"\xe4", "text/plain; charset=iso-8859-1", "ä"),
        (b"\x80", "text/plain; charset=latin1", "€"),
        (b"\x93a\x94", "text/plain; charset=us-ascii", "“a”"),
        (b"\xe4\xf6", 'text/html;charset="windows-1252"', "äö"),
        ("ж".encode("koi8-r"), "text/html; charset=KOI8-R", "ж"),
        ("漢".encode("shift_jis"), "text/html; charset=Shift_JIS", "漢"),
        (b"\xef\xbb\xbfx", "text/plain; charset=utf-8", "x"),
        (b"\xff", "text/plain; charset=utf-8", "�"),
        ("ä".encode("utf-16"), "text/plain; charset=utf-16", "ä"),
        (b"\xc3\xa4", "text/plain; charset=klingon", "ä"),
        (b"xn--a", "text/plain; charset=idna", "xn--a"),
        (b"xn--a", "text/plain; charset=punycode", "xn--a"),
        (b"\\u0041", "text/plain; charset=unicode_escape", "\\u0041"),
        (b"+ADw-", "text/plain; charset=utf-7", "+ADw-"),
        (b"78", "text/plain; charset=hex", "78"),
        (b"abc", "text/plain; charset=rot13", "abc"),
        (b"abc", "text/plain; charset=", "abc"),
    ],
)
def test_text_is_decoded_by_its_charset(body, kind, text):
    assert reply(body, kind).text == text


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": [1, 2.5, null, true]}', {"a": [1, 2.5, None, True]}),
        (b"\xef\xbb\xbf[1]", [1]),
        ("[1]".encode("utf-16"), [1]),
        (b'["caf\xe9"]', ["caf�"]),
        (b"[NaN, Infinity, -Infinity]", [None, None, None]),
        (b"[" * 100 + b"]" * 100, None),
        (b"[" + b"[]," * 500 + b"[]]", None),
        (b'{"a":{}}' + b" " * 1000, {"a": {}}),
    ],
)
def test_json_is_read(body, value):
    found = reply(body).json()
    assert value is None or found == value


@pytest.mark.parametrize(
    "body",
    [
        b"", b" ", b"<html>", b"{", b"[1,]", b"{'a': 1}", b"[1] x", b"\xff\xfe", b"\x00", b"[" * 101 + b"]" * 101,
        b"[" * 100_000, b'{"a":' * 100_000, b"[" * 5_000 + b"]" * 5_000, b'{"a":' * 200 + b"1" + b"}" * 200,
        b"9" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_json_is_bad_data(body):
    with pytest.raises(BadData) as raised:
        reply(body).json()
    assert "secret" not in str(raised.value)


def test_a_validator_too_long_to_keep_is_not_kept():
    assert Reply(status=200, url="", headers={"etag": "x" * 5000, "last-modified": DATE}).validators == {
        "modified": DATE
    }
