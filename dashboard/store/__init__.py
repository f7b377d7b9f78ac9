"""Where items, sources, people and marks are kept: SQLite, or PostgreSQL where its address is given."""

from importlib import import_module

import sqlalchemy as sa

from dashboard.store.administration import Administration, LastAdmin
from dashboard.store.audit import Audit
from dashboard.store.changes import Changes
from dashboard.store.database import Database
from dashboard.store.defaults import Defaults, Given
from dashboard.store.fulltext import Searching
from dashboard.store.health import HealthLog
from dashboard.store.journal import Journal
from dashboard.store.leases import Leases
from dashboard.store.logins import Logins
from dashboard.store.marks import Marks
from dashboard.store.migration import migrate
from dashboard.store.people import People
from dashboard.store.protocol import Engine, LeaseLost, Store, StoreError
from dashboard.store.reading import Reading
from dashboard.store.shared import Shared
from dashboard.store.sources import Sources
from dashboard.store.staff import Staff
from dashboard.store.traces import Traces

__all__ = ["Administration", "Engine", "LastAdmin", "LeaseLost", "Store", "StoreError", "open_store"]

_KINDS = {"sqlite": "sqlite", "postgresql": "postgres", "postgres": "postgres"}
_ADDRESSES = "give sqlite:///file or postgresql://user@host/name, or leave it out for a file in the data folder"


class _SqlAdministration(Audit, Staff, Shared, Defaults):
    """What admins do, over one SQL database, its topics side by side."""


class _SqlStore(People, Logins, Sources, Reading, Changes, Marks, Journal, Traces, Searching, HealthLog, Given):
    """The store over one SQL database, its topics side by side."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.engine: Engine = Leases(database)
        self.admin: Administration = _SqlAdministration(database)

    def close(self) -> None:
        """Let go of every connection; the store may be used again afterwards."""
        self._database.close()


def open_store(url: str, *, patience: float = 20.0) -> Store:
    """Open the database at an address and bring it up to date.

    The address is ``sqlite:////var/lib/frontdesk.db`` or ``postgresql://user@host/name``. A writer
    waits ``patience`` seconds for another one. Raises StoreError where that fails.
    """
    try:
        address = sa.make_url(url)
        # Each needs its own driver, of which only one is installed everywhere.
        kind = _KINDS.get(address.get_backend_name())
        if kind is None:
            raise StoreError(f"{address.get_backend_name()}:// is no database for Frontdesk: {_ADDRESSES}")
        database: Database = import_module(f"dashboard.store.{kind}").connect(address, patience=patience)
    except sa.exc.ArgumentError:  # its message may show the password
        raise StoreError(f"the address of the database cannot be read: {_ADDRESSES}") from None
    except ImportError as error:
        raise StoreError(f"PostgreSQL needs one package more ({error.name}): install frontdesk[postgres]") from error
    except sa.exc.SQLAlchemyError as error:
        raise StoreError(str(error)) from error
    migrate(database)
    return _SqlStore(database)
