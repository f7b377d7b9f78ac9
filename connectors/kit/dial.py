"""The guard of :mod:`connectors.kit.web` for plain and TLS sockets."""

import socket
import ssl
from typing import Protocol

from connectors.kit.errors import Unavailable
from connectors.kit.net.deadline import Deadline
from connectors.kit.net.guard import Guard
from connectors.kit.net.transport import CONNECT_SECONDS, tls_context

COMMAND_SECONDS = 60.0
"""How long one command of a mail or chat protocol may take, all its answer included."""


class Dial(Protocol):
    """Opens a socket to a checked address."""

    def __call__(self, host: str, port: int, *, tls: bool = True, timeout: float | None = None) -> socket.socket:
        """Connect to ``host``; raises Misconfigured for a refused address and Unavailable for a dead one."""
        ...

    def secured(self, connection: socket.socket, host: str) -> socket.socket:
        """Begin TLS on an open connection (STARTTLS) and verify that ``host`` answers it. Raises Unavailable."""
        ...


class GuardedDial:
    """Dials through a guard. ``tls`` replaces the context that verifies certificates, for a private authority.

    The name and the certificate are always verified: by the socket that is returned, or by
    :meth:`secured` where a protocol begins in the clear (STARTTLS).
    """

    def __init__(self, guard: Guard, tls: ssl.SSLContext | None = None) -> None:
        self._guard = guard
        self._tls = tls

    def __call__(self, host: str, port: int, *, tls: bool = True, timeout: float | None = None) -> socket.socket:
        """Connect within 5 seconds; ``timeout`` then bounds each wait of the socket, in seconds (None: 60)."""
        self._guard.check_dial(host, port)
        deadline = Deadline(CONNECT_SECONDS)
        connection = self._guard.connect(host, port, deadline)
        if tls:
            connection = self.secured(connection, host, seconds=deadline.left())
        connection.settimeout(COMMAND_SECONDS if timeout is None else timeout)
        return connection

    def secured(self, connection: socket.socket, host: str, *, seconds: float = CONNECT_SECONDS) -> ssl.SSLSocket:
        """Begin TLS on an open connection and verify that ``host`` answers it. Raises Unavailable."""
        try:
            connection.settimeout(seconds)
            return (self._tls or tls_context()).wrap_socket(connection, server_hostname=host)
        except (OSError, ValueError) as error:
            connection.close()
            why = f": {error.verify_message}" if isinstance(error, ssl.SSLCertVerificationError) else ""
            raise Unavailable(f"{host} offers no secure connection{why}", cause="insecure") from error
