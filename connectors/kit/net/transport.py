"""The way an HTTP request takes to the network: a small pool of connections behind the guard."""

import select
import socket
import ssl
import threading
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import httpcore
import httpx

from connectors.kit.net.deadline import Deadline
from connectors.kit.net.guard import Guard

CONNECT_SECONDS = 5.0
KEPT_CONNECTIONS = 8
KEPT_SECONDS = 60.0


_building = threading.Lock()


def tls_context() -> ssl.SSLContext:
    """Return the one TLS context of the process: certifi's and the system's authorities, TLS 1.2 or later.

    ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` replace certifi's. It takes 20 to 80 ms to build.
    """
    with _building:  # the threads of a worker all begin at once
        return _tls_context()


@lru_cache(maxsize=1)
def _tls_context() -> ssl.SSLContext:
    context = httpx.create_ssl_context()
    context.load_default_certs()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class _Stream(httpcore.NetworkStream):
    """A connected socket each of whose waits ends with the deadline of the request."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection

    def read(self, max_bytes: int, timeout: Deadline | float | None = None) -> bytes:
        try:
            self._socket.settimeout(_seconds(timeout))
            return self._socket.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout from error
        except OSError as error:
            raise httpcore.ReadError from error

    def write(self, buffer: bytes, timeout: Deadline | float | None = None) -> None:
        try:
            while buffer:
                self._socket.settimeout(_seconds(timeout))
                buffer = buffer[self._socket.send(buffer) :]
        except TimeoutError as error:
            raise httpcore.WriteTimeout from error
        except OSError as error:
            raise httpcore.WriteError from error

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: Deadline | float | None = None,
    ) -> httpcore.NetworkStream:
        try:
            self._socket.settimeout(_seconds(timeout))
            return _Stream(ssl_context.wrap_socket(self._socket, server_hostname=server_hostname))
        except (OSError, ValueError) as error:
            self.close()
            raise httpcore.ConnectError("no secure connection") from error

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return _is_readable(self._socket)
        return None


class _Backend(httpcore.NetworkBackend):
    """Opens connections through the guard and in no other way."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: Deadline | float | None = None,
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        deadline = timeout if isinstance(timeout, Deadline) else Deadline(timeout or CONNECT_SECONDS)
        return _Stream(self._guard.connect(host, port, deadline))

    def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.NetworkStream:
        raise httpcore.ConnectError("a path is no address")


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        return self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


class GuardedTransport(httpx.BaseTransport):
    """An httpx transport for one thread whose every connection passes the guard.

    It goes straight to httpcore's public pool: an ``httpx.Client`` on top would cost as much again
    and follow its own ideas of redirects, cookies and proxies. The extension ``timeout`` of a
    request may hold :class:`~connectors.kit.net.deadline.Deadline` objects. Raises the errors of httpcore,
    and Unavailable where no connection comes about.
    """

    def __init__(self, guard: Guard, tls: ssl.SSLContext | None = None) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls or tls_context(),
            max_connections=KEPT_CONNECTIONS,
            max_keepalive_connections=KEPT_CONNECTIONS,
            keepalive_expiry=KEPT_SECONDS,
            network_backend=_Backend(guard),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send over a kept connection where there is one."""
        url = request.url
        response = self._pool.handle_request(
            httpcore.Request(
                request.method,
                httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(response.status, headers=response.headers, stream=_Body(response))

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()

    def __del__(self) -> None:
        self.close()


_threads = threading.local()


def transport_of_thread(guard: Guard) -> httpx.BaseTransport:
    """Return the transport of the running thread for this guard, so that connections outlive a run."""
    kept: dict[Guard, GuardedTransport] = _threads.__dict__.setdefault("transports", {})
    if guard not in kept:
        kept[guard] = GuardedTransport(guard)
    return kept[guard]


def _seconds(timeout: Deadline | float | None) -> float | None:
    return timeout.left() if isinstance(timeout, Deadline) else timeout


def _is_readable(connection: socket.socket) -> bool:
    """Whether a connection that should be silent has something to say: then the server has closed it."""
    if not hasattr(select, "poll"):
        return bool(select.select([connection], [], [], 0)[0])
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(0))
