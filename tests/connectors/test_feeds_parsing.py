"""Feeds of every format and age become the same items whichever parser reads them, and hostile ones harm nobody."""

import json
import time
import tracemalloc
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.feeds import jsonfeed, lenient, markup, parsing, prose, translation
from connectors.feeds.dates import moment
from connectors.feeds.entry import Entry, Prose
from connectors.kit import BadData, Person, SourceError
from connectors.kit import text as kit_text

BASE = "https://example.org/feed"
COMPARED = ["id", "title", "text", "html", "url", "author", "people", "created", "updated", "labels", "attachments"]

FEEDPARSER_DIFFERS = {
    # What feedparser itself makes of these: it strips a div from escaped HTML, takes ids for addresses,
    # trusts a wrong declaration, hears only the last of several authors and mixes the texts of modules.
    "atom10_feed_entry_content_html_div_escaped_markup.xml",
    "entry_id_xml_base.xml",
    "utf8-incorrect-prolog.xml",
    "issue_217_enclosure_children.xml",
    "rss_channel_item_author_naked_markup.xml",
    "rss_channel_item_category_naked_markup.xml",
    "rss_channel_item_uri_at_protocol.xml",
    "feed_item_fallbacks_-_rss_channel_item_extensions.xml",
    "itunes-category.rss",
    "itunes-keywords.rss",
    "itunes-missing-image.rss",
    "rss_channel_item_guid_naked_markup.xml",
    "version_rdf_090.xml",
    "reddit-atom.rss",
    "reddit-home.rss",
    # One xml:base stands for all there, lest feedparser resolves the ids against them.
    "entry_content_xml_base_inherit_2.xml",
    "entry_content_xml_base_inherit_3.xml",
    "entry_summary_xml_base_inherit_2.xml",
}


def items(feed, base=BASE):
    entries = list(translation.numbered(feed.entries, translation.crowded(feed.entries)))
    for entry in entries:
        entry.base = entry.base or base
    return [translation.item(entry) for entry in entries]


def one(xml):
    (item,) = items(parsing.parse(xml.encode()))
    return item


@pytest.fixture(scope="module")
def corpus(shared):
    folder = shared("corpora/feeds")
    return sorted(path for path in folder.rglob("*") if path.suffix in {".xml", ".rss", ".atom"})


def test_both_parsers_make_the_same_items_of_well_formed_feeds(corpus):
    compared, different = 0, []
    for path in corpus:
        body = path.read_bytes().lstrip(b"\xef\xbb\xbf \t\r\n")
        try:
            strict = markup.parse(body)
        except BadData:
            continue
        if strict is None or path.name in FEEDPARSER_DIFFERS:
            continue
        compared += 1
        ours, theirs = items(strict), items(lenient.parse(body))
        facts = [[[getattr(item, name) for name in COMPARED] for item in found] for found in (ours, theirs)]
        if facts[0] != facts[1]:
            different.append(path.name)
    assert not different
    assert compared > 500


def test_every_feed_of_the_corpus_is_read_or_refused_with_a_reason(corpus):
    refused = set()
    for path in corpus:
        start = time.process_time()
        try:
            items(parsing.parse(path.read_bytes()))
        except BadData:
            refused.add(path.name)
        assert time.process_time() - start < 5, path.name
    assert refused == {"unknown_feed.xml", "empty_feed.xml", "unrecognized.rss"}


def expected(path, folder):
    if "gofeed" in path.parts:
        found = path.with_suffix(".json")
        found = found if found.exists() else path.with_name(path.stem + "_expected.json")
        return json.loads(found.read_text())["items"] if found.exists() else None
    found = folder / "rss-parser/test/output" / f"{path.stem}.json"
    return json.loads(found.read_text())["feed"]["items"] if found.exists() else None


def test_titles_and_numbers_of_entries_are_those_that_other_parsers_expect(corpus, shared):
    folder, checked = shared("corpora/feeds"), 0
    for path in corpus:
        try:
            wanted = expected(path, folder)
            found = parsing.parse(path.read_bytes()).entries
        except (KeyError, TypeError, ValueError, SourceError):
            continue
        if wanted is None:
            continue
        checked += 1
        assert len(found) == len(wanted), path.name
        if "markup" not in path.name:  # they take tags out of ids
            named = [(e.id, str(w["guid"]).strip()) for e, w in zip(found, wanted, strict=True) if w.get("guid")]
            assert all(ours == theirs or "'" in theirs for ours, theirs in named), path.name
    assert checked > 100


def test_a_feed_that_is_not_well_formed_gives_the_same_items_as_when_it_was():
    good = """<rss version="2.0"><channel><title>T</title>
      <item><title>One &amp; two</title><link>/1</link>
        <description>&lt;p&gt;Text &amp;uuml;&lt;/p&gt;</description></item>
      <item><title>Next</title><guid isPermaLink="false">7</guid><pubDate>Fri, 20 Nov 2026 10:00:00 GMT</pubDate></item>
    </channel></rss>"""
    bad = good.replace("&amp; two", "& two").replace("</channel></rss>", "")
    assert markup.parse(bad.encode()) is None
    assert items(parsing.parse(bad.encode())) == items(parsing.parse(good.encode()))


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


@pytest.mark.parametrize("declared", ["utf-8", "us-ascii", "iso-8859-1", "windows-1252"])
def test_a_wrongly_declared_encoding_spoils_no_entry(declared):
    head = f'<?xml version="1.0" encoding="{declared}"?>'
    body = head + "<rss><channel><item><guid>1</guid><title>M\u00fcller</title></item></channel></rss>"
    for encoding in ("utf-8", "cp1252", "utf-16"):
        (item,) = items(parsing.parse(body.encode(encoding)))
        assert (item.id, item.title) == ("1", "Müller")


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fri, 20 Nov 2026 10:00:00 GMT", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("20 Nov 2026 10:00 +0100", datetime(2026, 11, 20, 9, tzinfo=UTC)),
        ("Friday, 20 November 2026 10:00:00 EST", datetime(2026, 11, 20, 15, tzinfo=UTC)),
        ("Fri, 20 Nov 26 10:00:00 Z", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("2026-11-20T10:00:00Z", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("2026-11-20T10:00:00.123456789+02:00", datetime(2026, 11, 20, 8, tzinfo=UTC)),
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
    "<p>",
    "</p>",
    "<br>",
    "<b>",
    "</b>",
    "a",
    " ",
    "\n",
    "&amp;",
    "&lt;",
    "<li>",
    "<ul>",
    "</ul>",
    "x",
    "<div>",
    "</div>",
    "1 < 2",
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_the_short_way_to_plain_text_gives_what_the_long_way_gives(html):
    assert prose.plain(html) == kit_text.plain(html)


def test_a_publisher_may_say_how_long_a_feed_stays_fresh():
    assert markup.pace("60", "", "").total_seconds() == 3600
    assert markup.pace("", "hourly", "2").total_seconds() == 1800
    assert markup.pace("", "yearly", "1").total_seconds() == 86400
    assert markup.pace("soon", "sometimes", "x") is None
