"""Brings the tables of a database up to date when it is opened."""

import sqlalchemy as sa

from dashboard.store.database import Database
from dashboard.store.protocol import StoreError
from dashboard.store.schema import HEAD, counters, metadata

_version = sa.table("alembic_version", sa.column("version_num"))


def migrate(database: Database) -> None:
    """Create the tables, or run what is missing. Processes that open at once do it one after the other.

    Raises StoreError where a newer release has written the database.
    """
    with database.reading() as connection:
        if _current(connection) == HEAD:
            return
    with database.writing() as connection:
        database.dialect.lock(connection)
        current = _current(connection)
        if current is None:
            _create(connection, database)
        elif current != HEAD:
            upgrade(connection, database)


def upgrade(connection: sa.Connection, database: Database) -> None:
    """Run the migrations that are missing, all of them where there are no tables at all."""
    # Importing Alembic takes longer than opening the store, and nearly every time there is nothing to do.
    from alembic.command import upgrade as run  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "dashboard.store:migrations")
    config.attributes |= {
        "connection": connection,
        "create_index": database.dialect.create_index,
        "create_guards": database.dialect.create_guards,
    }
    try:
        run(config, "head")
    except CommandError as error:
        raise StoreError(str(error)) from error


def _current(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(sa.select(_version.c.version_num)).scalar()
    return version


def _create(connection: sa.Connection, database: Database) -> None:
    """Create what the migrations would lead to, without Alembic."""
    metadata.create_all(connection, checkfirst=False)
    database.dialect.create_index(connection)
    database.dialect.create_guards(connection)
    connection.execute(counters.insert().values(name="rev", value=0))
    connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    connection.execute(sa.insert(_version).values(version_num=HEAD))
