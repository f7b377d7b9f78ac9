"""The command in a folder of its own, as an operator types it."""

import pytest
from click.testing import CliRunner

from dashboard.cli import main


@pytest.fixture(autouse=True)
def _undisturbed(logging_as_it_was):
    """Keep the log that a command sets up from the tests after it."""


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("FRONTDESK_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("FRONTDESK_FILES__FOLDERS", str(tmp_path))
    monkeypatch.setenv("FRONTDESK_CONFIG", "")
    return tmp_path


@pytest.fixture
def desk(home):
    """Run a command; its exit code is part of the promise."""

    def desk(*words, code=0, give=None):
        result = CliRunner().invoke(main, list(map(str, words)), input=give)
        assert result.exit_code == code, result.output + repr(result.exception)
        return result.output

    return desk
