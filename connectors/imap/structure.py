"""BODYSTRUCTURE (RFC 9051, section 7.5.2): which part of a mail is its text, and what is attached."""

from dataclasses import dataclass
from typing import Any

from connectors.kit import Attachment
from connectors.kit.mail import head, mime

LIMIT = 16_384
"""Encoded bytes that are fetched of the part that is read."""


@dataclass(frozen=True, slots=True)
class Part:
    """The part that is read, and how it is written; ``limit`` is what is fetched of it, in encoded bytes."""

    section: str
    html: bool
    encoding: str
    charset: str
    limit: int

    def text(self, data: bytes) -> str:
        """Decode what was fetched."""
        return mime.decode(data, self.encoding, self.charset)


def layout(tree: Any) -> tuple[Part | None, tuple[Attachment, ...]]:
    """Return the part to read, plain text before HTML, and the attachments; whatever is broken is passed over."""
    parts: list[Part] = []
    attachments: list[Attachment] = []
    todo: list[tuple[str, Any]] = [("", tree)]
    seen = 0
    while todo and seen < mime.PARTS:
        seen += 1
        section, node = todo.pop()
        if not isinstance(node, list) or not node:
            continue
        if isinstance(node[0], list):
            if section.count(".") < mime.DEPTH:
                inner = [(f"{section}.{at}".lstrip("."), each) for at, each in enumerate(_children(node), 1)]
                todo += reversed(inner)
        elif len(node) >= 7:
            _leaf(section or "1", node, parts, attachments)
    plain = next((part for part in parts if not part.html), None)
    return plain or next(iter(parts), None), tuple(attachments)


def _children(node: list[Any]) -> list[Any]:
    """Return the parts of a multipart: the lists before the first word, which is its subtype."""
    found = []
    for child in node:
        if not isinstance(child, list):
            break
        found.append(child)
    return found


def _leaf(section: str, node: list[Any], parts: list[Part], attachments: list[Attachment]) -> None:
    """Sort one part in: type, subtype, parameters, id, description, encoding, size, and by type further fields."""
    kind = f"{_word(node[0])}/{_word(node[1])}".lower()
    params = _pairs(node[2])
    size = int(node[6]) if isinstance(node[6], bytes) and node[6].isdigit() and len(node[6]) < 16 else None
    place = 9 if kind.startswith("text/") else 11 if kind == "message/rfc822" else 8
    disposition = node[place] if len(node) > place and isinstance(node[place], list) else []
    more = _pairs(disposition[1]) if len(disposition) > 1 else {}
    encoding = _word(node[5]).lower()
    shown = _word(disposition[0]).lower() if disposition else ""
    if mime.hangs(kind, shown, more.get("filename") or params.get("name"), node[3] is not None):
        if size and encoding == "base64":
            size = size * 3 // 4
        attachments.append(mime.attachment(params, more, kind, size))
    elif kind.startswith("text/") and size != 0:
        html = kind == "text/html"
        parts.append(Part(section, html, encoding, params.get("charset", "utf-8"), LIMIT))


def _word(value: Any) -> str:
    return value[:1000].decode("utf-8", "replace") if isinstance(value, bytes) else ""


def _pairs(value: Any) -> dict[str, str]:
    """Return a list of names and values as a dictionary, split and encoded ones (RFC 2231) put together."""
    if not isinstance(value, list):
        return {}
    words = [_word(each) for each in value]
    pairs = list(zip(words[::2], words[1::2], strict=False))
    if not any("*" in name for name, _ in pairs):
        return {name.lower(): text for name, text in pairs}
    quoted = "".join(f'; {name}="{text}"' for name, text in pairs if '"' not in text)
    return head.parameters(quoted)[1]
