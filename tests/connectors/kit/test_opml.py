"""Lists of feeds from and for other readers."""

from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit import opml

LIST = b"""<?xml version="1.0" encoding="ISO-8859-1"?>
<opml version="1.0"><head><title>Mine</title></head><body>
  <outline text="Arbeit" title="Arbeit">
    <outline text="M\xfcnchen" title="Stadt M" type="rss" xmlUrl="https://m.example.org/f?a=1&amp;b=2"
             htmlUrl="https://m.example.org/" custom="x&quot;y" category="/a/b"/>
    <outline text="Tief"><outline text="Innen" type="atom" xmlURL=" https://i.example.org/atom "/></outline>
  </outline>
  <outline xmlUrl="https://bare.example.org/feed"/>
  <outline text="only a folder"/>
</body></opml>"""


def test_a_list_is_read_with_its_folders_titles_and_unknown_attributes():
    first, second, third = opml.read(LIST)
    assert (first.title, first.address, first.folders) == ("München", "https://m.example.org/f?a=1&b=2", ("Arbeit",))
    assert first.attributes == {
        "title": "Stadt M",
        "type": "rss",
        "htmlUrl": "https://m.example.org/",
        "custom": 'x"y',
        "category": "/a/b",
    }
    assert (second.title, second.address, second.folders) == ("Innen", "https://i.example.org/atom", ("Arbeit", "Tief"))
    assert (third.title, third.folders) == ("https://bare.example.org/feed", ())


def test_a_list_comes_back_as_it_was():
    feeds = opml.read(LIST)
    again = opml.read(opml.write(feeds))
    assert [(f.title, f.address, f.folders) for f in again] == [(f.title, f.address, f.folders) for f in feeds]
    assert all(f.attributes.items() <= g.attributes.items() for f, g in zip(feeds, again, strict=True))


FOLDERS = """<opml version="2.0"><head/><body>
  <outline text="Empty" title="Empty" category="/x"/>
  <outline text="B" title="Bee" isOpen="true"><outline text="Deep" title="Deep"/>
    <outline text="one" title="one" type="rss" xmlUrl="https://one.example/"/></outline>
  <outline text="two" title="two" type="rss" xmlUrl="https://two.example/"/>
  <outline text="A" title="A"/>
</body></opml>"""


def tree(document):
    body = ElementTree.fromstring(document).find("body")
    return [(outline.attrib, len(outline)) for outline in body.iter("outline")]


def test_folders_keep_their_order_and_attributes_also_where_nothing_is_in_them():
    assert tree(opml.write(opml.outlines(FOLDERS))) == tree(FOLDERS)


words = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1).filter(
    lambda text: text == text.strip()
)


@given(
    st.lists(
        st.builds(
            opml.Feed,
            title=words,
            address=words.map(lambda word: f"https://example.org/{word}"),
            folders=st.lists(words, max_size=4).map(tuple),
            attributes=st.dictionaries(st.sampled_from(["type", "title", "htmlUrl", "x-y", "filter"]), words),
        )
    )
)
def test_whatever_is_in_a_list_survives_a_round_trip(feeds):
    again = opml.read(opml.write(feeds).encode())

    def keys(found):
        return sorted((f.folders, f.title, f.address) for f in found)

    assert keys(again) == keys(feeds)
    for feed in feeds:
        assert any(
            feed.address == f.address and feed.folders == f.folders and feed.attributes.items() <= f.attributes.items()
            for f in again
        )


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"no xml",
        b"<html><body/></html>",
        b"<opml version='2.0'/>",
        b'<!DOCTYPE opml [<!ENTITY a "b">]><opml><body><outline text="&a;" xmlUrl="x"/></body></opml>',
        b'<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml><body>&a;</body></opml>',
        b"<opml><body>" + b"<outline text='a'>" * 200 + b"</outline>" * 200 + b"</body></opml>",
        b"<opml><body>" + b" " * (5 * 1024 * 1024) + b"</body></opml>",
    ],
)
def test_what_is_no_list_or_a_dangerous_one_is_refused(document):
    with pytest.raises(ValueError, match=r"OPML|list"):
        opml.read(document)


STRANGE = ["file:///etc/passwd", "/etc/passwd", "~/feeds/a.xml", "C:\\feeds\\a.xml", "feed:file:///etc/passwd",
           "ftp://example.org/feed", "javascript:alert(1)", "https:///etc/passwd"]  # fmt: skip
WEB = ["https://a.example.org/feed", "HTTP://b.example.org", "feed://c.example.org/rss", "feed:https://d.example.org/"]


def listed(addresses):
    outlines = "".join(f"<outline text='x' xmlUrl={quoteattr(address)}/>" for address in addresses)
    return f"<opml version='2.0'><body>{outlines}</body></opml>"


def test_what_is_no_address_of_the_web_is_left_out_of_a_list_and_named():
    assert [feed.address for feed in opml.read(listed(WEB + STRANGE + ["example.org/feed"]))] == WEB
    assert [feed.address for feed in opml.left_out(listed(WEB + STRANGE))] == STRANGE
    assert opml.left_out(LIST) == []


def test_an_address_without_a_scheme_is_written_with_one():
    feeds = [opml.Feed(title="x", address=address) for address in ("example.org/feed", "example.org:8080/feed")]
    assert [f.address for f in opml.read(opml.write(feeds))] == [f"https://{feed.address}" for feed in feeds]


def test_a_list_for_other_readers_names_no_file_of_this_machine():
    text = opml.write([opml.Feed(title=address, address=address) for address in WEB])
    assert opml.write([opml.Feed(title="x", address=a) for a in STRANGE] + opml.read(text)) == text


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ("<!DOCTYPE opml [<!ENTITY a 'b'>]><opml/>", "the list declares entities, which is not allowed"),
        ("no xml", "not an OPML list: the file is no XML, or broken at line 1"),
        ("<opml>\n<body>", "not an OPML list: the file is no XML, or broken at line 2"),
        (b"<?xml version='1.0' encoding='klingon'?><opml/>", "not an OPML list: its characters cannot be read"),
        ("\ud800", "not an OPML list: its characters cannot be read"),
        ("<html/>", "not an OPML list: nothing is listed in it"),
    ],
)
def test_what_is_wrong_with_a_list_is_said_in_plain_words(document, sentence):
    with pytest.raises(ValueError, match=r"^") as raised:
        opml.outlines(document)
    assert str(raised.value) == sentence


def test_titles_with_characters_that_xml_cannot_hold_are_written_without_them():
    text = opml.write([opml.Feed(title="a\x00b\ud800<c>&", address="https://example.org/")])
    assert opml.read(text)[0].title == "ab<c>&"
    assert quoteattr("ab<c>&") in text
