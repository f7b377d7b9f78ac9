"""A backend on this machine that says byte for byte what a test wants, and counts who came."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pytest

from connectors.kit.net.guard import Guard
from connectors.kit.web import Http, Limits

HERE = ("127.0.0.0/8", "::1/128")


@dataclass
class Asked:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class Backend:
    """Answers each request with what ``answer`` returns: bytes, or pieces of bytes; None closes the connection."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.answer: Callable[[Asked], bytes | Iterable[bytes] | None] = lambda _: self.reply()
        self.asked: list[Asked] = []
        self.connections = 0
        self._open: list[socket.socket] = []
        self._listener = socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        threading.Thread(target=self._accept, daemon=True).start()

    @staticmethod
    def reply(status: int = 200, body: bytes = b"", **headers: str) -> bytes:
        named = {"content_length": str(len(body))} | headers
        lines = [f"HTTP/1.1 {status} X"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in named.items() if value is not None]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + body

    def close(self) -> None:
        with contextlib.suppress(OSError):
            # Closing alone leaves a thread that waits for a visitor with one more of them.
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                self._open.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), connection, connection.makefile("rb") as stream:
            while line := stream.readline():
                method, target, _ = line.decode().split(" ")
                headers = {}
                while (line := stream.readline().strip()) != b"":
                    name, _, value = line.decode("latin-1").partition(":")
                    headers[name.lower()] = value.strip()
                asked = Asked(method, target, headers, stream.read(int(headers.get("content-length", 0))))
                self.asked.append(asked)
                answer = self.answer(asked)
                if answer is None:
                    return
                for piece in [answer] if isinstance(answer, bytes) else answer:
                    connection.sendall(piece)


@pytest.fixture
def backend():
    server = Backend()
    yield server
    server.close()


@pytest.fixture
def stranger():
    server = Backend()
    yield server
    server.close()


@pytest.fixture
def http():
    """Return a function that makes a client which may reach this machine and is quick to give up."""

    def make(total: float = 5.0, allow: Iterable[str] = HERE, **options) -> Http:
        limits = {name: options.pop(name) for name in ("body", "redirects", "retries", "connect") if name in options}
        return Http(Guard(allow=allow), limits=Limits(total=total, pause=0.01, **limits), **options)

    return make
