"""Brings the tables of a database up to date when it is opened."""

import sqlalchemy as sa

from dashboard.store.database import Database
from dashboard.store.schema import HEAD, counters, metadata

_version = sa.table("alembic_version", sa.column("version_num"))


def migrate(database: Database) -> None:
    """Create the tables, or run what is missing. Processes that open at once do it one after the other."""
    with database.reading() as connection:
        if _current(connection) == HEAD:
            return
    with database.writing() as connection:
        database.dialect.lock(connection)
        current = _current(connection)
        if current is None:
            _create(connection, database)
        elif current != HEAD:
            _upgrade(connection)


def _current(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(sa.select(_version.c.version_num)).scalar()
    return version


def _create(connection: sa.Connection, database: Database) -> None:
    """Create what the migrations would lead to, without the time that importing Alembic takes."""
    metadata.create_all(connection, checkfirst=False)
    database.dialect.create_index(connection)
    connection.execute(counters.insert().values(name="rev", value=0))
    connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    connection.execute(sa.insert(_version).values(version_num=HEAD))


def _upgrade(connection: sa.Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "dashboard.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
