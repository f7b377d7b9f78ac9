"""One open database: its connections, its transactions, and every failure of it as ``StoreError``."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from itertools import islice
from operator import itemgetter
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.sql.compiler import SQLCompiler

from dashboard.search import Part
from dashboard.store.protocol import StoreError
from dashboard.store.schema import counters

_CHUNK = 500
_T = TypeVar("_T")


class Dialect(Protocol):
    """What differs between SQLite and PostgreSQL."""

    def lock(self, connection: sa.Connection) -> None:
        """Let one process at a time change the schema, until the end of the transaction."""
        ...

    def create_index(self, connection: sa.Connection) -> None:
        """Create what full text needs beside the tables."""
        ...

    def create_guards(self, connection: sa.Connection) -> None:
        """Create what refuses to change or remove a row of the audit log, whoever asks."""
        ...

    def size(self, connection: sa.Connection) -> int:
        """Return how large the database is, in bytes."""
        ...

    def index(self, connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add the full text of these rows, which are new in ``bodies``."""
        ...

    def reindex(self, connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Bring the full text of these rows, which have changed in ``bodies``, up to date."""
        ...

    def matching(self, part: Part) -> sa.Select[Any]:
        """Return the query for the ids (``id``) of the items that a part made of texts finds."""
        ...

    def stamp(self, connection: sa.Connection) -> str:
        """Return what differs from the last answer to the same connection where anybody else wrote meanwhile."""
        ...


class Database:
    """Hands out transactions; may be shared by all threads of a process."""

    def __init__(
        self,
        engine: sa.Engine,
        dialect: Dialect,
        *,
        reader: sa.Engine | None = None,
        turn: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        """``turn`` is entered for each writing transaction, where only one can be open."""
        self.dialect = dialect
        self._turn = turn
        self._engine = engine
        self._reader = reader or engine
        self._writer = engine.execution_options(writes=True)
        self._here = threading.local()
        self._watching = threading.Lock()
        self._watcher: sa.Connection | None = None
        # The driver's own errors come through where its cursor is read directly.
        self._errors = (sa.exc.SQLAlchemyError, engine.dialect.loaded_dbapi.Error)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Open a transaction that sees one state of the database, or take part in that of :meth:`together`."""
        shared: sa.Connection | None = getattr(self._here, "shared", None)
        with self._guarded():
            if shared is not None:
                yield shared
                return
            with self._reader.begin() as connection:
                yield connection

    @contextmanager
    def together(self) -> Iterator[None]:
        """Let everything that this thread reads meanwhile see one state of the database."""
        if getattr(self._here, "shared", None) is not None:
            yield
            return
        with self._guarded(), self._reader.begin() as connection:
            self._here.shared = connection
            try:
                yield
            finally:
                self._here.shared = None

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Open a transaction that is committed whole at the end, or not at all after an exception."""
        with self._guarded(), self._turn(), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def watching(self) -> Iterator[sa.Connection]:
        """Open a reading transaction on one connection that nothing else uses, and that is kept."""
        with self._watching, self._guarded():
            if self._watcher is None:
                self._watcher = self._reader.connect()
            try:
                with self._watcher.begin():
                    yield self._watcher
            except BaseException:
                self._unwatch()
                raise

    def close(self) -> None:
        """Let go of every connection; the next transaction opens a new one."""
        with self._guarded():
            with self._watching:
                self._unwatch()
            self._engine.dispose()

    def _unwatch(self) -> None:
        if self._watcher is not None:
            self._watcher.close()
        self._watcher = None

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except self._errors as error:
            raise StoreError(str(getattr(error, "orig", None) or error)) from error


class Topic:
    """One topic of the store; all of them share the database."""

    def __init__(self, database: Database) -> None:
        self._database = database


def possible(ids: Iterable[int]) -> list[int]:
    """Return those numbers that can be an id at all: a driver refuses greater ones, and an address bar may hold any."""
    return [id_ for id_ in ids if 0 < id_ < 1 << 63]


def next_rev(connection: sa.Connection) -> int:
    """Return the revision of this transaction.

    The counter's row stays locked until the commit, so revisions become visible in their order
    and a reader never misses a smaller one. Take it late, because others wait meanwhile, but never
    before the row of a source that is written too: a commit locks them in that order.
    """
    rev: int = connection.execute(_raised).scalar_one()
    return rev


_raised = (
    sa.update(counters).where(counters.c.name == "rev").values(value=counters.c.value + 1).returning(counters.c.value)
)


def chunks(values: Iterable[_T], size: int = _CHUNK) -> Iterator[list[_T]]:
    """Yield values in lists of at most ``size``, few enough for the parameters of one statement."""
    iterator = iter(values)
    while chunk := list(islice(iterator, size)):
        yield chunk


def insert(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that have the same columns in the driver's own form, which saves a fifth of a commit's time."""
    statement, order = _compiled(table, tuple(rows[0]), connection.dialect)
    values = list(map(itemgetter(*order), rows)) if order else list(rows)
    connection.exec_driver_sql(statement, values)


@cache
def _compiled(table: sa.Table, names: tuple[str, ...], dialect: sa.Dialect) -> tuple[str, Sequence[str] | None]:
    compiled = table.insert().compile(dialect=dialect, column_keys=list(names))
    assert isinstance(compiled, SQLCompiler)  # noqa: S101
    return str(compiled), compiled.positiontup
