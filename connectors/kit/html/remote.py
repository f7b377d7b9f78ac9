"""What HTML as delivered would have loaded from elsewhere, to tell the reader what was kept from it."""

import re

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from connectors.kit.html.markup import LARGEST, overgrown

_LOADS = {
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "video": ("src", "poster"),
    "audio": ("src",),
    "iframe": ("src",),
    "embed": ("src",),
    "input": ("src",),
    "object": ("data",),
    "link": ("href",),
}
_ELSEWHERE = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)
_IN_STYLE = re.compile(r"""(?:url\(|@import)\s*['"]?\s*((?:https?:)?//[^\s'")]{1,2000})""", re.IGNORECASE)


def remote(html: str) -> int:
    """Count the different addresses that a browser would ask while it shows HTML: pictures, frames, styles, trackers.

    Links that the reader would have to follow do not count. 0 for HTML that is too wild to be parsed. Never raises.
    """
    if "//" not in html or overgrown(html):
        return 0
    found = set(_IN_STYLE.findall(html[:LARGEST]))
    try:
        tree = LexborHTMLParser(html[:LARGEST])
        for node in tree.css(f"{','.join(_LOADS)},[background]"):
            values = (node.attributes.get(name) for name in (*_LOADS.get(node.tag or "", ()), "background"))
            found |= {value.strip() for value in values if value and _ELSEWHERE.match(value)}
    except SelectolaxError:
        pass
    return len(found)
