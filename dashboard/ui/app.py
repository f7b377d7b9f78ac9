"""The web application: Streamlit's page with our content policy, and what is answered beside it."""

import asyncio
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
from starlette.routing import Route

from dashboard import log
from dashboard.settings import load
from dashboard.ui import wiring
from dashboard.web.events import Events
from dashboard.web.policy import Policy

log.set_up(load().log.level, load().log.format)

events = Events(wiring.board)


async def health(_: Request) -> PlainTextResponse:
    """Answer ``ok`` as long as the process serves pages."""
    return PlainTextResponse("ok")


@asynccontextmanager
async def lifespan(_: Any) -> AsyncIterator[None]:
    """Watch for news as long as pages are served."""
    _close_on_signals(asyncio.get_running_loop())
    watching = asyncio.create_task(events.watch())
    yield
    events.close()
    await watching


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
    routes=[Route("/health", health), Route("/events", events.answer)],
    middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=load().hosts), Middleware(Policy)],
)
