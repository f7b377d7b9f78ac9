"""HTML of strangers made safe to be shown inside our own page."""

import re
from html import escape

import nh3

from connectors.kit.html.markup import LARGEST, overgrown, visible, without_tags
from connectors.kit.text import tidy

TAGS = frozenset(
    "a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure "  # noqa: SIM905
    "h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strike strong sub summary sup "
    "table tbody td tfoot th thead time tr u ul var wbr".split()
)
_EMPTIED = frozenset(
    "script style svg math template iframe object embed title textarea select noembed noframes audio video".split()  # noqa: SIM905
)
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "img": {"alt", "height", "src", "width"},
    "ol": {"start"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan"},
    "time": {"datetime"},
}
_SCHEMES = {"http", "https", "mailto"}
# Beginning with an absolute address, and nothing in it that a browser skips while it reads a scheme.
_REST = r"[^\x00-\x20\x7f-\xa0\u2000-\u200f\u2028-\u202f\u2060\ufeff]*"
_IMAGE = re.compile(rf"https://(?![/\\]){_REST}", re.IGNORECASE)
_LINK = re.compile(rf"(?:https?://(?![/\\])|mailto:){_REST}", re.IGNORECASE)


def _cleaner(*, images: bool) -> nh3.Cleaner:
    def kept(tag: str, name: str, value: str) -> str | None:
        if name == "href":
            return value if _LINK.fullmatch(value) else None
        if name == "src":
            return value if images and _IMAGE.fullmatch(value) else None
        return value if len(value) <= 1000 and tag != "col" else None

    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags=set(_EMPTIED),
        attributes=_ATTRIBUTES,
        attribute_filter=kept,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}, "img": {"loading": "lazy"}},
        strip_comments=True,
    )


_BLIND, _SEEING = _cleaner(images=False), _cleaner(images=True)


def safe_html(html: str, *, images: bool = False) -> str:
    """Return HTML that runs nothing, loads nothing and looks like nothing but text.

    Only elements of text are left, without style, class or id; links are absolute http, https or
    mailto and open apart. Images are empty frames with their description until the reader asks
    for them: then ``images`` lets those at https addresses load. What a sender hides stays
    hidden. Never raises.
    """
    if overgrown(html):
        return f"<p>{escape(tidy(without_tags(html)))}</p>"
    if "style" in html or "hidden" in html.lower():
        body = visible(html)
        html = (body.inner_html or "") if body else ""
    return (_SEEING if images else _BLIND).clean(html[:LARGEST])
