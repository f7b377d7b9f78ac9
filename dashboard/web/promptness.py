"""Answers that leave at once: no small message waits for the browser to confirm the one before."""

import asyncio
import socket
from typing import Any


def answer_promptly(loop: asyncio.AbstractEventLoop) -> None:
    """Let the servers that are started in this loop switch Nagle's algorithm off for every connection.

    With it, a page waits for 40 ms whenever an answer is more than one message. asyncio switches it off
    only for sockets that were made with the number of TCP as their protocol; the one that Streamlit hands
    to uvicorn was not. What a listening socket is set to holds for those that it accepts.
    """
    create = loop.create_server

    async def create_server(*args: Any, sock: socket.socket | None = None, **given: Any) -> asyncio.Server:
        if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return await create(*args, sock=sock, **given)

    loop.create_server = create_server  # type: ignore[method-assign]
