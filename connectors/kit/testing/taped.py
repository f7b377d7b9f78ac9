"""A connector that speaks HTTP, with a tape in place of its backend."""

import inspect
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import httpx

from connectors.kit.contract import Connector, Run
from connectors.kit.net.guard import Guard
from connectors.kit.net.rate import Bucket
from connectors.kit.opening import open_run
from connectors.kit.recording.tape import Player, Tape
from connectors.kit.testing.subject import Fetched, Subject
from connectors.kit.web import Limits

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
        return _loaded(Path(inspect.getfile(type(self))).parent / "tapes" / self.tape)

    def player(self, tape: Tape | None = None) -> Player:
        """Return a transport that plays the tape from its beginning."""
        return Player(tape or self.recording())

    def run(self, cursor: Any, transport: httpx.BaseTransport | None = None) -> Run:
        """Return a run whose network is the tape, or ``transport``."""
        return self.opened(self.made(), transport or self.player(), cursor)

    def opened(self, connector: Connector, transport: httpx.BaseTransport, cursor: Any) -> Run:
        """Return a run as the engine opens it, at the time of the recording and without its pauses."""
        guard = Guard(resolve=lambda _host, _port: [_PUBLIC])
        return open_run(
            connector,
            now=self.recording().now,
            cursor=cursor,
            since=self.since,
            guard=guard,
            tokens={"access_token": "token-of-the-test"},
            transport=transport,
            limits=Limits(pause=0),
            bucket=Bucket(),
        )

    def fetch_through(self, transport: httpx.BaseTransport) -> Fetched:
        """Fetch from the beginning with ``transport`` as the network."""
        return self.fetch(self.run({}, transport))


@cache
def _loaded(path: Path) -> Tape:
    """Read a tape once: hundreds of fetches are played from it."""
    return Tape.load(path)
