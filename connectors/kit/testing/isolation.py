"""Watches what a piece of code reaches for behind the back of its run: sockets, names, other programs."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_OUTSIDE = frozenset(
    [
        "socket.connect",
        "socket.bind",
        "socket.sendto",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "subprocess.Popen",
        "os.system",
        "os.posix_spawn",
        "os.fork",
        "os.exec",
    ]
)
_watching = threading.local()


def _hook(event: str, _: tuple[Any, ...]) -> None:
    seen: list[str] | None = getattr(_watching, "seen", None)
    if seen is not None and event in _OUTSIDE:
        seen.append(event)
        raise PermissionError(f"{event} outside of run")


_installed: list[bool] = []


@contextmanager
def watched() -> Iterator[list[str]]:
    """Refuse sockets and programs to this thread, and collect what it tried (Python's audit events).

    An audit hook sees every way there is, also through names that were imported before.
    """
    if not _installed:
        sys.addaudithook(_hook)
        _installed.append(True)
    _watching.seen = []
    try:
        yield _watching.seen
    finally:
        _watching.seen = None
