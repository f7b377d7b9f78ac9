"""The sync of one source: fetch | translate | batch | commit, with everything decided before anything is written.

::

    connector.fetch ──▶ Gathering.take ──▶ Batch ──▶ engine.commit
       (a thread)        (pure)          at a cursor    (one transaction)
"""

import json
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any, Protocol

from connectors.kit import Change, Connector, Cursor, Gone, Item, Kind, NotBefore, Progress, Read, Run, Snapshot
from dashboard.intake import admit, aware
from dashboard.store.protocol import Engine, StoreError
from dashboard.store.records import Batch, Source

ROWS, CHARACTERS = 500, 8_000_000
"""A stretch without a cursor is written in pieces of this size, so that memory stays bounded."""
_TELL, _WRITE = 0.5, 2.0
_NO_CURSOR: Any = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one run of a source came to; ``error`` is what ended it early, None where it came to its end."""

    new: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0
    unreadable: int = 0
    not_before: datetime | None = None
    error: Exception | None = None
    stopped: bool = False

    @property
    def news(self) -> bool:
        """Whether anything came that was not there before."""
        return bool(self.new or self.changed or self.gone)


@dataclass(frozen=True, slots=True)
class _Failed:
    error: Exception


class Stop(Protocol):
    """Says whether a run should come to its end; a ``threading.Event`` does."""

    def is_set(self) -> bool:
        """Whether to stop."""
        ...


class Gathering:
    """Collects what a fetch yields into batches that keep its order. Pure: no clock, no input, no output."""

    def __init__(self, kind: Kind, translate: Callable[[Any], Item | None]) -> None:
        self._kind = kind
        self._translate = translate
        self.records = 0
        self.total: int | None = None
        self.not_before: datetime | None = None
        self._clear()

    def take(self, thing: Any) -> Iterator[Batch]:
        """Take one thing that a fetch yielded and yield the batches that are complete now, mostly none."""
        kind = type(thing)
        if kind is Cursor:
            json.dumps(thing.at)  # raises here, where it is the connector's error and not the store's
            yield self._batch({} if thing.at is None else thing.at)
        elif kind is Progress:
            self.total = int(thing.total)
        elif kind is NotBefore:
            self.not_before = aware(thing.at)
        elif kind is Gone:
            self._gone[thing.id] = None
            if len(self._gone) >= 10 * ROWS:
                yield self._batch(_NO_CURSOR)
        elif kind in (Change, Read, Snapshot):
            yield from self._event(thing)
        else:
            yield from self._record(thing)

    def rest(self) -> Batch | None:
        """Return what no cursor has followed; it moves no cursor."""
        return self._batch(_NO_CURSOR) if self._items or self._gone or self._events or self._unreadable else None

    def _record(self, record: Any) -> Iterator[Batch]:
        self.records += 1
        try:
            item = self._translate(record)
            if item is None:
                return
            admitted = admit(item, record, self._kind)
        except Exception:
            self._unreadable += 1
            return
        if self._settled or item.id in self._gone or item.id in self._changed:
            yield self._batch(_NO_CURSOR)  # within a batch items come first: what came before this one must stay so
        self._items[item.id] = admitted
        self._size += len(admitted[1]) + len(item.text) + len(item.html)
        if len(self._items) >= ROWS or self._size >= CHARACTERS:
            yield self._batch(_NO_CURSOR)

    def _event(self, event: Change | Read | Snapshot) -> Iterator[Batch]:
        self._events.append(event)
        if isinstance(event, Change):
            self._changed.add(event.id)
        else:
            self._settled = True
        if len(self._events) >= 10 * ROWS:
            yield self._batch(_NO_CURSOR)

    def _batch(self, cursor: Any) -> Batch:
        batch = Batch(
            items=tuple(self._items.values()),
            gone=tuple(self._gone),
            events=tuple(self._events),
            cursor=None if cursor is _NO_CURSOR else cursor,
            unreadable=self._unreadable,
        )
        self._clear()
        return batch

    def _clear(self) -> None:
        self._items: dict[str, tuple[Item, str]] = {}
        self._gone: dict[str, None] = {}
        self._events: list[Change | Read | Snapshot] = []
        self._changed: set[str] = set()
        self._settled = False
        self._unreadable = 0
        self._size = 0


@dataclass(kw_only=True)
class Pipeline:
    """Carries one run of one source from the backend into the store."""

    engine: Engine
    source: Source
    worker: str
    run: Run
    stop: Stop
    oldest: datetime | None = None
    """Items from before then are not taken in."""
    _counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("new", "changed", "same", "gone"), 0))
    _unreadable: int = 0
    _cursor: Any = None
    _told: float = 0.0
    _written: float = 0.0

    def __post_init__(self) -> None:
        self._cursor = self.source.cursor

    def sync(self, connector: Connector) -> Report:
        """Fetch until the end, an error or ``stop``; errors of the source become part of the report.

        Raises LeaseLost where another worker has the source now, and StoreError where the database
        cannot write: then nothing is to be said about the source itself.
        """
        gathering = Gathering(Kind(connector.about.kind), connector.item)
        error: Exception | None = None
        self._written = self._told = monotonic()
        fetched = self._fetched(connector)
        for thing in fetched:
            if isinstance(thing, _Failed):
                error = thing.error
                break
            try:
                batches = list(gathering.take(thing))
            except Exception as wrong:  # an event that cannot be: a cursor that is no JSON, a time that is none
                error = wrong
                break
            for batch in batches:
                self._commit(batch)
            self._look_up(gathering)
            if self.stop.is_set():
                break
        stopped = error is None and self.stop.is_set()
        with suppress(Exception):  # what a connector does wrong while it is closed changes nothing any more
            fetched.close()
        if rest := gathering.rest():
            self._commit(rest)
        return Report(
            **self._counts,
            unreadable=self._unreadable,
            not_before=gathering.not_before,
            error=error,
            stopped=stopped,
        )

    def _fetched(self, connector: Connector) -> Generator[Any, None, None]:
        """Yield what the connector yields and, where it fails, the error as the last thing."""
        try:
            yield from connector.fetch(self.run)
        except SystemExit:  # a library that ends the process is a bug like any other
            yield _Failed(RuntimeError("the connector wanted to end the process"))
        except StoreError:  # a renewed token could not be kept
            raise
        except Exception as error:
            yield _Failed(error)

    def _commit(self, batch: Batch) -> None:
        if batch.cursor is not None and batch.cursor == self._cursor and batch == Batch(cursor=batch.cursor):
            return  # nothing new: an unchanged feed costs no transaction
        tally = self.engine.commit(self.source.id, self.worker, batch, now=self.run.now, oldest=self.oldest)
        self._cursor = batch.cursor if batch.cursor is not None else self._cursor
        self._unreadable += batch.unreadable
        self._written = monotonic()
        for name in self._counts:
            self._counts[name] += getattr(tally, name)

    def _look_up(self, gathering: Gathering) -> None:
        """Now and then say how far a long fetch is, and write what has come so that people see it already."""
        now = monotonic()
        if now - self._told >= _TELL:
            self.engine.progress(self.source.id, done=gathering.records, total=gathering.total)
            self._told = now
        if now - self._written >= _WRITE and (batch := gathering.rest()):
            self._commit(batch)
