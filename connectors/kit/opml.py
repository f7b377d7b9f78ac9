"""OPML (http://opml.org/spec2.opml): lists of feeds to and from other readers, without loss."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from defusedxml import EntitiesForbidden
from defusedxml.ElementTree import fromstring

LARGEST = 5 * 1024 * 1024
_DEEPEST = 50
_OWN = {"xmlurl", "text"}
_WEB = re.compile(r"(?i)(?:(?:feed:)?https?|feed)://[^/\\\s]")
_ELSEWHERE = re.compile(r"(?i)[/\\~.]|[a-z][a-z0-9+.-]*:(?!\d)")  # a path or another scheme, but not host:port


class NoList(ValueError):
    """A document is no list, or one that is not read; ``fault`` says why in one word, ``line`` where, 0 for nowhere."""

    def __init__(self, fault: str, sentence: str, *, line: int = 0) -> None:
        super().__init__(sentence)
        self.fault = fault
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One feed of a list: ``folders`` from the outermost inwards, ``attributes`` as other readers wrote them."""

    title: str
    address: str
    folders: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """One folder of a list: the path to it with its own name at the end, and its attributes as others wrote them."""

    folders: tuple[str, ...]
    attributes: Mapping[str, str] = field(default_factory=dict)


def read(document: bytes | str) -> list[Feed]:
    """Return the feeds of a list in its order; a feed that stands in several folders comes once for each.

    Raises NoList as :func:`outlines` does.
    """
    return [outline for outline in outlines(document) if isinstance(outline, Feed)]


def outlines(document: bytes | str) -> list[Feed | Folder]:
    """Return the feeds and folders of a list in its order, a folder before what is in it, also where that is nothing.

    Feeds that have no address of the web (http, https or feed) are left out: a list that somebody sent
    must not make this machine read its own files. :func:`left_out` names them. Raises NoList, in plain
    words, for what is no OPML, is larger than 5 MiB, declares entities, or is nested too deep.
    """
    return [outline for outline in _listed(document) if isinstance(outline, Folder) or _WEB.match(outline.address)]


def left_out(document: bytes | str) -> list[Feed]:
    """Return the feeds that :func:`outlines` leaves out of a list. Raises NoList as it does."""
    feeds = (outline for outline in _listed(document) if isinstance(outline, Feed))
    return [feed for feed in feeds if not _WEB.match(feed.address)]


def portable(address: str) -> str:
    """Return an address as other readers understand it, ``""`` where it is none of the web but a local file."""
    if _WEB.match(address):
        return address
    return "" if _ELSEWHERE.match(address) else f"https://{address}"


def _listed(document: bytes | str) -> list[Feed | Folder]:
    if len(document) > LARGEST:
        raise NoList("large", "the list is larger than 5 MiB")
    try:
        root = fromstring(document, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except EntitiesForbidden as error:
        raise NoList("entities", "the list declares entities, which is not allowed") from error
    except ET.ParseError as error:
        line = error.position[0]
        raise NoList("xml", f"not an OPML list: the file is no XML, or broken at line {line}", line=line) from error
    except (ValueError, LookupError) as error:
        raise NoList("characters", "not an OPML list: its characters cannot be read") from error
    body = next((child for child in root if child.tag.lower() == "body"), None)
    if root.tag.lower() != "opml" or body is None:
        raise NoList("empty", "not an OPML list: nothing is listed in it")
    return list(_outlines(body, ()))


def _outlines(parent: ET.Element, folders: tuple[str, ...]) -> Iterator[Feed | Folder]:
    if len(folders) > _DEEPEST:
        raise NoList("deep", "the folders of the list are nested too deep")
    for outline in parent:
        given = {name.lower(): (name, value) for name, value in outline.attrib.items()}
        text = given.get("text", ("", ""))[1] or given.get("title", ("", ""))[1]
        others = {name: value for key, (name, value) in given.items() if key not in _OWN}
        if address := given.get("xmlurl", ("", ""))[1].strip():
            yield Feed(title=text or address, address=address, folders=folders, attributes=others)
        elif text:
            yield Folder(folders=(*folders, text), attributes=others)
        if len(outline):
            yield from _outlines(outline, (*folders, text) if text else folders)


def write(outlines: Iterable[Feed | Folder], *, title: str = "Frontdesk") -> str:
    """Return the list as OPML 2.0, in this order, with ``title`` as its own name; folders of one path are one.

    Feeds that are local files are left out: their paths are no business of other readers.
    """
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = _clean(title)
    body = ET.SubElement(root, "body")
    folders: dict[tuple[str, ...], ET.Element] = {(): body}
    for outline in outlines:
        if isinstance(outline, Folder):
            parent = _folder(folders, outline.folders)
            attributes = dict(outline.attributes) | {"text": outline.folders[-1]}
        elif address := portable(outline.address):
            parent = ET.SubElement(_folder(folders, outline.folders), "outline")
            attributes = {"type": "rss", "title": outline.title} | dict(outline.attributes)
            attributes |= {"text": outline.title, "xmlUrl": address}
        else:
            continue
        parent.attrib.update({name: _clean(value) for name, value in attributes.items()})
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _folder(folders: dict[tuple[str, ...], ET.Element], path: tuple[str, ...]) -> ET.Element:
    """Return the element of a folder, made with those around it where it is not there yet."""
    for depth in range(1, len(path) + 1):
        if path[:depth] not in folders:
            name = _clean(path[depth - 1])
            folders[path[:depth]] = ET.SubElement(folders[path[: depth - 1]], "outline", text=name, title=name)
    return folders[path]


def _clean(value: str) -> str:
    """Take out what XML 1.0 cannot hold."""
    return "".join(
        c for c in value if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
    )
