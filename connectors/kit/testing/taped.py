"""A connector that speaks HTTP, with a tape in place of its backend."""

import base64
import inspect
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import httpx

from connectors.kit.auth import Basic, Bearer
from connectors.kit.contract import Connector, Run
from connectors.kit.dial import GuardedDial
from connectors.kit.guard import Guard
from connectors.kit.tape import Player, Tape
from connectors.kit.testing.subject import Fetched, Subject
from connectors.kit.web import Http, Limits

_PUBLIC = "93.184.215.14"


class TapedSubject(Subject):
    """The hooks of a suite that plays a tape."""

    tape: ClassVar[str]
    """The name of a file in ``tapes/`` beside the test."""
    since: ClassVar[datetime | None] = None
    """How far back the first fetch was asked to go when the tape was recorded."""
    reading: ClassVar[frozenset[str]] = frozenset(("GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT", "SEARCH"))
    """The methods that change nothing; add POST where the backend is asked with it (GraphQL, JMAP)."""
    acts: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    """What each action on the tape was called with: ``{"reply": {"text": "Thank you"}}``, and ``"item"``: an id."""

    def recording(self) -> Tape:
        """Return the tape of this suite."""
        return Tape.load(Path(inspect.getfile(type(self))).parent / "tapes" / self.tape)

    def player(self, tape: Tape | None = None) -> Player:
        """Return a transport that plays the tape from its beginning."""
        return Player(tape or self.recording())

    def run(self, cursor: Any, transport: httpx.BaseTransport | None = None) -> Run:
        """Return a run whose network is the tape, or ``transport``."""
        return self.opened(self.made(), transport or self.player(), cursor)

    def opened(self, connector: Connector, transport: httpx.BaseTransport, cursor: Any) -> Run:
        """Return a run as the engine opens it, at the time of the recording and without its pauses."""
        about, now = connector.about, self.recording().now
        guard = Guard(resolve=lambda _host, _port: [_PUBLIC])
        login = _Login(connector) if about.auth else None
        options = {name: str(getattr(connector, name)).rstrip("/") for name in type(connector).model_fields}
        http = Http(
            guard,
            base=about.base.format(**options) if about.base else None,
            login=login if login and login.token() else None,
            private=bool(about.auth),
            explain=connector.explain,
            now=now,
            limits=Limits(pause=0),
            transport=transport,
        )
        return Run(http=http, dial=GuardedDial(guard), now=now, cursor=cursor, since=self.since, login=login)

    def fetch_through(self, transport: httpx.BaseTransport) -> Fetched:
        """Fetch from the beginning with ``transport`` as the network."""
        return self.fetch(self.run({}, transport))


class _Login:
    """The login that the options of a test stand for; it cannot be renewed."""

    renewable = False

    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    def token(self, *, fresh: bool = False) -> str:  # noqa: ARG002
        match self._connector.about.auth:
            case Bearer(option=option) | Basic(password=option):
                value = getattr(self._connector, option)
                return value.get_secret_value() if value else ""
        return "token-of-the-test"

    def authorization(self, *, fresh: bool = False) -> str:
        auth = self._connector.about.auth
        if isinstance(auth, Basic):
            pair = f"{getattr(self._connector, auth.user)}:{self.token(fresh=fresh)}"
            return f"Basic {base64.b64encode(pair.encode()).decode()}"
        return f"Bearer {self.token(fresh=fresh)}"
