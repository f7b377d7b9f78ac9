"""The log: one line an event, for people or for programs, that never holds a secret."""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, Literal, TextIO

import structlog

HIDDEN = "***"
_NAMES = re.compile(r"pass|secret|token|key|auth|cookie|cred|sealed|body|text|html|raw|subject|title", re.IGNORECASE)
_URL = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)(?P<rest>[^\s\"'<>]+)", re.IGNORECASE)
_BEARER = re.compile(r"\b(bearer|basic|token|password|secret|key)\b(\s*[=:]\s*|\s+)\S+", re.IGNORECASE)
_TALKATIVE = ("httpx", "httpcore", "imapclient", "urllib3", "sqlalchemy", "alembic", "asyncio", "watchdog")
"""Libraries whose lower levels write addresses with keys in them, logins or statements with their values."""


def set_up(level: str = "info", form: Literal["text", "json"] = "text", stream: TextIO | None = None) -> None:
    """Send every log line of this process, also those of libraries, to ``stream``, else to standard error."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _frames,
        redact,
    ]
    lines: Any = structlog.processors.JSONRenderer(default=str)
    if form == "text":
        lines = structlog.dev.ConsoleRenderer(colors=(stream or sys.stderr).isatty(), pad_event_to=24)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, lines],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide what may be secret: values under a telling name, and whatever follows the host of an address."""
    for name, value in event.items():
        if name.startswith("_"):
            continue  # what structlog itself keeps there
        if name != "event" and _NAMES.search(name):
            event[name] = HIDDEN
        elif not isinstance(value, int | float | bool | None):
            event[name] = without_secrets(str(value))
    return event


def without_secrets(text: str) -> str:
    """Return ``text`` without logins, paths and queries of addresses and without what follows a word like token."""
    return _BEARER.sub(rf"\1\2{HIDDEN}", _URL.sub(_host_only, text))


def _host_only(found: re.Match[str]) -> str:
    host, slash, _ = found["rest"].rpartition("@")[2].partition("/")
    host = host.partition("?")[0].partition("#")[0]
    return f"{found['scheme']}{host}{'/…' if slash else ''}"


def _frames(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Tell of an exception its type and its places, never its message: that may be the text of a mail."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)
        event["error"] = type(error).__name__
        event["at"] = " < ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(frames))
    return event
