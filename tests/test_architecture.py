"""The rules of the house: who imports whom, how long, how named, and what must agree with what."""

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib import import_module
from importlib.metadata import requires
from pathlib import Path

import pytest

import connectors.kit
from connectors.kit import SourceError
from connectors.kit.registry import GROUP

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 400

PURE = {f"dashboard.{name}" for name in ("dates", "rank", "relevance", "search", "signals", "terms", "words")}
ITEMS = {"connectors.kit", "connectors.kit.item", "connectors.kit.text", "connectors.kit.contract"}
MAY_IMPORT = {
    "connectors.kit": {"connectors.kit"},
    "dashboard.store": {"connectors.kit", "dashboard.store", "dashboard.search", "dashboard.terms", "dashboard.words"},
    "dashboard.sync": {"connectors.kit", "dashboard.intake", "dashboard.store"},
    "dashboard.schedule": {"connectors.kit", "dashboard.store", "dashboard.sync", "dashboard.vault"},
    "dashboard.ui": {
        *ITEMS,
        *(f"dashboard.{name}" for name in ("board", "i18n", "opening", "policy", "relevance", "settings", "ui")),
        "dashboard.store.records",
    },
    "dashboard.cli": {
        *ITEMS,
        *(
            f"dashboard.{name}"
            for name in (
                "board",
                "cli",
                "consent",
                "demo",
                "evaluation",
                "givens",
                "i18n",
                "log",
                "opening",
                "serve",
                "settings",
            )
        ),
        "dashboard.store.records",
        "dashboard.worker",
    },
}
"""By package: what of ours it may import, itself and everything below the names; other packages are under bans only."""

NETWORK = {"aiohttp", "asyncio", "http", "httpcore", "httpx", "requests", "socket", "ssl", "urllib3"}
PURE_BANS = {
    "asyncio",
    "http",
    "httpx",
    "os",
    "pathlib",
    "random",
    "requests",
    "socket",
    "sqlalchemy",
    "sqlite3",
    "time",
}
KIT_LIBRARIES = {
    "cachetools",
    "defusedxml",
    "httpcore",
    "httpx",
    "nh3",
    "pydantic",
    "pydantic_core",
    "pytest",
    "selectolax",
}
KIT_LIBRARIES |= {"brotli", "certifi", "charset_normalizer", "zstandard"}
FORBIDDEN_NAMES = {
    "base",
    "common",
    "core",
    "helper",
    "helpers",
    "manager",
    "misc",
    "service",
    "services",
    "util",
    "utils",
}


@cache
def modules() -> dict[str, Path]:
    """Every module of the product by its dotted name."""
    found = {}
    for path in sorted([*ROOT.glob("connectors/**/*.py"), *ROOT.glob("dashboard/**/*.py")]):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def imports(module: str, *, lazy: bool = True) -> frozenset[str]:
    """Return what a module imports; a name of ours that is a module itself is given in full."""
    tree = ast.parse(modules()[module].read_text(encoding="utf-8"))
    nodes = ast.walk(tree) if lazy else iter(tree.body)
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (inner & modules().keys()) | ({node.module} if inner - modules().keys() else set())
    return frozenset(found)


def below(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def ours(module: str) -> set[str]:
    return {name for name in imports(module) if below(name, "connectors", "dashboard")}


def tracked() -> list[Path]:
    """Every file that belongs to the project."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


@cache
def texts() -> dict[str, str]:
    found = {}
    for path in tracked():
        try:
            found[path.relative_to(ROOT).as_posix()] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return found


def pages() -> dict[str, str]:
    """Return the documentation: the pages of ``docs`` and the README."""
    return {name: text for name, text in texts().items() if name.endswith(".md") and not name.startswith("tests/")}


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_a_package_imports_only_what_stands_left_of_it_in_the_flow(package):
    wrong = {
        module: sorted(name for name in ours(module) if name != "dashboard" and not below(name, *MAY_IMPORT[package]))
        for module in modules()
        if below(module, package)
    }
    assert not {module: names for module, names in wrong.items() if names}


def test_a_connector_imports_the_kit_and_itself_and_has_no_network():
    wrong = {}
    for module in modules():
        if not below(module, "connectors") or below(module, "connectors.kit") or module == "connectors":
            continue
        own = ".".join(module.split(".")[:2])
        foreign = {name for name in ours(module) if not below(name, own, "connectors.kit")}
        foreign |= {name for name in imports(module) if below(name, *NETWORK)}
        if foreign:
            wrong[module] = sorted(foreign)
    assert not wrong


def test_the_kit_needs_small_libraries_only():
    wrong = {}
    for module in modules():
        if below(module, "connectors.kit"):
            libraries = {name.partition(".")[0] for name in imports(module)} - sys.stdlib_module_names
            strange = libraries - KIT_LIBRARIES - {"connectors"}
            if strange or ("pytest" in libraries and not below(module, "connectors.kit.testing")):
                wrong[module] = sorted(strange or {"pytest"})
    assert not wrong


@pytest.mark.parametrize("module", sorted(PURE & modules().keys()))
def test_what_decides_is_pure(module):
    allowed = (*ITEMS, "dashboard.store.records")
    reached, left = set(), [module]
    while left:
        name = left.pop()
        if name in reached or name not in modules() or below(name, *allowed):
            continue
        reached.add(name)
        left += ours(name)
    for name in reached:
        outside = {found for found in imports(name) if below(found, *PURE_BANS)}
        assert not outside, f"{module} reaches {sorted(outside)} through {name}"
    bad = {
        name for name in reached if below(name, "dashboard.store", "dashboard.sync", "dashboard.board", "dashboard.ui")
    }
    assert not bad


@pytest.mark.parametrize("module", sorted(PURE & modules().keys()))
def test_what_decides_reads_no_clock(module):
    calls = re.findall(
        r"\bdatetime\.(?:now|utcnow|today)\(|\btime\.time\(|date\.today\(", modules()[module].read_text()
    )
    assert not calls


def test_only_the_page_imports_streamlit():
    wrong = [m for m in modules() if not below(m, "dashboard.ui") and any(below(n, "streamlit") for n in imports(m))]
    assert not wrong


def test_nothing_imports_in_a_circle():
    graph = {module: {n for n in imports(module, lazy=False) if n in modules() and n != module} for module in modules()}
    done: set[str] = set()
    circles = []

    def walk(module: str, path: tuple[str, ...]) -> None:
        if module in path:
            circles.append(path[path.index(module) :])
        elif module not in done:
            for name in sorted(graph[module]):
                walk(name, (*path, module))
            done.add(module)

    for module in graph:
        walk(module, ())
    assert not circles


def test_no_file_is_longer_than_four_hundred_lines():
    long = {name: text.count("\n") for name, text in texts().items() if name.endswith((".py", ".js", ".css"))}
    assert not {name: lines for name, lines in long.items() if lines > LONGEST}


def test_every_module_opens_with_one_sentence():
    wrong = []
    for name, text in texts().items():
        if name.endswith(".py") and text.strip() and not name.startswith("tests/"):
            first = (ast.get_docstring(ast.parse(text)) or "").partition("\n\n")[0]
            if not first.endswith((".", ":")):
                wrong.append(name)
    assert not wrong


def test_no_module_has_a_name_that_says_nothing():
    wrong = [name for name in modules() if name.rpartition(".")[2] in FORBIDDEN_NAMES]
    wrong += [name for name in modules() if name.endswith(("_service", "_repository", "_manager", "_helper", "_utils"))]
    assert not wrong


def test_nothing_beside_the_entry_script_shadows_the_standard_library():
    # Streamlit puts the folder of its entry script first on the path: "import profile" would get ours.
    names = {path.stem for path in (ROOT / "dashboard" / "ui").iterdir() if path.suffix == ".py" or path.is_dir()}
    assert not names & sys.stdlib_module_names


def test_there_is_no_folder_that_streamlit_takes_for_its_pages():
    # It would run those files without asking our navigation, and so without the login.
    assert not list((ROOT / "dashboard").rglob("pages"))


def test_config_holds_no_python():
    assert not list((ROOT / "config").rglob("*.py"))


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
