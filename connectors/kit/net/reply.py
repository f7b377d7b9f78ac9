"""What a backend answered."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.kit.errors import BadData
from connectors.kit.net import headers as headers_

DEEPEST = 100
"""How deep JSON may be nested: whatever walks over it later does so by recursion."""
LONGEST_VALIDATOR = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a backend answered, read to its end. The names of ``headers`` are in lower case."""

    status: int
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    moved: str | None = None
    """Where a chain of permanent redirects (301, 308) led, None where there was none."""
    fresh_until: datetime | None = None
    """Until when ``Cache-Control`` or ``Expires`` says that asking again is useless."""

    @property
    def unchanged(self) -> bool:
        """Whether the backend said 304: what was read last time still holds."""
        return self.status == 304

    @property
    def validators(self) -> dict[str, str]:
        """What to pass as ``unless`` next time: ``etag`` and ``modified`` where the backend gave them."""
        given = {"etag": self.headers.get("etag", ""), "modified": self.headers.get("last-modified", "")}
        return {name: value for name, value in given.items() if 0 < len(value) <= LONGEST_VALIDATOR}

    @property
    def text(self) -> str:
        """The body decoded by its declared charset, else UTF-8; what does not decode becomes U+FFFD."""
        try:
            return self.body.decode(headers_.charset(self.headers), errors="replace")
        except (LookupError, ValueError):
            return self.body.decode(errors="replace")

    def json(self) -> Any:
        """Return the body as JSON (RFC 8259). Raises BadData where it is none or is nested too deep.

        ``NaN`` and the infinities, which some backends write and no database takes, are read as None.
        """
        try:
            value = json.loads(self._json_source(), parse_constant=lambda _: None)
        except (ValueError, RecursionError) as error:
            raise BadData(f"no JSON from {host(self.url)}: {str(error)[:100]}") from error
        if self.body.count(b"[") + self.body.count(b"{") > DEEPEST and _depth(value) > DEEPEST:
            raise BadData(f"JSON from {host(self.url)} is nested too deep")
        return value

    def _json_source(self) -> bytes | str:
        """Return the body as it is, or decoded with replacements where one name in it is in a wrong charset."""
        try:
            self.body.decode(json.detect_encoding(self.body))
        except ValueError:
            return self.text
        return self.body


def host(url: str) -> str:
    """Return the part of an address that may stand in a message: paths and queries hold secrets."""
    return url.partition("://")[2].partition("/")[0].partition("?")[0]


def _depth(value: Any) -> int:
    """Count the levels of nesting, one level at a time and without recursion, until there are too many."""
    level, depth = [value], 0
    while level and depth <= DEEPEST:
        depth += 1
        inner = (child for node in level for child in (node.values() if isinstance(node, dict) else node))
        level = [child for child in inner if isinstance(child, dict | list)]
    return depth
