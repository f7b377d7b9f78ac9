"""What of a list is sent to a page: each row once, and of a row that has not changed only its number."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice
from time import monotonic
from typing import Any

from dashboard.board.records import Row, Version

_STALE = 60.0
"""Seconds after which a row is made anew although it has not changed: what is in it ages, as "in 29 minutes" does."""
_FIRST, _AT_ONCE = 50, 200
"""Of the stale rows, those that stand first are made anew before all others, and not more than so many in one look."""
_BESIDE = 200

Painted = Mapping[str, Any]


@dataclass(slots=True)
class _Sent:
    painted: Painted
    number: int
    """What this content of the row is called on the page."""
    message: int
    """In which message it was sent in full last."""
    made: float
    version: Version | None


class Delivery:
    """One list on one page, as far as the page has it.

    A page says which message it has seen, and refers to what came before by number. One that misses
    a row says so and is given a new delivery, so that no mistake here can show a row that is not so.
    """

    def __init__(self) -> None:
        self.name = secrets.token_hex(4)
        self._sent: dict[int, _Sent] = {}
        self._numbers = count(1)
        self._messages = 0
        self._look: object = None
        self._seen: int | None = None

    def seen(self, message: int) -> None:
        """Take in up to which message the page has all: what was sent since may not have come."""
        self._seen = message

    def known(self, look: object) -> dict[int, Version]:
        """Return which versions of which rows need not be made anew to show this; another ``look`` needs all."""
        if look != self._look:
            self._look = look
            return {}
        stale = monotonic() - _STALE
        first = set(islice(self._sent, _FIRST))
        old = [(item not in first, sent.made, item) for item, sent in self._sent.items() if sent.made < stale]
        anew = {item for _, _, item in sorted(old)[:_AT_ONCE]}
        return {item: sent.version for item, sent in self._sent.items() if sent.version and item not in anew}

    def message(
        self,
        rows: Sequence[Row],
        paint: Callable[[Row], Painted],
        versions: Mapping[int, Version] | None = None,
    ) -> dict[str, Any]:
        """Return what the page is to be told of these rows.

        ``versions`` has all rows of the list in their order, where ``rows`` has only those that were not known.
        """
        self._messages += 1
        since, self._seen = self._messages - 1 if self._seen is None else self._seen, None
        for row in rows:
            self._take(row.entry.id, paint(row), (versions or {}).get(row.entry.id))
        listed = [row.entry.id for row in rows] if versions is None else self._having(versions)
        shown = {item: self._sent[item] for item in listed}
        unseen = [sent for sent in shown.values() if not sent.message or sent.message > since]
        for sent in unseen:
            sent.message = self._messages
        beside = {item: sent for item, sent in self._sent.items() if item not in shown}
        self._sent = shown | dict(islice(beside.items(), _BESIDE))
        return {
            "of": self.name,
            "message": self._messages,
            "order": [sent.number for sent in shown.values()],
            "rows": [[sent.number, sent.painted] for sent in unseen],
        }

    def _take(self, item: int, painted: Painted, version: Version | None) -> None:
        sent = self._sent.get(item)
        if sent is None or sent.painted != painted:
            sent = self._sent[item] = _Sent(painted, next(self._numbers), 0, 0.0, None)
        sent.made, sent.version = monotonic(), version

    def _having(self, versions: Mapping[int, Version]) -> list[int]:
        """Return what is there of a list: an item may be gone since it was put in order."""
        return [item for item, version in versions.items() if (s := self._sent.get(item)) and s.version == version]
