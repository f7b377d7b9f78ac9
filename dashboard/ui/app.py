"""The web application: Streamlit's page with our content policy, and what is answered beside it."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import FrameType
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Route

from dashboard import log
from dashboard.settings import load
from dashboard.ui import faults, warming, wiring
from dashboard.ui.parts import assets
from dashboard.web import consent, manifest
from dashboard.web.events import Events
from dashboard.web.policy import Policy
from dashboard.web.sessions import Sessions, person_of, still_valid

settings = load()
log.set_up(settings.log.level, settings.log.format)
logging.getLogger("streamlit.error_util").disabled = True  # it writes messages too, which may be the text of a mail


def who(scope: Any) -> int | None:
    """Return who asks for events: whom the login names, the one person where nobody logs in."""
    login = person_of(scope)
    return login.person if login else None if settings.login.on else wiring.board().me().id


events = Events(wiring.board, who, still_valid)


async def health(_: Request) -> PlainTextResponse:
    """Answer ``ok`` as long as the process serves pages."""
    return PlainTextResponse("ok")


@asynccontextmanager
async def lifespan(_: Any) -> AsyncIterator[None]:
    """Watch for news as long as pages are served."""
    _close_on_signals(asyncio.get_running_loop())
    watching = asyncio.create_task(events.watch())
    warming.start()
    yield
    watching.cancel()


def _logging_in() -> list[BaseRoute]:
    if not settings.login.on:
        return []
    from dashboard.web.oidc import Oidc  # noqa: PLC0415  its libraries take a tenth of the start

    return [Oidc(wiring.board, settings).routes]


def _close_on_signals(loop: asyncio.AbstractEventLoop) -> None:
    """End the streams as soon as the server is asked to end: it waits for them before it ends the lifespan."""

    def closing(before: Any) -> Any:
        def close(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(events.close)
            before(number, frame)

        return close

    for number in (signal.SIGINT, signal.SIGTERM):
        if callable(before := signal.getsignal(number)):
            signal.signal(number, closing(before))


app = st.App(
    "shell.py",
    lifespan=lifespan,
    on_script_error=faults.show,
    routes=[
        Route("/health", health),
        Route("/events", events.answer),
        assets.ROUTE,
        *manifest.routes(),
        *consent.routes(wiring.board, who, settings.address),
        *_logging_in(),
    ],
    middleware=[
        Middleware(TrustedHostMiddleware, allowed_hosts=settings.hosts),
        Middleware(Policy),
        Middleware(Sessions, board=wiring.board, settings=settings),
    ],
)
