"""Dates and texts of feeds: read as a person would, and the short way never otherwise than the long one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.feeds import prose
from connectors.feeds.dates import moment
from connectors.kit import text as kit_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fri, 20 Nov 2026 10:00:00 GMT", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("20 Nov 2026 10:00 +0100", datetime(2026, 11, 20, 9, tzinfo=UTC)),
        ("Friday, 20 November 2026 10:00:00 EST", datetime(2026, 11, 20, 15, tzinfo=UTC)),
        ("Fri, 20 Nov 26 10:00:00 Z", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("Mi, 4. März 2026 10:00:00 +0100", datetime(2026, 3, 4, 9, tzinfo=UTC)),
        ("mer., 04 juil. 2026 10:00:00 +0000", datetime(2026, 7, 4, 10, tzinfo=UTC)),
        ("jeudi, 4 juin 2026 10:00:00 GMT", datetime(2026, 6, 4, 10, tzinfo=UTC)),
        ("sáb, 15 ago 2026 10:00:00 -0300", datetime(2026, 8, 15, 13, tzinfo=UTC)),
        ("Fri, 20 Foo 2026 10:00:00 GMT", None),
        ("2026-11-20T10:00:00Z", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("2026-11-20T10:00:00.123456789+02:00", datetime(2026, 11, 20, 8, tzinfo=UTC)),
        ("2026-11-20 10:00:00 UTC", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("2026-11-20T10:00:00.5 +02:00", datetime(2026, 11, 20, 8, tzinfo=UTC)),
        ("2026-11-20 10:00", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11", datetime(2026, 11, 1, tzinfo=UTC)),
        ("Fri, 31 Feb 2026 10:00:00 GMT", None),
        ("0001-01-01T00:00:00Z", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("Fri, 20 Nov 99999 10:00:00 GMT", None),
        ("9999-12-31T23:59:59-23:59", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_are_read_or_left_out(text, expected):
    found = moment(text)
    assert (found and found.replace(microsecond=0)) == expected


@given(
    st.text(max_size=60)
    | st.from_regex(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{2,5} \d\d:\d\d:\d\d [+-]\d{4}", fullmatch=True)
)
def test_no_date_makes_the_parser_fail(text):
    found = moment(text)
    assert found is None or found.tzinfo is UTC


PIECES = [
    *("<p>", "</p>", "<br>", "</br>", "<br/>", "<BR />", "<hr>", "<b>", "</b>", "<li>", "<ul>", "</ul>", "<div>"),
    *("</div>", "<figure>", "</figcaption>", "<h2>", "</H2 >", "</a>", "</span>", "<pre>", "</pre>", "<table>", "<td>"),
    *("a", "x", " ", "\n", "\t", "1 < 2", "<<", "“", "\u00ad", "\u200b"),
    *("&amp;", "&lt;", "&#65;", "&nbsp;", "&am", "p;", "p"),
    *('<p class="a b">', '<a href="https://e.org/?a=1&amp;b=2">', '<a title="a > b">', '<a title="hidden style">'),
    *('<img alt="x" src=y/>', "<img src='z'/>", "<P ALIGN=center>", '<p a"b>', "<p a=>", "<p =a>", "<p/ >", "<p a/b>"),
    *('<span style="display:none">', "<span hidden>", "<!-- c -->", "</ p>", "</>", "<script>", "<custom-e>", "<"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_the_short_way_to_plain_text_gives_what_the_long_way_gives(html):
    assert prose.plain(html) == kit_text.plain(html)
