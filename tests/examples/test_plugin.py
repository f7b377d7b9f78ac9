"""The example plugin can be copied: it builds, installs, is listed and passes its own tests, all without a network."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "connector"
LIST = """
import json
from connectors.kit.registry import Registry
told = [[p.name, p.distribution, p.kind, p.summary, p.broken] for p in Registry.find()]
print(json.dumps(told))
"""


def python(*words: object, path: Path | None = None, cwd: Path) -> str:
    """Run this Python with ``path`` as an additional place of packages, and return what it printed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV_"))}
    environment["PYTHONPATH"] = str(path or "")
    command = [sys.executable, *map(str, words)]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def installed(project: Path, target: Path) -> Path:
    # Build isolation would ask a package index; hatchling is in our lock for this.
    options = ["--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check"]
    python("-m", "pip", "install", *options, "--target", target, project, cwd=project)
    return target


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("example") / "connector"
    return shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__", ".*"))


@pytest.fixture(scope="module")
def target(copy) -> Path:
    return installed(copy, copy.parent / "installed")


def listed(target: Path) -> dict[str, list[str]]:
    return {name: facts for name, *facts in json.loads(python("-c", LIST, path=target, cwd=target))}


def test_an_installed_plugin_is_listed(target):
    assert listed(target)["status"] == [
        "frontdesk-status",
        "news",
        "Incidents that a service reports on its status page.",
        None,
    ]


def test_an_installed_plugin_passes_its_own_tests(copy, target):
    told = python("-m", "pytest", "-q", "-p", "no:cacheprovider", path=target, cwd=copy)
    assert " passed" in told
    assert "skipped" not in told


def test_a_broken_plugin_is_listed_as_broken_and_the_rest_works(copy, tmp_path):
    broken = shutil.copytree(copy, tmp_path / "broken", ignore=shutil.ignore_patterns("tests"))
    source = broken / "src" / "frontdesk_status.py"
    source.write_text(source.read_text().replace("from connectors.kit import", "from connectors.kit import Missing,"))
    found = listed(installed(broken, tmp_path / "installed"))
    assert found["status"][:3] == ["frontdesk-status", None, ""]
    assert "cannot import name 'Missing'" in found["status"][3]
    assert not [facts for name, facts in found.items() if name != "status" and facts[3]]


def test_the_example_stays_small_enough_to_read():
    assert len((EXAMPLE / "src" / "frontdesk_status.py").read_text().splitlines()) <= 50
    assert len((EXAMPLE / "tests" / "test_status.py").read_text().splitlines()) <= 25
