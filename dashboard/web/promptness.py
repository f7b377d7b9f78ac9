"""Answers that leave at once: no message waits for the browser to confirm the one before, none long for other pages."""

import asyncio
import socket
import sys
from typing import Any

_TURN = 0.001
"""Seconds that a thread computes before another one has its turn. With Python's own 5 ms a page that is sent in
twenty messages, or asks the database twenty times, can wait up to 100 ms for those of others."""


def answer_promptly(loop: asyncio.AbstractEventLoop) -> None:
    """Let the servers that are started in this loop switch Nagle's algorithm off, and threads take turns often.

    With Nagle's algorithm a page waits for 40 ms whenever an answer is more than one message. asyncio switches it off
    only for sockets that were made with the number of TCP as their protocol; the one that Streamlit hands
    to uvicorn was not. What a listening socket is set to holds for those that it accepts.
    """
    sys.setswitchinterval(_TURN)
    create = loop.create_server

    async def create_server(*args: Any, sock: socket.socket | None = None, **given: Any) -> asyncio.Server:
        if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return await create(*args, sock=sock, **given)

    loop.create_server = create_server  # type: ignore[method-assign]
