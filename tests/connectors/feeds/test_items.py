"""What an entry becomes: every field of it, a stable id, and the pace that its publisher asks for."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.feeds import jsonfeed, markup, parsing, translation
from connectors.feeds.entry import Entry, Prose
from connectors.kit import Person
from tests.connectors.feeds.reading import items, one

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
FIELDS = [
    "id",
    "title",
    "url",
    "summary",
    "content_html",
    "content_text",
    "date_published",
    "authors",
    "author",
    "tags",
    "attachments",
]


@given(st.lists(st.dictionaries(st.sampled_from(FIELDS), json_values), max_size=4))
def test_a_json_feed_of_any_values_is_read(entries):
    found = items(jsonfeed.parse(json.dumps({"items": entries}).encode()))
    assert len({item.id for item in found}) == len(found)


def test_a_json_feed_is_read_with_everything_it_has():
    body = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "J",
        "items": [
            {
                "id": 7,
                "url": "https://example.org/7",
                "title": "a < b",
                "content_html": "<p>Hello</p>",
                "date_published": "2026-11-20T10:00:00+01:00",
                "authors": [{"name": "Ada"}, {"name": "Bob"}],
                "tags": ["x", "y", "x"],
                "attachments": [{"url": "/a.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 12}],
            }
        ],
    }
    (item,) = items(parsing.parse(json.dumps(body).encode()))
    assert (item.id, item.title, item.text, item.html) == ("7", "a < b", "Hello", "<p>Hello</p>")
    assert item.created == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert (item.author, item.people) == (Person("Ada"), (Person("Bob"),))
    assert item.labels == ("x", "y")
    (file,) = item.attachments
    assert (file.name, file.type, file.size, file.url) == ("a.mp3", "audio/mpeg", 12, "https://example.org/a.mp3")


def test_an_rss_entry_becomes_a_whole_item():
    item = one("""<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
      xmlns:content="http://purl.org/rss/1.0/modules/content/" xml:base="https://site.example/blog/"><channel>
      <title>T</title><item><title>AT&amp;amp;T &amp;lt;b&amp;gt; wins</title><guid isPermaLink="false">g1</guid>
      <link>post/1</link><description>Short</description><dc:creator>ada@example.org (Ada L.)</dc:creator>
      <content:encoded><![CDATA[<p>Long <a href="../x">text</a></p>]]></content:encoded>
      <category>News &amp;amp; more</category><pubDate>Fri, 20 Nov 2026 10:00:00 +0100</pubDate>
      <enclosure url="/a%20b.mp3" length="12" type="audio/mpeg"/></item></channel></rss>""")
    assert item.id == "g1"
    assert item.title == "AT&T <b> wins"
    assert item.url == "https://site.example/blog/post/1"
    assert item.author == Person("Ada L.", "ada@example.org")
    assert item.text == "Long text"
    assert item.html == '<p>Long <a href="https://site.example/x">text</a></p>'
    assert item.labels == ("News & more",)
    assert item.created == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert item.attachments[0].name == "a b.mp3"
    assert item.attachments[0].url == "https://site.example/a%20b.mp3"
    assert not item.bulk


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("List&lt;String&gt; in Java", "List<String> in Java"),
        ("1 &lt; 2 &amp; 3", "1 < 2 & 3"),
        ("&lt;i&gt;New&lt;/i&gt; things", "New things"),
        ("<![CDATA[Tom &amp; <b>Jerry</b>]]>", "Tom & Jerry"),
        ("  a \n  b ", "a b"),
    ],
)
def test_a_title_is_what_a_person_would_read(title, expected):
    assert one(f"<rss><channel><item><title>{title}</title></item></channel></rss>").title == expected


def test_an_address_that_is_none_for_the_web_is_left_out():
    item = one("<rss><channel><item><guid>1</guid><link>javascript:alert(1)</link></item></channel></rss>")
    assert item.url is None


def entry(**fields):
    return Entry(**{name: Prose(value) if name in {"title", "summary"} else value for name, value in fields.items()})


def ids(*entries, shared=()):
    return [e.id for e in translation.numbered(entries, {*shared, *translation.crowded(entries)})]


def test_ids_survive_edits_of_other_fields():
    before = [entry(title="One", summary="a"), entry(link="https://e.org/2", title="Two"), entry(id="3", title="Three")]
    after = [
        entry(title="One", summary="b", published="x"),
        entry(link="https://e.org/2", title="2"),
        entry(id="3", link="l"),
    ]
    assert ids(*before) == ids(*after)


def test_entries_that_share_everything_but_a_title_stay_apart_and_keep_their_ids():
    one, two = entry(link="https://e.org/", title="One"), entry(link="https://e.org/", title="Two")
    first = ids(one, two)
    assert len(set(first)) == 2
    shared = {"https://e.org/"}
    assert ids(entry(link="https://e.org/", title="Two"), shared=shared) == first[1:]


def test_of_two_versions_of_one_entry_only_the_first_comes():
    assert ids(entry(id="1", title="new"), entry(id="1", title="old")) == ["1"]


def test_a_publisher_may_say_how_long_a_feed_stays_fresh():
    assert markup.pace("60", "", "").total_seconds() == 3600
    assert markup.pace("", "hourly", "2").total_seconds() == 1800
    assert markup.pace("", "yearly", "1").total_seconds() == 86400
    assert markup.pace("soon", "sometimes", "x") is None
