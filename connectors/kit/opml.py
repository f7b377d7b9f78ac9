"""OPML (http://opml.org/spec2.opml): lists of feeds to and from other readers, without loss."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

LARGEST = 5 * 1024 * 1024
_DEEPEST = 50
_OWN = {"xmlurl", "text"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One feed of a list: ``folders`` from the outermost inwards, ``attributes`` as other readers wrote them."""

    title: str
    address: str
    folders: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)


def read(document: bytes | str) -> list[Feed]:
    """Return the feeds of a list in its order; a feed that stands in several folders comes once for each.

    Raises ValueError for what is no OPML, is larger than 5 MiB, declares entities, or is nested too deep.
    """
    if len(document) > LARGEST:
        raise ValueError("the list is larger than 5 MiB")
    try:
        root = fromstring(document, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except (ET.ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise ValueError(f"not OPML: {type(error).__name__}") from error
    body = next((child for child in root if child.tag.lower() == "body"), None)
    if root.tag.lower() != "opml" or body is None:
        raise ValueError("not OPML: it has no list")
    return list(_feeds(body, ()))


def _feeds(parent: ET.Element, folders: tuple[str, ...]) -> Iterator[Feed]:
    if len(folders) > _DEEPEST:
        raise ValueError("the folders of the list are nested too deep")
    for outline in parent:
        given = {name.lower(): (name, value) for name, value in outline.attrib.items()}
        text = given.get("text", ("", ""))[1] or given.get("title", ("", ""))[1]
        if address := given.get("xmlurl", ("", ""))[1].strip():
            others = {name: value for key, (name, value) in given.items() if key not in _OWN}
            yield Feed(title=text or address, address=address, folders=folders, attributes=others)
        if len(outline):
            yield from _feeds(outline, (*folders, text) if text else folders)


def write(feeds: Iterable[Feed], *, title: str = "Frontdesk") -> str:
    """Return the list as OPML 2.0, in this order, with ``title`` as its own name."""
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = _clean(title)
    body = ET.SubElement(root, "body")
    folders: dict[tuple[str, ...], ET.Element] = {(): body}
    for feed in feeds:
        parent = body
        for depth in range(1, len(feed.folders) + 1):
            path = feed.folders[:depth]
            if path not in folders:
                folders[path] = ET.SubElement(parent, "outline", text=_clean(path[-1]), title=_clean(path[-1]))
            parent = folders[path]
        attributes = {"type": "rss", "title": feed.title} | dict(feed.attributes)
        attributes |= {"text": feed.title, "xmlUrl": feed.address}
        ET.SubElement(parent, "outline", {name: _clean(value) for name, value in attributes.items()})
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _clean(value: str) -> str:
    """Take out what XML 1.0 cannot hold."""
    return "".join(
        c for c in value if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
    )
