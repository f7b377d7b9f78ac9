"""Feeds that are well-formed XML, read by a strict parser that expands nothing and fetches nothing."""

import base64
import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

from lxml import etree

from connectors.feeds.entry import NOTHING, Enclosure, Entry, Feed, Name, Prose
from connectors.kit import BadData

_PREFIXES = {
    "http://www.w3.org/2005/atom": "atom:",
    "http://purl.org/atom/ns#": "atom:",
    "http://purl.org/rss/1.0": "",
    "http://my.netscape.com/rdf/simple/0.9": "",
    "http://channel.netscape.com/rdf/simple/0.9": "",
    "http://backend.userland.com/rss2": "",
    "http://backend.userland.com/rss": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://purl.org/dc/elements/1.1": "dc:",
    "http://purl.org/dc/terms": "dcterms:",
    "http://purl.org/rss/1.0/modules/content": "content:",
    "http://purl.org/rss/1.0/modules/syndication": "sy:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://search.yahoo.com/mrss": "media:",
}
_SAME = {"dc:subject": "category", "itunes:keywords": "category", "atom:category": "category", "dc:date": "updated",
         "atom:updated": "updated", "atom:modified": "updated", "dcterms:modified": "updated"}  # fmt: skip
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_PERIODS = {"hourly": 1, "daily": 24, "weekly": 24 * 7, "monthly": 24 * 30, "yearly": 24 * 365}
_DECLARED = re.compile(r'\sxmlns(?::[\w.-]+)?="[^"]*"')
_WRAPPER = re.compile(r"<div[^>]*>(.*)</div>", re.DOTALL | re.IGNORECASE)
_PREFIXED = re.compile(r"(</?)[\w.-]+:(?=[\w-])")
MOST_ENTRIES = 5000
"""More entries of one feed than these are not read; they come newest first."""

_Parts = dict[str, list["etree._Element"]]


def parse(body: bytes, *, forgiving: bool = False) -> Feed | None:
    """Read a feed; None where the document is no well-formed XML that a strict parser reads without loss.

    ``forgiving`` takes what can be had of a document that is not well-formed. Raises BadData for
    a document that declares entities and for one that is XML but no feed.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True,
        recover=forgiving, huge_tree=False, collect_ids=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return None
    if root is None:
        return None
    doctype = root.getroottree().docinfo.internalDTD
    if doctype is not None and next(doctype.iterentities(), None) is not None:
        raise BadData("the feed declares entities")
    if not forgiving and doctype is not None and b"&" in body and next(root.iter(etree.Entity), None) is not None:
        return None
    return _Reader(b"xml:base" in body).feed(root)


class _Reader:
    """Reads one document; keeps the short names of the elements it has met."""

    def __init__(self, has_bases: bool) -> None:
        self._names: dict[str, str] = {}
        self._has_bases = has_bases

    def feed(self, root: "etree._Element") -> Feed:
        kind = self._name(root.tag)
        if kind in {"atom:feed", "feed"}:
            return self._atom(root)
        if kind in {"atom:entry", "entry"}:
            return Feed(entries=[self._atom_entry(root)])
        if kind.rpartition(":")[2].lower() in {"rss", "rdf"}:
            return self._rss(root)
        raise BadData(f"XML, but no feed: <{kind[:40]}>")

    def _rss(self, root: "etree._Element") -> Feed:
        top = self._parts(root)
        channel = self._parts(top["channel"][0]) if "channel" in top else {}
        items = [*channel.get("item", ()), *top.get("item", ())]
        links = (text for element in channel.get("link", ()) if (text := _text(element)))
        return Feed(
            title=Prose(_first(channel, "title", "dc:title")),
            link=next(links, ""),
            entries=[self._rss_entry(item) for item in items[:MOST_ENTRIES]],
            pace=pace(
                _first(channel, "ttl"), _first(channel, "sy:updatePeriod"), _first(channel, "sy:updateFrequency")
            ),
        )

    def _rss_entry(self, item: "etree._Element") -> Entry:
        parts = self._parts(item)
        guid = parts.get("guid", (None,))[0]
        id_ = _text(guid) if guid is not None else _first(parts, "atom:id") or item.get(_RDF_ABOUT, "")
        link = _first(parts, "link") or _alternate(parts.get("atom:link", ()))
        if not link and guid is not None and guid.get("isPermaLink", "true").lower() == "true":
            link = id_
        content = _first(parts, "content:encoded")
        summary = _first(parts, "description", "dc:description", "itunes:summary", "media:description")
        return Entry(
            id=id_,
            title=Prose(_first(parts, "title", "dc:title", "media:title")),
            link=link,
            summary=Prose(summary),
            content=Prose(content, html=True) if content else _prose(parts, "atom:content", "atom:summary"),
            published=_first(parts, "pubDate", "atom:published", "dcterms:issued", "dcterms:created"),
            updated=_first(parts, "updated"),
            authors=_people(parts) or _creators(parts),
            labels=_labels(parts),
            enclosures=_files([*parts.get("enclosure", ()), *parts.get("media:content", ())]),
            base=self._base(item),
        )

    def _atom(self, root: "etree._Element") -> Feed:
        parts = self._parts(root)
        return Feed(
            title=_prose(parts, "atom:title", "title"),
            link=_alternate(_elements(parts, "atom:link", "link")),
            authors=_people(parts),
            entries=[self._atom_entry(e) for e in _elements(parts, "atom:entry", "entry")[:MOST_ENTRIES]],
            pace=pace("", _first(parts, "sy:updatePeriod"), _first(parts, "sy:updateFrequency")),
        )

    def _atom_entry(self, entry: "etree._Element") -> Entry:
        parts = self._parts(entry)
        links = _elements(parts, "atom:link", "link")
        source = self._parts(parts["atom:source"][0]) if "atom:source" in parts else {}
        id_ = _first(parts, "atom:id", "id")
        return Entry(
            id=id_,
            title=_prose(parts, "atom:title", "title", "media:title"),
            link=_alternate(links) or (id_ if id_.startswith(("http://", "https://")) else ""),
            summary=_prose(parts, "atom:summary", "summary", "media:description"),
            content=_prose(parts, "atom:content", "content"),
            published=_first(parts, "atom:published", "published", "atom:issued", "atom:created"),
            updated=_first(parts, "updated"),
            authors=_people(parts) or _people(source) or _creators(parts),
            labels=_labels(parts),
            enclosures=_files([*(e for e in links if e.get("rel") == "enclosure"), *parts.get("media:content", ())]),
            base=self._base(entry),
        )

    def _parts(self, parent: "etree._Element") -> _Parts:
        """Group the children of an element by their short names, in document order."""
        parts: _Parts = {}
        names = self._names
        for child in parent:
            tag = child.tag
            name = names.get(tag) or self._name(tag)
            if name in parts:
                parts[name].append(child)
            else:
                parts[name] = [child]
        for group in parts.get("media:group", ()):
            for name, found in self._parts(group).items():
                parts.setdefault(name, []).extend(found)
        return parts

    def _base(self, element: "etree._Element") -> str:
        return (element.base or "") if self._has_bases else ""

    def _name(self, tag: object) -> str:
        """Shorten ``{http://purl.org/dc/elements/1.1/}creator`` to ``dc:creator``; unknown ones begin with ``?``."""
        if not isinstance(tag, str):
            return "?"
        space, brace, local = tag.rpartition("}")
        name = _PREFIXES.get(space[1:].rstrip("/").lower(), "?:") + local if brace else local
        name = self._names[tag] = _SAME.get(name, name)
        return name


def pace(ttl: str, period: str, frequency: str) -> timedelta | None:
    """Read RSS ``ttl`` (minutes) or ``sy:updatePeriod`` divided by ``sy:updateFrequency``; at most a day."""
    minutes = float(ttl) if ttl.isdecimal() and len(ttl) < 9 else 0.0
    if not minutes and period:
        often = int(frequency) if frequency.isdecimal() and len(frequency) < 9 else 1
        minutes = 60 * _PERIODS.get(period.strip().lower(), 0) / max(often, 1)
    return timedelta(minutes=min(minutes, 24 * 60)) if minutes else None


def author(text: str) -> Name:
    """Split ``ada@example.org (Ada)`` and ``Ada <ada@example.org>`` into name and address."""
    text = text.strip()
    if "@" not in text or len(text) > 500:
        return Name(text)
    words = re.split(r"[\s()<>]+", text.replace("mailto:", ""))
    mail = next((word for word in words if "@" in word.strip("@")), "")
    return Name(" ".join(word for word in words if word and word != mail), mail) if mail else Name(text)


def _elements(parts: _Parts, *names: str) -> "list[etree._Element]":
    return [element for name in names for element in parts.get(name, ())]


def _first(parts: _Parts, *names: str) -> str:
    """Return the text of the first of these elements that has any."""
    for name in names:
        for element in parts.get(name, ()):
            if text := _text(element):
                return text
    return ""


def _labels(parts: _Parts) -> tuple[str, ...]:
    if "category" not in parts:
        return ()
    return tuple(
        word.strip()
        for element in parts["category"]
        if (label := element.get("label") or element.get("term") or _text(element))
        for word in (label.split(",") if str(element.tag).endswith("keywords") else [label])
        if word.strip()
    )


def _creators(parts: _Parts) -> tuple[Name, ...]:
    """Return the authors that are given as one line, from the first element that any module of RSS has for them."""
    for name in ("author", "dc:creator", "itunes:author"):
        if name in parts and (found := tuple(author(text) for e in parts[name] if (text := _text(e)))):
            return found
    return ()


def _files(elements: "Iterable[etree._Element]") -> tuple[Enclosure, ...]:
    """Return what the entry points to, without the pictures that media modules put beside a text."""
    return tuple(
        Enclosure(
            element.get("url") or element.get("href", ""),
            element.get("type", ""),
            element.get("length") or element.get("fileSize", ""),
        )
        for element in elements
        if not str(element.tag).endswith("}content")
        or (element.get("type") or element.get("medium", "")).startswith(("audio", "video", "application", "document"))
    )


def _text(element: "etree._Element") -> str:
    """Return the text of an element; markup inside it that was not escaped stays as it is."""
    text = element.text or ""
    if len(element):
        inner = "".join(etree.tostring(child, encoding="unicode") for child in element)
        text += _PREFIXED.sub(r"\1", _DECLARED.sub("", inner))
    return text.strip()


def _prose(parts: _Parts, *names: str) -> Prose:
    for name in names:
        for element in parts.get(name, ()):
            if text := _text(element):
                prose = _typed(element, text)
                return prose._replace(base=element.base or "") if element.get(_XML_BASE) else prose
    return NOTHING


def _typed(element: "etree._Element", text: str) -> Prose:
    """Read ``type`` (RFC 4287, 3.1.1) and ``mode`` (Atom 0.3) of a text construct."""
    kind = element.get("type", "text").lower()
    if len(element):
        wrapped = kind == "xhtml" and len(element) == 1
        return Prose(_WRAPPER.sub(r"\1", text) if wrapped else text, html=True)
    if element.get("mode") == "base64" or ("/" in kind and not kind.startswith("text/") and "xml" not in kind):
        with suppress(ValueError):
            return Prose(base64.b64decode(text, validate=True).decode().strip(), html=False)
    if "html" in kind or element.get("mode") == "escaped":
        return Prose(text, html=True if "html" in kind else None)
    return Prose(text, html=False)


def _alternate(links: "Iterable[etree._Element]") -> str:
    """Choose the page an entry stands for: the first alternate link, HTML before other types."""
    found = [link for link in links if link.get("rel", "alternate") == "alternate" and link.get("href")]
    pages = [link for link in found if "html" in link.get("type", "html")]
    return str((pages or found)[0].get("href")).strip() if found else ""


def _people(parts: _Parts) -> tuple[Name, ...]:
    people: list[Name] = []
    if "atom:author" not in parts and "author" not in parts:
        return ()
    for element in _elements(parts, "atom:author", "author"):
        found = {str(child.tag).rpartition("}")[2]: (child.text or "").strip() for child in element}
        if found.get("name") or found.get("email"):
            people.append(Name(found.get("name", ""), found.get("email", "")))
    return tuple(people)
