"""Feeds that are made to do harm do none."""

import time
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.feeds import parsing
from connectors.kit import BadData, SourceError
from tests.connectors.feeds.reading import items

ENTITY = "<!DOCTYPE rss [<!ENTITY a 'x'>]><rss><channel><item><title>&a;</title></item></channel></rss>"
BOMB = (
    "<!DOCTYPE rss [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 20))
    + "]><rss><channel><item><title>&a19;</title></item></channel></rss>"
)
HOSTILE = {
    "an entity": ENTITY.encode(),
    "an entity in UTF-16": ENTITY.encode("utf-16"),
    "an entity in UTF-16 without a mark": ENTITY.encode("utf-16-be"),
    "an entity in UTF-32": ENTITY.encode("utf-32"),
    "an entity in UTF-7": b"<?xml version='1.0' encoding='UTF-7'?>" + ENTITY.replace("<!", "+ADwAIQ-").encode(),
    "a billion laughs": BOMB.encode(),
    "a file": b"<!DOCTYPE r [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><rss><channel><item>&f;</item></channel></rss>",
    "a parameter entity": b"<!DOCTYPE r [<!ENTITY % f SYSTEM 'http://127.0.0.1/x'> %f;]><rss><channel/></rss>",
    "too large": b"<rss><channel>" + b" " * (11 << 20),
    "nothing": b"",
    "blanks": b" \n ",
    "a page": b"<!DOCTYPE html><html><body>no feed</body></html>",
    "other XML": b"<note><to>you</to></note>",
    "other JSON": b'{"items": 7}',
    "deep JSON": b'{"items": ' + b"[" * 100_000,
    "a large number": b'{"items": [{"id": ' + b"9" * 10_000 + b"}]}",
    "no text": bytes(range(256)) * 50,
    "a lone bracket": b"<",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_feed_or_a_dangerous_one_is_refused_at_once(case):
    tracemalloc.start()
    start = time.process_time()
    with pytest.raises(BadData):
        parsing.parse(HOSTILE[case])
    assert time.process_time() - start < 1
    assert tracemalloc.get_traced_memory()[1] < 32 << 20
    tracemalloc.stop()


HEAVY = {
    "deep elements": b"<rss><channel><item>" + b"<b>" * 100_000,
    "deep divisions in a text": b"<rss><channel><item><title>x</title><description>"
    + b"&lt;div&gt;" * 40_000
    + b"</description></item></channel></rss>",
    "deep divisions, broken": b"<rss><channel><item><title>x</title><description>"
    + b"&lt;div&gt;" * 40_000
    + b"</description>",
    "many attributes": b"<rss><channel><item "
    + b" ".join(b'a%d="x"' % n for n in range(50_000))
    + b"/></channel></rss>",
    "many empty entries": b"<rss><channel>" + b"<item/>" * 200_000 + b"</channel></rss>",
    "many broken entries": b"<rss><channel>" + b"<item>" * 60_000,
    "many namespaces": b"<rss><channel>"
    + b"".join(b'<x xmlns="n%d"/>' % n for n in range(50_000))
    + b"</channel></rss>",
    "many ampersands": b"<rss><channel><item><title>" + b"&" * 400_000 + b"</title></item></channel></rss>",
    "a comment without end": b"<rss><channel><item><title>x</title>" + b"<!--" * 100_000,
    "a section without end": b"<rss><channel><item><title>x</title>" + b"<![CDATA[" * 50_000,
    "broken and large": b"<rss><channel><item><title>a & b</title></item>" + b"<item><title>x</title></item>" * 100_000,
    "many tags": b"<rss><channel><item><title>x</title>"
    + b"<category>x</category>" * 100_000
    + b"</item></channel></rss>",
    "a long title": b"<rss><channel><item><title>" + b"&lt;" * 500_000 + b"</title></item></channel></rss>",
    "a long date": b"<rss><channel><item><title>x</title><pubDate>"
    + b"1" * 1_000_000
    + b"</pubDate></item></channel></rss>",
    "a long author": b"<rss><channel><item><title>x</title><author>"
    + b"a@ (" * 200_000
    + b"</author></item></channel></rss>",
    "a long address": b"<rss><channel><item><title>x</title><link>http://"
    + b"a" * 1_000_000
    + b"</link></item></channel></rss>",
}


@pytest.mark.parametrize("case", HEAVY)
def test_a_feed_that_is_made_to_be_slow_takes_less_than_a_second(case):
    start = time.process_time()
    try:
        for item in items(parsing.parse(HEAVY[case])):
            assert len(item.id) <= 1000
            assert len(item.title) <= 500
    except BadData:
        pass
    assert time.process_time() - start < 1


@given(st.binary(max_size=300))
def test_no_bytes_make_the_parser_fail_in_an_unknown_way(body):
    for found in (body, b"<rss><channel><item><title>" + body, b'{"items": [' + body):
        with suppress(SourceError):
            items(parsing.parse(found))
