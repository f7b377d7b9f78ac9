"""SQLite: how it is connected, and full text with FTS5."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from dashboard.search import All, Not, Part, Text
from dashboard.search import Any as AnyOf
from dashboard.store.database import Database
from dashboard.store.protocol import StoreError
from dashboard.words import stemmed

COLUMNS = ("title", "author", "people", "channel", "labels", "text")

_OLD = ", ".join(f"stemmed(old.{name})" for name in COLUMNS)
_NEW = ", ".join(f"stemmed(new.{name})" for name in COLUMNS)
_CHANGED = " OR ".join(f"old.{name} IS NOT new.{name}" for name in COLUMNS)
_NAMES = ", ".join(COLUMNS)
_STEMMED = ", ".join(f"stemmed({name}) AS {name}" for name in COLUMNS)
_REMOVE = f"INSERT INTO words(words, rowid, {_NAMES}) VALUES ('delete', old.id, {_OLD});"  # noqa: S608
_ADD = f"INSERT INTO words(rowid, {_NAMES}) VALUES (new.id, {_NEW});"  # noqa: S608

_INDEX = f"INSERT INTO words(rowid, {_NAMES}) VALUES (?{', ?' * len(COLUMNS)})"  # noqa: S608

_OPTIONS = "content='searchable', content_rowid='id', tokenize='ascii', columnsize=0"

_FULL_TEXT = (
    # The index holds stems, so that every ending of a word is one posting list, which can be read from
    # its newest end; a prefix query would merge many lists as a whole first.
    f"CREATE VIEW searchable AS SELECT id, {_STEMMED} FROM bodies",  # noqa: S608
    f"CREATE VIRTUAL TABLE words USING fts5({_NAMES}, {_OPTIONS})",
    "INSERT INTO words(words, rank) VALUES ('hashsize', 16777216)",
    "INSERT INTO words(words, rank) VALUES ('automerge', 8)",
    f"CREATE TRIGGER bodies_removed AFTER DELETE ON bodies BEGIN {_REMOVE} END",
    f"CREATE TRIGGER bodies_changed AFTER UPDATE OF {_NAMES} ON bodies WHEN {_CHANGED} BEGIN {_REMOVE} {_ADD} END",
)

_GUARDS = tuple(
    f"CREATE TRIGGER audit_{name} BEFORE {event} BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
    for name, event in (
        ("changed", "UPDATE ON audit"),
        ("removed", "DELETE ON audit"),
        # INSERT OR REPLACE removes the row before without a trigger for it.
        ("replaced", "INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = new.id)"),
    )
)


def connect(url: sa.URL, *, patience: float) -> Database:
    """Prepare a database file; nothing is opened before the first transaction."""
    # The connection used last is taken first: its pages are in memory, and the others keep none.
    engine = sa.create_engine(
        url, connect_args={"timeout": patience}, pool_size=16, max_overflow=112, pool_use_lifo=True
    )
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return Database(engine, Fts5(), turn=_turns(patience))


def _turns(patience: float) -> Callable[[], AbstractContextManager[None]]:
    """Let the writers of this process wait for each other without SQLite's looks at ever longer intervals."""
    writing = threading.Lock()

    @contextmanager
    def turn() -> Iterator[None]:
        if not writing.acquire(timeout=patience):
            raise StoreError("database is locked")
        try:
            yield
        finally:
            writing.release()

    return turn


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by _begin, not by the driver's guess
    connection.create_function("stemmed", 1, stemmed, deterministic=True)
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",  # readers never wait for the writer
        "foreign_keys = ON",
        "synchronous = NORMAL",  # with WAL: survives kill -9; a power cut may undo the last commits, never tear one
        "trusted_schema = ON",  # the triggers call stemmed()
        "temp_store = MEMORY",
        "cache_size = -4000",
        "wal_autocheckpoint = 4000",  # 16 MB: a page that many commits write goes into the file once
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    # A transaction that reads first and writes later would fail at once where another one wrote in between.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class Fts5:
    """Full text in step with the table of bodies: written with new rows, by triggers with those changed and removed."""

    def lock(self, connection: sa.Connection) -> None:
        """Do nothing: a writing transaction is alone already."""

    def create_index(self, connection: sa.Connection) -> None:
        """Create the index and the triggers that fill it."""
        for statement in _FULL_TEXT:
            connection.exec_driver_sql(statement)

    def create_guards(self, connection: sa.Connection) -> None:
        """Create the triggers that keep the audit log as it is."""
        for statement in _GUARDS:
            connection.exec_driver_sql(statement)

    def size(self, connection: sa.Connection) -> int:
        """Return how large the file is, in bytes."""
        pages, size = (
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("page_count", "page_size")
        )
        return int(pages * size)

    def index(self, connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add the full text of new rows: after a statement of a trigger FTS5 writes all it has gathered, each time."""
        # It also does where an id is smaller than the one before.
        values = [(row["id"], *(stemmed(row[name]) for name in COLUMNS)) for row in sorted(rows, key=itemgetter("id"))]
        connection.exec_driver_sql(_INDEX, values)

    def reindex(self, connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Do nothing: a trigger has done it."""

    def matching(self, part: Part) -> sa.Select[Any]:
        """Return the query for the ids of the items that a part made of texts finds, newest first."""
        words = sa.table("words", sa.column("rowid"), sa.column("words"))
        found = sa.select(words.c.rowid.label("id")).where(words.c.words.op("MATCH")(_expression(part)))
        return found.order_by(words.c.rowid.desc())

    def stamp(self, connection: sa.Connection) -> str:
        """Return the count of other connections' commits (https://sqlite.org/pragma.html#pragma_data_version)."""
        return str(connection.exec_driver_sql("PRAGMA data_version").scalar())


def _expression(part: Part) -> str:
    """Write a part in FTS5's language: every word is quoted, so nothing typed can be an operator of it."""
    if isinstance(part, Text):
        return _phrase(part)
    if isinstance(part, AnyOf):
        return "(" + " OR ".join(map(_expression, part.parts)) + ")"
    assert isinstance(part, All), part  # noqa: S101  a part that only excludes is no full-text query
    wanted = " AND ".join(_expression(inner) for inner in part.parts if not isinstance(inner, Not))
    unwanted = " OR ".join(_expression(inner.part) for inner in part.parts if isinstance(inner, Not))
    return f"(({wanted}) NOT ({unwanted}))" if unwanted else f"({wanted})"


def _phrase(text: Text) -> str:
    column = f"{text.column} : " if text.column else ""
    phrase = f'{column}"{" ".join(text.words)}"'
    return f"{phrase} *" if text.prefix else phrase
