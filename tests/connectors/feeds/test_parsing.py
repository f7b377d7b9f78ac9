"""Feeds of every format and age become the same items whichever parser reads them."""

import json
import time

import pytest

from connectors.feeds import lenient, markup, parsing
from connectors.kit import BadData, SourceError
from tests.connectors.feeds.reading import items

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


@pytest.mark.parametrize("declared", ["utf-8", "us-ascii", "iso-8859-1", "windows-1252"])
def test_a_wrongly_declared_encoding_spoils_no_entry(declared):
    head = f'<?xml version="1.0" encoding="{declared}"?>'
    body = head + "<rss><channel><item><guid>1</guid><title>M\u00fcller</title></item></channel></rss>"
    for encoding in ("utf-8", "cp1252", "utf-16"):
        (item,) = items(parsing.parse(body.encode(encoding)))
        assert (item.id, item.title) == ("1", "Müller")
