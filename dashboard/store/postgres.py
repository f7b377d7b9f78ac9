"""PostgreSQL: how it is connected, and full text with tsvector."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR, insert

from dashboard.search import All, Not, Part, Text
from dashboard.search import Any as AnyOf
from dashboard.store.database import Database
from dashboard.words import stems

_LOCK = 0x46726F6E74646573  # any number that is ours: "Frontdes"

# A lexeme has one of four weights. Labels and channels have no own one: they are kept a second time with a sign.
_WEIGHTS = {"title": "A", "author": "B", "people": "C", "text": "D", "labels": "D", "channel": "D"}
_SIGNS = {"labels": "#", "channel": "@"}
_GAP = 10  # positions between two columns, so that no phrase reaches from one into the next
_LAST = 16_000  # positions end at 16383

_FULL_TEXT = (
    "CREATE TABLE lexemes (id BIGINT PRIMARY KEY REFERENCES bodies ON DELETE CASCADE, vector TSVECTOR NOT NULL)",
    "CREATE INDEX ix_lexemes_vector ON lexemes USING gin (vector)",
)
_GUARDS = (
    """CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$""",
    "CREATE TRIGGER audit_changed BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_kept()",
    "CREATE TRIGGER audit_emptied BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept()",
)
_lexemes = sa.table("lexemes", sa.column("id", sa.BigInteger), sa.column("vector", TSVECTOR))
_insert = insert(_lexemes).values(
    id=sa.bindparam("id"), vector=sa.cast(sa.bindparam("vector", type_=sa.Text), TSVECTOR)
)
_write = _insert.on_conflict_do_update(index_elements=["id"], set_={"vector": _insert.excluded.vector})


def connect(url: sa.URL, *, patience: float) -> Database:
    """Prepare a database; nothing is opened before the first transaction."""
    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={"connect_timeout": 10, "options": f"-c lock_timeout={int(patience * 1000)}"},
        pool_pre_ping=True,  # the server may have been restarted
        pool_size=8,
        max_overflow=24,
    )
    return Database(engine, Tsvector(), reader=engine.execution_options(isolation_level="REPEATABLE READ"))


class Tsvector:
    """Full text in a table beside that of bodies, stemmed before it gets here."""

    def lock(self, connection: sa.Connection) -> None:
        """Let one process at a time change the schema, until the end of the transaction."""
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))

    def create_index(self, connection: sa.Connection) -> None:
        """Create the table of lexemes with its index."""
        for statement in _FULL_TEXT:
            connection.exec_driver_sql(statement)

    def create_guards(self, connection: sa.Connection) -> None:
        """Create the triggers that keep the audit log as it is."""
        for statement in _GUARDS:
            connection.exec_driver_sql(statement)

    def size(self, connection: sa.Connection) -> int:
        """Return how large the database is on its disk, in bytes."""
        return int(connection.execute(sa.select(sa.func.pg_database_size(sa.func.current_database()))).scalar_one())

    def index(self, connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write the lexemes of new rows of bodies."""
        self.reindex(connection, rows)

    def reindex(self, connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write the lexemes of rows of bodies, in place of those they had."""
        connection.execute(_write, [{"id": row["id"], "vector": _vector(row)} for row in rows])

    def matching(self, part: Part) -> sa.Select[Any]:
        """Return the query for the ids of the items that a part made of texts finds."""
        query = sa.cast(sa.literal(_expression(part), sa.Text), TSQUERY)
        return sa.select(_lexemes.c.id).where(_lexemes.c.vector.op("@@")(query))

    def stamp(self, connection: sa.Connection) -> str:
        """Return which transactions are visible: the same answer means the same data."""
        return str(connection.exec_driver_sql("SELECT pg_current_snapshot()::text").scalar())


def _vector(row: Mapping[str, Any]) -> str:
    """Write a row as a tsvector: ``'rechnung':1A,25 'ada':12B``. Stems are letters and digits, nothing to escape."""
    places: dict[str, list[str]] = {}
    for word, place in _places(row):
        places.setdefault(word, []).append(place)
    return " ".join(f"'{word}':{','.join(found)}" for word, found in places.items())


def _places(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    at = 0
    for column, weight in _WEIGHTS.items():
        for word in stems(row[column]):
            at = min(at + 1, _LAST)
            yield word, f"{at}{weight}"
            if column in _SIGNS:
                yield _SIGNS[column] + word, f"{at}{weight}"
        at += _GAP


def _expression(part: Part) -> str:
    """Write a part in the language of tsquery: every word is quoted, so nothing typed can be an operator of it."""
    if isinstance(part, Text):
        return _phrase(part)
    if isinstance(part, Not):
        return f"!({_expression(part.part)})"
    assert isinstance(part, All | AnyOf), part  # noqa: S101  all others are no full-text query
    return "(" + (" & " if isinstance(part, All) else " | ").join(map(_expression, part.parts)) + ")"


def _phrase(text: Text) -> str:
    sign = _SIGNS.get(text.column, "")
    weight = _WEIGHTS[text.column] if text.column and not sign else ""
    last = len(text.words) - 1
    words = []
    for place, word in enumerate(text.words):
        how = weight + ("*" if text.prefix and place == last else "")
        words.append(f"'{sign}{word}':{how}" if how else f"'{sign}{word}'")
    return "(" + " <-> ".join(words) + ")"
