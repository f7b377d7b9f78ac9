"""The one command: starts the worker and the page, keeps both alive, and ends both in order."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from types import FrameType
from urllib.parse import urlsplit

import structlog

from dashboard.settings import Settings

_AHEAD = 1.5
"""Seconds that the first page has the machine for itself."""
_LONGEST = 60.0
_STEADY = 60.0
"""A process that lived for so many seconds is started again without delay."""
_PATIENCE = 60.0
_END = 15.0

log = structlog.get_logger(__name__)


class ServeError(Exception):
    """The page cannot be served; the message says what to do."""


class Keeper:
    """Keeps one process alive: starts it again when it ends, after 1, 2, 4 ... 60 seconds where it ends at once."""

    def __init__(
        self, name: str, command: Sequence[str], stopping: threading.Event, environment: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.starts = 0
        self._command = list(command)
        self._environment = {**os.environ, **(environment or {})}
        self._stopping = stopping
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._keep, name=f"frontdesk-{name}", daemon=True)

    @property
    def pid(self) -> int | None:
        """The process id, None while it does not run."""
        with self._lock:
            return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Start the process and watch it."""
        self._thread.start()

    def end(self) -> None:
        """Ask the process to end, wait, and end it where it does not."""
        with self._lock:
            process = self._process
        if process is None:
            return
        with contextlib.suppress(OSError):
            process.terminate()
        try:
            process.wait(_END)
        except subprocess.TimeoutExpired:
            log.warning("a process does not end and is killed", process=self.name)
            process.kill()
            process.wait()

    def _begin(self) -> subprocess.Popen[bytes]:
        # Both write to the log on standard error; what they print beside it would only confuse.
        silent = subprocess.DEVNULL
        return subprocess.Popen(self._command, stdin=silent, stdout=silent, env=self._environment)  # noqa: S603  ours

    def _keep(self) -> None:
        quick = 0
        while True:
            with self._lock:
                if self._stopping.is_set():
                    return
                process = self._process = self._begin()
                self.starts += 1
            began = monotonic()
            code = process.wait()
            if self._stopping.is_set():
                return
            quick = 0 if monotonic() - began > _STEADY else quick + 1
            wait = min(2.0 ** (quick - 1), _LONGEST) if quick else 0.0
            log.error("a process ended and is started again", process=self.name, code=code, seconds=wait)
            self._stopping.wait(wait)


WORKER_ENVIRONMENT = {"MALLOC_ARENA_MAX": os.environ.get("MALLOC_ARENA_MAX", "2")}
"""With glibc's arena for each thread a worker keeps a sixth more memory, and it is no faster."""


def worker_command() -> list[str]:
    """Return how the worker is started; it ends by itself when this process is gone."""
    return [sys.executable, "-m", "dashboard.cli", "worker", "--with-parent", str(os.getpid())]


def web_command() -> list[str]:
    """Return how the page is started; it reads the settings by itself."""
    return [sys.executable, "-m", "dashboard.ui"]


def serve(
    settings: Settings,
    say: Callable[[str], None],
    *,
    worker: bool = True,
    prepare: Callable[[], None] = lambda: None,
) -> None:
    """Serve until SIGTERM or Ctrl+C. Raises ServeError where the page does not come up.

    ``prepare`` is done while the page loads, which takes longer; what it raises ends both. The worker starts a
    moment after the page answers: who has just started Frontdesk waits for the page.
    """
    check_reach(settings)
    check_port(settings.web.host, settings.web.port)
    stopping = threading.Event()
    _on_signals(stopping)
    told = {
        "FRONTDESK_WEB__HOST": settings.web.host,
        "FRONTDESK_WEB__PORT": str(settings.web.port),
        "OPENBLAS_NUM_THREADS": os.environ.get("OPENBLAS_NUM_THREADS", "1"),  # we multiply nothing that needs more
        "FORWARDED_ALLOW_IPS": "",  # whether a request comes from login.trusted_proxies is not for a header to say
    }
    keepers = [Keeper("page", web_command(), stopping, told)]
    keepers[0].start()
    try:
        prepare()
        if _healthy(settings, stopping):
            say(f"Frontdesk is at {settings.address} (Ctrl+C stops it)")
        if worker and not stopping.wait(_AHEAD):
            keepers.append(Keeper("worker", worker_command(), stopping, WORKER_ENVIRONMENT))
            keepers[1].start()
        while not stopping.wait(3600):
            pass
    finally:
        stopping.set()
        enders = [threading.Thread(target=keeper.end) for keeper in keepers]
        for ender in enders:
            ender.start()
        for ender in enders:
            ender.join()


def check_reach(settings: Settings) -> None:
    """Raise ServeError where others could open the page without a login, or a login could be read on its way."""
    if settings.local:
        return
    if not settings.login.on:
        raise ServeError(
            "Whoever reaches the page could read everything on it, for nobody has to log in. Beyond this machine "
            "Frontdesk is served with a login only: set login.issuer to your OpenID provider, or login.header and "
            "login.trusted_proxies to the proxy that people log in at. docs/login.md says how."
        )
    if urlsplit(settings.address).scheme != "https":
        raise ServeError(
            f"Who listens on the way to {settings.address} could take over the login of anybody. Put a proxy that "
            "speaks https in front, and set web.address to what people type then, such as https://desk.example.org."
        )


def check_port(host: str, port: int) -> None:
    """Raise ServeError where the address is taken or not of this machine."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name != "nt":  # there it would let two servers have one port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ServeError(
                f"Port {port} of {host} cannot be used ({error.strerror}). "
                f"Stop what uses it, or choose another: frontdesk serve --port {port + 1}"
            ) from None


def _healthy(settings: Settings, stopping: threading.Event) -> bool:
    """Wait until the page answers; raises ServeError where it never does."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.web.host, settings.web.host)  # noqa: S104  compared
    url = f"http://{host}:{settings.web.port}/_stcore/health"
    until = monotonic() + _PATIENCE
    while not stopping.wait(0.1):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            if monotonic() > until:
                raise ServeError("The page did not come up within a minute; the lines above say why.") from None
    return False


def _on_signals(stopping: threading.Event) -> None:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
