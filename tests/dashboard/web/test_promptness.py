"""What the page sends leaves at once, however many small messages an answer is made of."""

import asyncio
import socket
import sys
from contextlib import closing

import pytest

from dashboard.web.promptness import answer_promptly


@pytest.fixture(autouse=True)
def as_before():
    interval = sys.getswitchinterval()
    yield
    sys.setswitchinterval(interval)


async def accepted(listener):
    """Serve on a socket and return whether a connection to it sends small messages at once."""
    loop, found = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()
    answer_promptly(loop)

    class Serving(asyncio.Protocol):
        def connection_made(self, transport):
            found.set_result(transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            transport.close()

    server = await loop.create_server(Serving, sock=listener)
    async with server:
        _, writer = await asyncio.open_connection(*listener.getsockname()[:2])
        prompt = bool(await asyncio.wait_for(found, 10))
        writer.close()
    return prompt


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_no_answer_waits_until_the_browser_has_confirmed_the_one_before(family):
    with closing(socket.socket(family)) as listener:  # as Streamlit makes it: without the number of TCP
        try:
            listener.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
        except OSError:
            pytest.skip("this machine has no IPv6")
        listener.listen()
        assert asyncio.run(accepted(listener))


def test_a_server_that_opens_its_own_socket_is_started_as_before():
    async def started():
        loop = asyncio.get_running_loop()
        answer_promptly(loop)
        async with await loop.create_server(asyncio.Protocol, "127.0.0.1", 0) as server:
            return len(server.sockets)

    assert asyncio.run(started()) == 1


def test_a_page_does_not_wait_five_milliseconds_for_each_turn():
    async def prompt():
        answer_promptly(asyncio.get_running_loop())
        return sys.getswitchinterval()

    assert asyncio.run(prompt()) == pytest.approx(0.001)
