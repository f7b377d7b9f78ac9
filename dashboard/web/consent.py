"""The routes of the consent to read a source: to its provider, and back with the answer."""

from collections.abc import Callable, MutableMapping, Sequence
from typing import Any

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard.board import Board
from dashboard.board.records import Refused
from dashboard.web.notice import notice

BACK = "/oauth/callback"
"""Where a provider sends people back to; it is registered there, below the address of the page."""
_SOURCES = "/sources"
_OURS = {"same-origin", "none"}
"""Where a browser says that a link to the start of a consent was followed: in the page itself, or nowhere."""

log = structlog.get_logger(__name__)


def routes(
    board: Callable[[], Board], who: Callable[[MutableMapping[str, Any]], int | None], address: str
) -> Sequence[Route]:
    """Return the routes; ``who`` names the person behind a request, ``address`` is where people open the page."""

    async def begin(request: Request) -> Response:
        person, source = await run_in_threadpool(who, request.scope), request.query_params.get("source", "")
        if request.headers.get("sec-fetch-site", "none") not in _OURS:  # it would end what the person has begun
            return _failed(request, "stranger", 403)
        if person is None or not source.isascii() or not source.isdigit():
            return _failed(request, "stranger", 404)
        try:
            url = await run_in_threadpool(board().consents.begin, person, int(source), f"{address}{BACK}")
        except (KeyError, Refused):
            return _failed(request, "stranger", 404)
        return RedirectResponse(url, 303, {"Cache-Control": "no-store"})

    async def finish(request: Request) -> Response:
        person = await run_in_threadpool(who, request.scope)
        if person is None:
            return _failed(request, "stranger", 404)
        try:
            await run_in_threadpool(board().consents.finish, person, str(request.url))
        except Refused as refusal:
            log.warning("a source was not connected", failure=refusal.failure)
            return _failed(request, "refused", 400)
        return RedirectResponse(_SOURCES, 303, {"Cache-Control": "no-store"})

    return Route("/oauth/start", begin), Route(BACK, finish)


def _failed(request: Request, reason: str, status: int) -> Response:
    return notice(request.headers, f"consent.{reason}", status=status, way=_SOURCES)
