"""HTML before anything is done with it: too wild to be parsed, or a tree without what nobody sees."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

LARGEST = 1_000_000
"""How many characters of a document are looked at."""
DEEPEST = 256
"""How deep elements may be nested. Parsers search the open elements at every tag: 100,000 of them took 24 seconds."""
_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())  # noqa: SIM905
_CLOSED_BY_ITSELF = frozenset(
    "area base br col embed hr img input link meta param source track wbr p li dt dd td th tr option".split()  # noqa: SIM905
)
_UNREAD = (
    "script style head title template iframe object embed svg math noframes noembed audio video canvas select textarea"
)

_TAG = re.compile(r"""<(/?)([a-zA-Z][^\s/>]*+)((?:=\s*+"[^"]*+"|=\s*+'[^']*+'|[^>=]++|=)*+)""")
_VALUE = re.compile(r"""=\s*+(?:"[^"]*+"|'[^']*+')""")
_BRACE = re.compile(r"([^{}]*+)([{}])")
_HIDING = re.compile(
    r"(?:^|;)(?:display:none|visibility:(?:hidden|collapse)|mso-hide:all|content-visibility:hidden"
    r"|opacity:(?:0|0?\.0+|0\.0+|0+%)(?:!|;|$)"
    r"|font:(?:[^;/]* )?0[ /]"
    r"|font(?:-size)?:(?:[^;]*[ /])?[01]?(?:\.\d+)?(?:px|pt)(?:[ !/;]|$)|font-size:0(?:\.0+)?(?:em|rem|%)?(?:!|;|$)"
    r"|(?:max-)?(?:height|width):0(?:\.0+)?(?:px|pt|em|rem|%)?(?:!|;|$)"
    r"|text-indent:-\d{3,}|(?:left|top|right|bottom|margin|margin-left|margin-top):-\d{3,}"
    r"|transform:scale\(0|clip(?:-path)?:(?:rect\(0|inset\((?:50|100)%))"
)


def overgrown(html: str) -> bool:
    """Whether an HTML parser would need quadratic time or memory for a document.

    Three shapes do that: deep nesting, formatting elements that are never closed and are opened
    again in every paragraph (15 KB became 340 MB), and a tag of thousands of attributes.
    """
    tags = html.count("<")
    if tags < DEEPEST and len(html) < 20_000:
        return False
    opened: Counter[str] = Counter()
    depth = formatting = 0
    for tag in _TAG.finditer(html):
        name = tag[2].lower()
        if len(tag[3]) > 4000 and len(_VALUE.sub("", tag[3])) > 4000:
            return True
        if name in _CLOSED_BY_ITSELF:
            continue
        if tag[1]:
            if not opened[name]:
                continue
            change = -1
        else:
            change = 1
        opened[name] += change
        depth += change
        formatting += change * (name in _FORMATTING)
        if depth > DEEPEST or (formatting - 8) * tags > 100_000:
            return True
    return False


def without_tags(html: str) -> str:
    """Return what is left of a document that must not be parsed when every tag is taken out."""
    return re.sub(r"<[^<>]*+>?", " ", html[:LARGEST])


def visible(html: str) -> LexborNode | None:
    """Parse HTML that is not overgrown and return its body without what is not read or not seen."""
    parser = LexborHTMLParser(html[:LARGEST])
    lowered = html.lower()
    hidden = set(_hidden_by_sheet(parser)) if "<style" in lowered else set()
    parser.strip_tags(_UNREAD.split())
    if "style" in lowered or "hidden" in lowered:
        _prune(parser, hidden | {"[hidden]"})
    return parser.body


@lru_cache(maxsize=4096)
def hides(style: str) -> bool:
    """Whether the declarations of a style keep an element from being seen: not shown, without size, off the page."""
    plain = " ".join(re.sub(r"/\*.*?\*/", "", style).lower().split())
    return bool(_HIDING.search(re.sub(r" ?([:;,(!/]) ?", r"\1", plain)))


def _prune(parser: LexborHTMLParser, selectors: set[str]) -> None:
    """Take the hidden elements out. An element inside another one goes with it, and must not be touched after it."""
    hidden = [node for node in parser.css("[style]") if hides((node.attributes.get("style") or "")[:2000])]
    for selector in selectors:
        hidden += parser.css(selector)
    marked = {node.mem_id for node in hidden}
    for node in [node for node in hidden if not any(outer.mem_id in marked for outer in _around(node))]:
        if node.mem_id in marked:
            marked.discard(node.mem_id)
            node.decompose()


def _around(node: LexborNode) -> Iterator[LexborNode]:
    while (parent := node.parent) is not None:
        yield parent
        node = parent


def _hidden_by_sheet(parser: LexborHTMLParser) -> Iterator[str]:
    """Yield the selectors that a style sheet of the document hides always, not for some screens only."""
    for sheet in parser.css("style"):
        depth, selector = 0, ""
        for rule in _BRACE.finditer(sheet.text()[:20_000]):
            if rule[2] == "{":
                selector = rule[1].strip() if depth == 0 else "@"
                depth += 1
                continue
            if depth == 1 and not selector.startswith("@") and hides(rule[1][:2000]):
                yield from (each for each in selector.split(",")[:50] if _usable(parser, each))
            depth = max(0, depth - 1)


def _usable(parser: LexborHTMLParser, selector: str) -> bool:
    if ":" in selector or not selector.strip():
        return False
    try:
        parser.css_first(selector)
    except (SelectolaxError, ValueError):
        return False
    return True
