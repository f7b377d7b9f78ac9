"""Whether a request comes from a page of our own: what changes something, and every web socket, must."""

from collections.abc import Mapping
from urllib.parse import urlsplit

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def foreign(scope: Mapping[str, object], headers: Mapping[str, str], address: str) -> bool:
    """Return whether another site makes the browser send this request, to ride on the login of its owner.

    A browser says where a request comes from in ``Sec-Fetch-Site`` and ``Origin``, which no page can
    forge; what says neither is no browser, and has no login to ride on. ``address`` is where people open
    the page: behind a proxy the host that arrives here may be another. A path of Streamlit lets
    other ports of this machine in, where anything may run; this does not.
    """
    if scope["type"] == "http":
        if scope["method"] in _SAFE:
            return False
        if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
            return True
    origin = headers.get("origin")
    if origin is None:
        return False
    where, ours = urlsplit(origin), urlsplit(address)
    return where.scheme != ours.scheme or where.netloc not in {headers.get("host"), ours.netloc}
