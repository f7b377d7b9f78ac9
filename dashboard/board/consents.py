"""Letting a source be read at its provider: the way there from the page, and what is brought back."""

from collections.abc import Callable
from datetime import datetime

from connectors.kit import OAuth2, SourceError
from dashboard.board.records import Refused
from dashboard.connection import Connections
from dashboard.consent import Consent
from dashboard.schedule import describe
from dashboard.store.protocol import Store
from dashboard.store.records import Source


class Consents:
    """The consent of one person, begun and finished in their browser."""

    def __init__(self, store: Store, connections: Connections, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._connections = connections
        self._consent = Consent(store, connections)
        self._clock = clock

    def due(self, source: Source) -> bool:
        """Whether a source waits for a consent at its provider (OAuth 2): for the first, or because it ended."""
        try:
            if not isinstance(self._connections.registry.get(source.connector).about.auth, OAuth2):
                return False
            return source.failure == "Unauthorized" or not self._connections.secrets(source).tokens
        except SourceError:  # its connector is not installed any more, or its secrets cannot be read
            return False

    def begin(self, person: int, source: int, back: str) -> str:
        """Return the address at the provider to send the person to, who comes back to ``back``.

        Raises KeyError for a source that is not theirs, Refused where it is not connected this way.
        """
        found = self._store.source(person, source)
        if found is None or found.owner != person:
            raise KeyError(source)
        try:
            return self._consent.begin(found, person, back, now=self._clock())
        except Exception as error:
            raise Refused(*describe(error)) from error

    def finish(self, person: int, answer: str) -> Source:
        """Take the address that the provider sent the person to, and read the source at once.

        Raises Refused where the person or the provider said no, or where it answers no question of theirs.
        """
        try:
            return self._consent.finish(person, answer, now=self._clock())
        except Exception as error:
            raise Refused(*describe(error)) from error
