"""What the headers of a reply say about time, charset and the next page."""

import codecs
import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

LONGEST_FRESH = timedelta(days=1)
"""A cache may be told to keep a reply for years; a source is asked again after a day."""
LONGEST_PAUSE = 24 * 3600.0
"""No ``Retry-After`` holds a source longer than a day, in seconds."""

_UNSAFE_CHARSETS = frozenset(("idna", "punycode", "unicode_escape", "raw_unicode_escape", "utf_7", "undefined"))
_LINK = re.compile(r"<([^<>]*)>((?:\s*;\s*[^\s;,=]+(?:\s*=\s*(?:\"[^\"]*\"|[^\s;,\"]*))?)*)")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_DIRECTIVE = re.compile(r"([\w-]+)(?:\s*=\s*\"?(\d+))?")


def by_name(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return headers by their name in lower case; a repeated one is one list (RFC 9110, 5.3)."""
    found: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1").lower(), _decoded(value)
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def moment(value: str) -> datetime | None:
    """Read an HTTP date (RFC 9110, 5.6.7) as aware UTC; None where it is none."""
    try:
        found = parsedate_to_datetime(value)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return for how many seconds the backend asks to be left alone, between 0 and a day; None where it does not say.

    ``Retry-After`` holds seconds or a date (RFC 9110, 10.2.3). GitHub, X and others give the end
    of their window instead, as seconds since 1970, in ``X-RateLimit-Reset``.
    """
    value = headers.get("retry-after", "").strip()
    date = moment(value)
    if re.fullmatch(r"\d+(\.\d+)?", value):
        seconds = float(value)
    elif date:
        seconds = (date - now).total_seconds()
    else:
        reset = headers.get("x-ratelimit-reset") or headers.get("x-rate-limit-reset") or ""
        if not re.fullmatch(r"\d{9,11}(\.\d+)?", reset.strip()):
            return None
        seconds = float(reset) - now.timestamp()
    return min(max(math.ceil(seconds * 1000) / 1000, 0.0), LONGEST_PAUSE) if math.isfinite(seconds) else LONGEST_PAUSE


def fresh_until(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Return until when a reply stays fresh (RFC 9111, 4.2), at most a day from ``now``; None where it is not.

    A reader is a private cache: ``s-maxage`` does not concern it.
    """
    control = headers.get("cache-control", "")
    directives = {match[1].lower(): match[2] for match in _DIRECTIVE.finditer(control)} if control else {}
    if "no-store" in directives or "no-cache" in directives:
        return None
    if directives.get("max-age"):
        lifetime = float(directives["max-age"][:12]) - _age(headers)
    elif expires := moment(headers.get("expires", "")):
        lifetime = (expires - (moment(headers.get("date", "")) or now)).total_seconds() - _age(headers)
    else:
        return None
    return now + min(timedelta(seconds=min(lifetime, 1e9)), LONGEST_FRESH) if lifetime > 0 else None


def next_link(headers: Mapping[str, str], url: str) -> str | None:
    """Return the absolute address of the next page from ``Link: <...>; rel="next"`` (RFC 8288)."""
    for match in _LINK.finditer(headers.get("link", "")):
        relation = _REL.search(match[2])
        if relation and "next" in (relation[1] or relation[2]).lower().split():
            return str(urljoin(url, match[1].strip()))
    return None


def charset(headers: Mapping[str, str]) -> str:
    """Return the codec that the reply declares, UTF-8 where it declares none that is safe to use."""
    match = _CHARSET.search(headers.get("content-type", ""))
    try:
        name = codecs.lookup(match[1]).name if match else "utf-8"
    except LookupError:
        return "utf-8"
    if name.replace("-", "_") in _UNSAFE_CHARSETS:
        # Python's own codecs, no charsets: some need quadratic time.
        return "utf-8"
    # The web has agreed that a page which says Latin-1 means Windows-1252 (WHATWG Encoding, 4.2).
    return {"iso8859-1": "cp1252", "ascii": "cp1252", "utf-8": "utf-8-sig"}.get(name, name)


def _age(headers: Mapping[str, str]) -> float:
    value = headers.get("age", "")
    return float(value[:12]) if value.isdecimal() else 0.0


def _decoded(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
