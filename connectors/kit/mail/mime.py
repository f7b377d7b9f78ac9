"""The body of a mail (RFC 2045, RFC 2046): its text, its HTML and what is attached, found without copying it."""

import re
from binascii import a2b_qp
from dataclasses import dataclass, field

from connectors.kit.item import Attachment
from connectors.kit.mail import head

TEXT = 262_144
"""Encoded bytes of a text part that are decoded."""
PARTS = 300
DEPTH = 12
_CUT = re.compile(rb"(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})\Z")
"""The beginning of a letter in UTF-8 whose end is missing."""


@dataclass(slots=True)
class Body:
    """What a person reads of a mail, and the list of what hangs on it."""

    text: str = ""
    html: str = ""
    attachments: list[Attachment] = field(default_factory=list)


def body(data: bytes, top: head.Fields, start: int) -> Body:
    """Read the body that begins at ``start``; broken and endless structures give what can be read of them."""
    found = Body()
    todo = [(top, start, len(data), 0)]
    seen = 0
    while todo and seen < PARTS:
        seen += 1
        fields, begin, end, depth = todo.pop()
        kind, params = head.parameters(_first(fields, "content-type"))
        if kind.startswith("multipart/") and depth < DEPTH and params.get("boundary"):
            parts = _parts(data, params["boundary"], begin, end)
            for first, last in reversed(parts):
                inner, at = head.split(data, first, last)
                todo.append((head.fields(inner), at, last, depth + 1))
            if parts:
                continue
            kind = "text/plain"
        _leaf(found, data, (fields, begin, end), kind, params)
    return found


def decode(data: bytes, encoding: str, charset: str) -> str:
    """Return the text of one part, also where it was cut off in the middle."""
    encoding = encoding.strip().lower()
    if encoding == "base64":
        data = head.base64(data)
    elif encoding == "quoted-printable":
        data = a2b_qp(data)
    if charset.lower() in {"utf-8", "utf8"}:
        data = data[:-3] + _CUT.sub(b"", data[-3:])
    return head.text(data, charset).replace("\r\n", "\n").replace("\r", "\n")


def attachment(params: dict[str, str], disposition: dict[str, str], kind: str, size: int | None) -> Attachment:
    """Describe a part that is not read; names in encoded words (against RFC 2231, but usual) are decoded."""
    name = disposition.get("filename") or params.get("name") or ""
    return Attachment(name=head.decoded(name, 255), type=kind[:100] or "application/octet-stream", size=size)


def hangs(kind: str, disposition: str, name: str | None, inline: bool) -> bool:
    """Whether a part is an attachment: said so, named, or not text; pictures inside the HTML are none."""
    if disposition == "attachment":
        return True
    if inline and kind.startswith("image/"):
        return False
    return bool(name) or not kind.startswith("text/")


def _first(fields: head.Fields, name: str) -> str:
    return fields[name][0] if name in fields else ""


def _leaf(found: Body, data: bytes, place: tuple[head.Fields, int, int], kind: str, params: dict[str, str]) -> None:
    """Take one part that has no parts as text, as HTML or as an attachment."""
    fields, start, end = place
    kind = kind if "/" in kind else "text/plain"
    disposition, more = head.parameters(_first(fields, "content-disposition"))
    encoding = _first(fields, "content-transfer-encoding").strip().lower()
    if hangs(kind, disposition, more.get("filename") or params.get("name"), "content-id" in fields):
        size = (end - start) * 3 // 4 if encoding == "base64" else end - start
        found.attachments.append(attachment(params, more, kind, size))
    elif kind.startswith("text/"):
        text = decode(data[start : min(end, start + TEXT)], encoding, params.get("charset", "utf-8"))
        if kind == "text/html":
            found.html = found.html or text
        elif not found.text or (kind == "text/plain" and len(found.text) < TEXT):
            found.text = f"{found.text}\n{text}" if found.text else text


def _parts(data: bytes, boundary: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return where the parts between the boundaries begin and end; a missing last boundary ends with the data."""
    mark = b"--" + boundary.rstrip().encode("utf-8", "replace")
    found: list[tuple[int, int]] = []
    begin = -1
    at = start if data.startswith(mark, start) else data.find(b"\n" + mark, start, end) + 1
    while at and len(found) < PARTS:
        if begin >= 0:
            found.append((begin, _before(data, begin, at)))
        after = at + len(mark)
        line = data.find(b"\n", after, end)
        if data[after : after + 2] == b"--" or line < 0:
            return found
        begin = line + 1
        at = data.find(b"\n" + mark, line, end) + 1
    if begin >= 0 and len(found) < PARTS:
        found.append((begin, end))
    return found


def _before(data: bytes, begin: int, at: int) -> int:
    """Return where a part ends: the line break in front of a boundary belongs to the boundary."""
    if data[at - 1 : at] == b"\n":
        at -= 1
    if data[at - 1 : at] == b"\r":
        at -= 1
    return max(begin, at)
