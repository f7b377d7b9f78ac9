"""The head of a mail (RFC 5322): its fields found, bounded, and decoded into words, people and times."""

import re
from binascii import Error, a2b_base64, a2b_qp
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz
from functools import lru_cache
from urllib.parse import unquote_to_bytes

LIMIT = 65_536
"""Bytes of a head that are read; what stands behind them is left out."""
PEOPLE = 200
"""People that are read of one field."""

_END = re.compile(rb"\r?\n(?:[ \t]*\r?\n)")
_FIELD = re.compile(r"^([!-9;-~]{1,80})[ \t]*:[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)", re.MULTILINE)
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_FOLD = re.compile(r"\n[ \t]+")
_BLANKS = str.maketrans("\t\n\r\v\f\x85\u2028\u2029", " " * 8)
_BETWEEN = re.compile(r"\?=\s+=\?")
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_CONTROLS = bytes(each for each in range(32) if each not in b"\t\n\r") + b"\x7f"
_BYTEWISE = frozenset(("utf_8", "cp1252"))
"""Charsets in which the byte of a control character is never part of a letter."""
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_ADDRESS = re.compile(
    r'(=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=)|"((?:[^"\\]|\\.)*+)"?|\(((?:[^()\\]|\\.)*+)\)?|<([^<>]*+)>?|([,;:])|([^"(<,;:=]+)|.',
    re.DOTALL,
)
_USUAL = re.compile(r'"?([^"<>@,;:()=\\\n]*?)"?\s*<([^\s<>"(),;:@]+@[^\s<>"(),;:@]+)>')
_COMMENT = re.compile(r"\([^()]*\)")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_PARAMETER = re.compile(r'[;\s]([^\s=;"]{1,80})\s*=\s*("(?:[^"\\]|\\.)*+"?|[^;"]*)', re.DOTALL)
_TEXTLESS = frozenset(("idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf_7", "mbcs", "oem"))
"""Codecs of Python that no mail means: quadratic on long input, or not charsets at all."""
_MEANT = {"us_ascii": "utf_8", "utf8": "utf_8", "iso_8859_1": "cp1252", "latin1": "cp1252", "gb2312": "gb18030"}
"""What is written under a name in practice (WHATWG Encoding, section 4.2)."""

Fields = dict[str, list[str]]
"""The values of every field by its lower-case name, in the order in which they stand."""


def split(data: bytes, start: int = 0, end: int | None = None) -> tuple[str, int]:
    """Return the head that begins at ``start`` as text, and where the body behind it begins."""
    end = len(data) if end is None else end
    if data[start : start + 1] == b"\n" or data[start : start + 2] == b"\r\n":
        return "", data.index(b"\n", start) + 1
    found = _END.search(data, start, min(end, start + LIMIT))
    stop, body = (found.start(), found.end()) if found else (min(end, start + LIMIT), end)
    return text(data[start:stop]).replace("\r\n", "\n"), body


def fields(head: str) -> Fields:
    """Return the fields of a head; a line that is no field is passed over."""
    found: Fields = {}
    for name, value in _FIELD.findall(head):
        found.setdefault(name.lower(), []).append(value)
    return found


def text(data: bytes, charset: str = "utf-8") -> str:
    """Decode with the declared charset, else UTF-8, else what Windows in Europe writes; never fails.

    Control characters and halves of surrogate pairs, which no store and no page can hold, are left out.
    """
    name = _codec(charset)
    plain = data.translate(None, _CONTROLS)
    for errors in ("strict", "replace"):
        for codec in (name, "utf_8"):
            if codec in _TEXTLESS:
                continue
            try:
                value = plain.decode(codec, errors) if codec in _BYTEWISE else clean(data.decode(codec, errors))
            except (LookupError, ValueError):
                continue
            if errors == "strict" or value.count("\ufffd") * 20 <= len(value):
                return value
    return plain.decode("cp1252", "replace")


@lru_cache(256)
def _codec(charset: str) -> str:
    name = charset.partition("*")[0].strip("\"' ").lower().replace("-", "_")
    return _MEANT.get(name, name)


def clean(value: str) -> str:
    """Leave out what no store and no page can hold."""
    return _UNWANTED.sub("", value)


def base64(data: bytes) -> bytes:
    """Decode base64 as far as it goes, with letters that do not belong and without its padding."""
    try:
        return a2b_base64(data)
    except Error:
        letters = _NOT_BASE64.sub(b"", data)
        return a2b_base64(letters[: len(letters) - (len(letters) % 4 == 1)] + b"==")


def _words(value: str) -> str:
    """Decode the encoded words of RFC 2047; bytes of one charset are joined before they are decoded."""
    pieces: list[str] = []
    pending, charset, last = b"", "", 0
    value = _BETWEEN.sub("?==?", value)
    for match in _WORD.finditer(value):
        raw = match[3].encode("utf-8", "replace")
        try:
            raw = base64(raw) if match[2] in "bB" else a2b_qp(raw, header=True)
        except Error:
            continue
        if match.start() != last or match[1].lower() != charset:
            pieces += (text(pending, charset), value[last : match.start()])
            pending = b""
        pending, charset, last = pending + raw, match[1].lower(), match.end()
    return "".join((*pieces, text(pending, charset), value[last:]))


def decoded(value: str, limit: int = 1000) -> str:
    """Return a value as one line of plain words, at most ``limit`` characters long; its spaces stay."""
    value = _FOLD.sub(" ", value[: limit * 12])
    if "=?" in value:
        value = _words(value)
    return value.translate(_BLANKS).strip()[:limit]


def people(value: str) -> list[tuple[str, str]]:
    """Return name and address of everybody in an address list, also a broken one; either may be empty."""
    usual = _USUAL.fullmatch(value)
    if usual:
        return [(decoded(usual[1], 200), usual[2])]
    found: list[tuple[str, str]] = []
    words: list[str] = []
    comment = angle = ""

    def flush() -> None:
        nonlocal comment, angle
        name = " ".join("".join(words).split())
        if not angle and "@" in name:
            angle, name = name.replace(" ", ""), ""
        address = "".join(_COMMENT.sub("", angle).rpartition(":")[2].split())[:320]
        name = decoded(name, 200) or decoded(comment, 200)
        if name or address:
            found.append((name, address))
        words.clear()
        comment = angle = ""

    for match in _ADDRESS.finditer(value[:32_768]):
        encoded, quoted, inner, inside, mark, _ = match.groups()
        if mark == ":" and not angle:
            words.clear()
        elif mark:
            flush()
        elif quoted is not None:
            words.append(_ESCAPE.sub(r"\1", quoted))
        elif inner is not None:
            comment = comment or _ESCAPE.sub(r"\1", inner)
        elif inside is not None:
            angle = angle or inside
        else:
            words.append(encoded or match[0])
        if len(found) >= PEOPLE:
            return found
    flush()
    return found


def when(value: str) -> datetime | None:
    """Return the time of a ``Date`` field in UTC, None where it is none; without a zone it is taken as UTC."""
    try:
        parts = parsedate_tz(value[:200])
        if parts is None:
            return None
        year, month, day, hour, minute, second = parts[:6]
        local = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
        return local - timedelta(seconds=parts[9] or 0)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """Return what a ``Content-Type`` or ``Content-Disposition`` says, in lower case, and its parameters.

    Values that RFC 2231 splits or encodes are put together.
    """
    value = value[:4096]
    kind = value.partition(";")[0].strip().partition("\n")[0].lower()
    found: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, str, bool]]] = {}
    for name, raw in _PARAMETER.findall(value):
        plain = _ESCAPE.sub(r"\1", raw[1:].removesuffix('"')) if raw[:1] == '"' else raw.strip()
        base, star, rest = name.lower().partition("*")
        if star:
            number = rest.rstrip("*")
            pieces.setdefault(base, []).append(
                (int(number) if number.isdecimal() else 0, plain, not rest or rest[-1:] == "*")
            )
        else:
            found.setdefault(base, plain)
    for name, parts in pieces.items():
        found[name] = _extended(sorted(parts))
    return kind, found


def _extended(parts: list[tuple[int, str, bool]]) -> str:
    """Put the pieces of a value of RFC 2231 together: ``charset'language'percent-encoded``."""
    charset, raw = "utf-8", b""
    for place, (_, plain, encoded) in enumerate(parts):
        piece = plain
        if encoded and not place and piece.count("'") >= 2:
            charset, _, piece = piece.split("'", 2)
        raw += unquote_to_bytes(piece) if encoded else piece.encode("utf-8", "replace")
    return text(raw, charset)
