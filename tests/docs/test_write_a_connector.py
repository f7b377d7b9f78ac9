"""What the page for authors shows is run as it stands there."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from connectors.kit.registry import GROUP

PAGE = Path(__file__).resolve().parents[2] / "docs" / "write-a-connector.md"
SAMPLE = re.compile(r"<!-- file: (\S+) -->\n```(\w+)\n(.*?)\n```\n", re.DOTALL)
RECORD = """
import httpx
import json
import record_rss
feed = json.load(open("tapes/rss.json"))["exchanges"][0]["reply"]["text"]
def backend(request):
    known = request.headers.get("if-none-match") == "x"
    return httpx.Response(304) if known else httpx.Response(200, headers={"etag": "x"}, text=feed)
record_rss.main("https://news.example.org/feed.xml", network=httpx.MockTransport(backend))
"""
LISTED = """
import json
from connectors.kit.registry import Registry
print(json.dumps([[p.distribution, p.broken] for p in Registry.find() if p.name == "rss"][0]))
"""


def samples() -> dict[str, str]:
    return {name: code + "\n" for name, _, code in SAMPLE.findall(PAGE.read_text(encoding="utf-8"))}


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """Make what the page shows, file by file."""
    folder = tmp_path_factory.mktemp("page")
    for name, code in samples().items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(code, encoding="utf-8")
    return folder


def python(folder: Path, *words: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV_"))}
    environment["PYTHONPATH"] = str(folder)
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_piece_of_code_on_the_page_is_run():
    shown = re.findall(r"^```(\w+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(shown) == len(samples()) > 0
    ran = {name for name in samples() if name.endswith((".py", ".json", ".toml"))}
    assert ran == samples().keys()


def test_the_connectors_of_the_page_pass_the_suite(project):
    told = python(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(project))
    assert int(re.search(r"(\d+) passed", told)[1]) > 170
    assert "skipped" not in told


def test_the_recorder_of_the_page_records_what_the_suite_can_play(project):
    before = (project / "tapes" / "rss.json").read_text(encoding="utf-8")
    python(project, "-c", RECORD)
    assert (project / "tapes" / "rss.json").read_text(encoding="utf-8") != before
    python(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(project), "test_rss.py")


def test_the_project_file_of_the_page_names_its_connector():
    project = tomllib.loads(samples()["pyproject.toml"])["project"]
    assert project["entry-points"][GROUP] == {"rss": "rss:Rss"}
    assert "class Rss(Connector)" in samples()["rss.py"]


def test_the_project_of_the_page_builds_and_installs_and_is_listed(project, tmp_path):
    # Build isolation would ask a package index; hatchling is in our lock for this.
    offline = ["--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check"]
    python(project, "-m", "pip", "install", *offline, "--target", str(tmp_path), str(project))
    assert {path.name for path in tmp_path.glob("*.py")} == {"rss.py"}
    told = python(tmp_path, "-c", LISTED)
    assert json.loads(told) == ["frontdesk-rss", None]


def test_the_first_connector_fits_on_a_screen():
    assert len(samples()["rss.py"].splitlines()) <= 40
