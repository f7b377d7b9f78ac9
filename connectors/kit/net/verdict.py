"""From a reply to the error it means, the same for every backend."""

from datetime import datetime

from connectors.kit.errors import BadData, Misconfigured, RateLimited, SourceError, Unauthorized, Unavailable
from connectors.kit.net.facts import answered
from connectors.kit.net.headers import retry_after
from connectors.kit.net.reply import Reply, host


def error_of(reply: Reply, now: datetime, *, private: bool) -> SourceError | None:
    """Return the error that a reply stands for, None for a good one.

    ``private`` says that a login was part of the request: then 401 and 403 ask to connect again,
    otherwise they say that the settings point to something that is not public.
    """
    status, detail = reply.status, answered(host(reply.url), reply.status)
    if status == 304 or 200 <= status < 300:
        return None
    if _asks_for_a_pause(reply):
        return RateLimited(detail, retry_after(reply.headers, now))
    if status in {401, 403}:
        return Unauthorized(detail) if private else Misconfigured(detail, cause="private")
    if status in {404, 410}:
        absent = status == 404  # 410 says that it will not come back
        return Misconfigured(detail, absent=absent, cause="absent")
    if status >= 500 or status in {408, 425}:
        return Unavailable(detail, cause="down")
    return BadData(detail)


def _asks_for_a_pause(reply: Reply) -> bool:
    """Whether it is 429, or one of its older spellings: 503 with a time, 403 with an empty window (GitHub)."""
    if reply.status == 403:
        return "retry-after" in reply.headers or reply.headers.get("x-ratelimit-remaining") == "0"
    return reply.status == 429 or (reply.status == 503 and "retry-after" in reply.headers)
