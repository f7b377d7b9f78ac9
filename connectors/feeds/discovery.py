"""Where the feed of a web page is: what the page says itself, then the usual places."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

from connectors.feeds.links import absolute

_TYPES = re.compile(r"\s*(?:application|text)/(?:(?:rss|atom|rdf|feed)\+)?(?:xml|json)\b", re.IGNORECASE)
_USUAL = ("feed", "rss", "feed.xml", "rss.xml", "atom.xml", "index.xml", "feed.json")
_HEAD = 512 * 1024
_MOST = 5


def candidates(page: str, url: str) -> Iterator[str]:
    """Yield addresses where the feed may be, best first: at most five links of the page, then the usual paths."""
    links = _Links()
    links.feed(page[:_HEAD])
    base = absolute(links.base, url) or url if links.base else url
    named = [found for address in links.feeds[:_MOST] if (found := absolute(address, base))]
    top = urlsplit(url)
    usual = [f"{top.scheme}://{top.netloc}/{path}" for path in _USUAL]
    yield from dict.fromkeys(address for address in (*named, *usual) if address != url)


class _Links(HTMLParser):
    """Collects ``<link rel=alternate>`` of a feed type, and ``<base>``, up to the body."""

    def __init__(self) -> None:
        super().__init__()
        self.base = ""
        self.feeds: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one start tag."""
        given = {name: value or "" for name, value in attrs}
        if tag == "base" and not self.base:
            self.base = given.get("href", "")
        alternate = tag in {"link", "a"} and "alternate" in given.get("rel", "").lower().split()
        if alternate and given.get("href") and _TYPES.match(given.get("type", "")):
            self.feeds.append(given["href"])
