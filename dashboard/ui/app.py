"""The web application: Streamlit's page with our content policy and a health route."""

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from dashboard import log
from dashboard.settings import load
from dashboard.web.policy import Policy

log.set_up(load().log.level, load().log.format)


async def health(_: Request) -> PlainTextResponse:
    """Answer ``ok`` as long as the process serves pages."""
    return PlainTextResponse("ok")


app = st.App(
    "shell.py",
    routes=[Route("/health", health)],
    middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=load().hosts), Middleware(Policy)],
)
