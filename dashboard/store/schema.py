"""The tables, once for both databases, and the one rule of who reads a source."""

import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

from dashboard.store.records import Audience, Health

HEAD = "0003"
"""The newest migration. Known without Alembic, whose import costs more than opening the store."""

REVISIONS = ("0001", "0002", HEAD)
"""Every revision that a database of this release can be brought up from."""

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Utc(TypeDecorator[datetime]):
    """An aware datetime as POSIX seconds, exact to the microsecond."""

    impl = sa.Double
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> float | None:  # noqa: ARG002
        return None if value is None else value.timestamp()

    def process_result_value(self, value: float | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else datetime.fromtimestamp(value, UTC)


class Json(TypeDecorator[Any]):
    """JSON as ASCII text: PostgreSQL's own type refuses what a backend may well send (a NUL, half a surrogate)."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else json.dumps(value, default=str)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Any:  # noqa: ARG002
        return None if value is None else json.loads(value)


_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite counts up only in an INTEGER PRIMARY KEY


def _key(target: str) -> sa.ForeignKey:
    return sa.ForeignKey(target, ondelete="CASCADE")


counters = sa.Table(
    "counters",
    metadata,
    sa.Column("name", sa.String(20), primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)

employees = sa.Table(
    "employees",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False, default=""),
    sa.Column("language", sa.Text),
    sa.Column("admin", sa.Boolean, nullable=False, default=False),
    sa.Column("rev", sa.BigInteger, nullable=False, default=0),  # of the person's own marks, groups and documents
    sa.Column("blocked", sa.Boolean, nullable=False, default=False, server_default=sa.false()),
)

memberships = sa.Table(
    "memberships",
    metadata,
    sa.Column("person", _Id, _key("employees.id"), primary_key=True),
    sa.Column("group_name", sa.Text, primary_key=True),
    sa.Column("rev", sa.BigInteger, nullable=False),
)

sources = sa.Table(
    "sources",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("owner", _Id, _key("employees.id"), index=True),
    sa.Column("connector", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("options", Json, nullable=False),
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("audience", sa.String(10), nullable=False, default=Audience.PERSON.value),
    sa.Column("group_name", sa.Text),
    sa.Column("cursor", Json),
    sa.Column("health", sa.String(10), nullable=False, default=Health.NEW.value),
    sa.Column("failure", sa.Text),
    sa.Column("detail", sa.Text, nullable=False, default=""),
    sa.Column("failures", sa.Integer, nullable=False, default=0),
    sa.Column("since", Utc),
    sa.Column("every", sa.Double, nullable=False),
    sa.Column("due_at", Utc, index=True),
    sa.Column("synced_at", Utc),
    sa.Column("newest_at", Utc),
    sa.Column("items", sa.Integer, nullable=False, default=0),
    sa.Column("unreadable", sa.Integer, nullable=False, default=0),
    sa.Column("done", sa.Integer),
    sa.Column("total", sa.Integer),
    sa.Column("leased_by", sa.Text),
    sa.Column("leased_until", Utc),
    sa.Column("rev", sa.BigInteger, nullable=False, default=0),  # of the newest change that its readers see
    sa.Column("shared_rev", sa.BigInteger, nullable=False, default=0),  # since when its readers are who they are
    sa.Column("keep_days", sa.Integer),  # None is what the settings say
    sa.Index("ix_sources_shared", "audience", "group_name"),
)

mutes = sa.Table(
    "mutes",
    metadata,
    sa.Column("person", _Id, _key("employees.id"), primary_key=True),
    sa.Column("source", _Id, _key("sources.id"), primary_key=True, index=True),
)

entries = sa.Table(
    "entries",
    metadata,
    sa.Column("id", _Id, primary_key=True, autoincrement=False),
    sa.Column("source", _Id, _key("sources.id"), nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("rev", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.BigInteger, nullable=False),
    sa.Column("state", sa.SmallInteger, nullable=False),
    sa.Column("gone", sa.Boolean, nullable=False, default=False),
    sa.Column("gone_at", sa.Double),
    sa.Column("first_seen", sa.Double, nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("due", sa.Double),
    sa.Column("start", sa.Double),
    sa.Column("end", sa.Double),
    sa.Column("flags", sa.Integer, nullable=False),
    sa.Column("importance", sa.SmallInteger, nullable=False),
    sa.Column("length", sa.Integer, nullable=False),
    sa.Column("thread", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("reply_to", sa.Text, nullable=False),
    sa.Column("people", sa.Text, nullable=False),
    sa.Column("terms", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("source", "key"),
    sa.Index("ix_entries_source_rev", "source", "rev"),
)

bodies = sa.Table(
    "bodies",
    metadata,
    sa.Column("id", _Id, _key("entries.id"), primary_key=True, autoincrement=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),  # names and addresses together, as search reads them
    sa.Column("people", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("labels", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("data", sa.Text, nullable=False),  # the rest of the item as JSON
    sa.Column("html", sa.Text, nullable=False),
    sa.Column("raw", sa.Text, nullable=False),
)

marks = sa.Table(
    "marks",
    metadata,
    sa.Column("person", _Id, _key("employees.id"), primary_key=True),
    sa.Column("entry", _Id, _key("entries.id"), primary_key=True, index=True),
    sa.Column("rev", sa.BigInteger, nullable=False),
    sa.Column("seen_at", Utc),
    sa.Column("done_at", Utc),
    sa.Column("snoozed_until", Utc),
    sa.Column("pinned", sa.Boolean, nullable=False, default=False),
    sa.Index("ix_marks_person_rev", "person", "rev"),
)

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("person", _Id, _key("employees.id"), primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", Json, nullable=False),
)

workers = sa.Table(
    "workers",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("seen_at", Utc, nullable=False),
)

logins = sa.Table(
    "logins",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),  # a hash: who has read the database cannot log in with it
    sa.Column("person", _Id, _key("employees.id"), nullable=False, index=True),
    sa.Column("opened_at", Utc, nullable=False),
    sa.Column("seen_at", Utc, nullable=False),
    sa.Column("device", sa.Text, nullable=False),
    sa.Column("subject", sa.String(64)),  # hashes of what the provider calls the person and its own login of them
    sa.Column("session", sa.String(64)),
    sa.Column("hint", sa.LargeBinary),  # its ID token, which only the browser's own token can read
)

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("person", _Id, _key("employees.id"), nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("verb", sa.String(20), nullable=False),
    sa.Column("before", Json, nullable=False),  # marks by item, documents by name
    sa.Index("ix_journal_person_id", "person", "id"),
)

health = sa.Table(
    "health",
    metadata,
    sa.Column("source", _Id, _key("sources.id"), primary_key=True),
    sa.Column("at", Utc, primary_key=True),
    sa.Column("health", sa.String(10), nullable=False),  # from then on
    sa.Column("failure", sa.Text),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("at", Utc, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),  # a login: it outlives the person
    sa.Column("verb", sa.String(40), nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("detail", Json, nullable=False),
)

defaults = sa.Table(
    "defaults",
    metadata,
    sa.Column("group_name", sa.Text, primary_key=True),  # "" is everyone
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", Json, nullable=False),
    sa.Column("rev", sa.BigInteger, nullable=False),
)


def reads(person: int | sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Return the condition that a person reads a row of ``sources``: the only place where it is written."""
    enrolled = sa.exists().where(employees.c.id == person)
    groups = sa.select(memberships.c.group_name).where(memberships.c.person == person)
    return sa.or_(
        sources.c.owner == person,
        sa.and_(sources.c.audience == Audience.EVERYONE.value, enrolled),
        sa.and_(sources.c.audience == Audience.GROUP.value, sources.c.group_name.in_(groups)),
    )


def readable(person: int | sa.ColumnElement[int]) -> sa.Select[tuple[int]]:
    """Return the query for the ids of all sources that a person reads."""
    return sa.select(sources.c.id).where(reads(person))
