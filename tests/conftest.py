"""What every test may ask for: the shared corpora, and a program that may be missing."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, settings

# How fast a loaded machine makes up inputs, or takes them, says nothing about the product.
settings.register_profile("frontdesk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("frontdesk")

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


def absent(reason: str) -> NoReturn:
    """Skip the test with a printed reason, or fail it where a skipped test would count as passed."""
    if os.environ.get("CI"):
        pytest.fail(f"cannot be skipped here: {reason}")
    pytest.skip(reason)


_skipped: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        _skipped.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run that is to prove everything where a test was skipped: it proved nothing."""
    if os.environ.get("CI") and _skipped and not session.exitstatus:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def shared():
    """Return a function that gives the path of a shared corpus, script or document."""

    def path(name: str) -> Path:
        found = SHARED / name
        if not found.exists():
            absent(f"there is no shared {name}")
        return found

    return path


@pytest.fixture(scope="session")
def program():
    """Return a function that gives the path of an installed program."""

    def path(name: str) -> str:
        found = shutil.which(name)
        if not found:
            absent(f"{name} is not installed")
        return found

    return path
