"""What must agree: the kit and its list, connectors and their tests and pages, locks, texts, commands and settings."""

import ast
import re
import tomllib
from importlib import import_module
from importlib.metadata import requires
from pathlib import Path

import pytest

import connectors.kit
from connectors.kit import SourceError
from connectors.kit.registry import GROUP
from tests.house import ROOT, modules, pages, texts


def test_the_public_list_of_the_kit_is_sorted_and_complete():
    listed = connectors.kit.__all__
    tree = ast.parse(modules()["connectors.kit"].read_text(encoding="utf-8"))
    imported = [alias.asname or alias.name for n in tree.body if isinstance(n, ast.ImportFrom) for alias in n.names]
    assert listed == sorted(listed, key=lambda name: (not name[0].isupper(), name))
    assert set(listed) == set(imported)
    assert all(getattr(connectors.kit, name).__doc__ or name in {"Event", "Events"} for name in listed)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_pins_by_hash_and_names_no_place(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not [place for place in ("://", "file:", "/opt", "/work", "--index", "--find-links") if place in text]
    pins = re.split(r"\n(?=\S)", re.sub(r"(?m)^ *#.*\n?", "", text).strip())
    assert pins
    assert not [pin.partition(" ")[0] for pin in pins if "--hash=sha256:" not in pin]


@pytest.mark.parametrize("name", ["caldav", "aioimaplib", "httpx2", "trafilatura"])
def test_a_library_with_a_known_trap_stays_out(name):
    for lock in ("requirements.lock", "requirements-dev.lock"):
        assert not re.search(rf"(?m)^{name}==", (ROOT / lock).read_text(encoding="utf-8"))


@pytest.mark.parametrize("option", ["runner.postScriptGC", "server.trustedUserHeaders"])
def test_the_hidden_options_of_streamlit_that_are_relied_on_still_exist(option):
    from streamlit import config

    config.get_config_options()
    assert config.get_option(option) is not None
    assert any(need.startswith("streamlit==1.67.") for need in requires("frontdesk") or ())


def test_no_file_names_a_place_of_one_machine():
    place = re.compile(
        r"(?<![\w.$}*])/(?:opt|work|home/[a-z]+|root|Users/[a-z]+)/(?!\.{3}|frontdesk\b)[\w.-]+|[A-Z]:\\\\Users"
    )
    here = Path(__file__).name
    found = {name: place.findall(text) for name, text in texts().items() if not name.endswith(here)}
    assert not {name: places for name, places in found.items() if places}


def entry_points() -> dict[str, str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["entry-points"][GROUP]


def test_every_connector_can_be_imported():
    for name, value in entry_points().items():
        module, _, attribute = value.partition(":")
        assert issubclass(getattr(import_module(module), attribute), connectors.kit.Connector), name


def test_every_connector_has_a_test_and_every_test_a_connector():
    folder = ROOT / "tests" / "connectors"
    names = {value.partition(":")[0].split(".")[1] for value in entry_points().values()}
    tests = {path.relative_to(folder).as_posix() for path in folder.rglob("test_*.py")}
    untested = [name for name in names if not any(name in test for test in tests)]
    assert not untested
    folders = {path.name for path in folder.iterdir() if path.is_dir() and any(path.glob("test_*.py"))}
    assert folders - {"kit", "tapes", "__pycache__"} <= names


def test_every_connector_is_held_to_the_contract_and_nothing_else_is():
    held = set()
    for name, text in texts().items():
        if re.fullmatch(r"tests/connectors/(?!kit/).*test_\w+\.py", name):
            classes = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
            suites = [node for node in classes if any("Conformance" in ast.unparse(base) for base in node.bases)]
            lines = [line for suite in suites for line in suite.body if isinstance(line, ast.Assign)]
            held |= {ast.unparse(line.value) for line in lines if ast.unparse(line.targets[0]) == "connector"}
    assert held == {value.partition(":")[2] for value in entry_points().values()}


def test_every_connector_has_a_page_and_every_page_a_connector():
    written = {path.stem for path in (ROOT / "docs" / "sources").glob("*.md")} - {"README"}
    assert written == set(entry_points())


def errors() -> list[str]:
    return sorted(
        error.__name__ for error in SourceError.__subclasses__() if error.__module__ == "connectors.kit.errors"
    )


@pytest.mark.parametrize(
    "language", sorted((ROOT / "dashboard" / "locales").glob("*.toml")), ids=lambda path: path.stem
)
def test_every_error_has_a_sentence(language):
    said = tomllib.loads(language.read_text(encoding="utf-8"))
    keys = {key for table in said.values() if isinstance(table, dict) for key in table}
    assert not set(errors()) - keys


def test_every_command_in_the_documentation_exists():
    from dashboard.cli import COMMANDS

    named = {}
    for page, text in pages().items():
        for word in re.findall(r"(?m)(?:^\s*(?:\$ )?|`)frontdesk ([a-z][\w-]*)", text):
            named.setdefault(word, page)
    assert not {word: page for word, page in named.items() if word not in COMMANDS}


def test_every_setting_in_the_documentation_exists():
    from dashboard.settings import Settings

    known = "\n".join(_settings(Settings)) + "\n" + texts().get("tests/connectors/matrix/conftest.py", "")
    unknown = {}
    for page, text in pages().items():
        for name in re.findall(r"\bFRONTDESK_\w+", text):
            if name.removeprefix("FRONTDESK_").lower() not in known and name not in known:
                unknown.setdefault(name, page)
    assert not unknown


def _settings(model, prefix=""):
    for name, field in model.model_fields.items():
        yield prefix + name
        inner = field.annotation
        if hasattr(inner, "model_fields"):
            yield from _settings(inner, f"{prefix}{name}__")
