"""The guard of :mod:`connectors.kit.web` for plain and TLS sockets."""

import socket
from typing import Protocol


class Dial(Protocol):
    """Opens a socket to a checked address."""

    def __call__(self, host: str, port: int, *, tls: bool = True, timeout: float | None = None) -> socket.socket:
        """Connect to ``host``; raises Misconfigured for a refused address and Unavailable for a dead one."""
        ...
