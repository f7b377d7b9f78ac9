"""Connectors are found by entry point, imported on first use, and one that is broken harms nobody."""

import sys
import textwrap

import pytest

from connectors.kit import Connector, Kind, Misconfigured
from connectors.kit.registry import GROUP, Plugin, Registry

WORKING = '''
"""A module."""
from connectors.kit import About, Connector, Item

class Works(Connector):
    """Things from somewhere.

    More about it.
    """
    about = About(kind="task")
    def fetch(self, run):
        yield {}
    def item(self, raw):
        return Item(id="1")
'''


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Return a function that installs one distribution, by hand as pip would, for this test alone."""
    monkeypatch.syspath_prepend(tmp_path)

    def install(distribution: str, module: str, source: str, target: str = "Works", name: str | None = None) -> None:
        (tmp_path / f"{module}.py").write_text(textwrap.dedent(source))
        info = tmp_path / f"{distribution.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[{GROUP}]\n{name or module} = {module}:{target}\n")
        monkeypatch.delitem(sys.modules, module, raising=False)

    return install


def found(name: str) -> list[Plugin]:
    return [plugin for plugin in Registry.find() if plugin.name == name]


def test_an_installed_plugin_is_found_with_its_facts(installed):
    installed("frontdesk-works", "works_here", WORKING)
    [plugin] = found("works_here")
    assert (plugin.distribution, plugin.kind, plugin.summary, plugin.broken) == (
        "frontdesk-works",
        Kind.TASK,
        "Things from somewhere.",
        None,
    )
    connector = Registry.find().get("works_here")
    assert issubclass(connector, Connector)
    assert connector.__name__ == "Works"


def test_listing_imports_nothing(installed):
    installed("frontdesk-works", "works_lazily", WORKING)
    [plugin] = found("works_lazily")
    assert plugin.distribution == "frontdesk-works"
    assert "works_lazily" not in sys.modules
    assert plugin.kind is Kind.TASK
    assert "works_lazily" in sys.modules


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        pytest.param(
            "import does_not_exist", "Works", "ModuleNotFoundError: No module named 'does_not_exist'", id="import"
        ),
        pytest.param("raise SystemExit(3)", "Works", "SystemExit: 3", id="exits"),
        pytest.param("1 / 0", "Works", "ZeroDivisionError", id="crashes"),
        pytest.param("def broken(:", "Works", "SyntaxError", id="syntax"),
        pytest.param("x = 1", "Works", "AttributeError", id="missing class"),
        pytest.param("Works = 1", "Works", "is not a Connector", id="not a class"),
        pytest.param("class Works: pass", "Works", "is not a Connector", id="another class"),
        pytest.param(WORKING.replace("about = ", "facts: int = 1 #"), "Works", "has no about", id="no about"),
        pytest.param(WORKING.replace("def item", "def other"), "Works", "does not define item", id="no item"),
        pytest.param(WORKING.replace('"task"', '"tax"'), "Works", "ValueError", id="unknown kind"),
    ],
)
def test_a_broken_plugin_is_listed_with_its_reason_and_the_rest_works(installed, source, target, reason):
    installed("frontdesk-breaks", "breaks", source, target)
    installed("frontdesk-works", "works_beside", WORKING)
    [broken], [works] = found("breaks"), found("works_beside")
    assert reason in (broken.broken or "")
    assert (broken.connector, broken.kind, broken.summary) == (None, None, "")
    assert works.broken is None
    with pytest.raises(Misconfigured, match="'breaks' of frontdesk-breaks is broken"):
        Registry.find().get("breaks")


def test_a_name_that_nobody_offers_says_so():
    with pytest.raises(Misconfigured, match="no connector named 'nowhere' is installed"):
        Registry.find().get("nowhere")


def test_a_plugin_cannot_take_the_name_of_a_built_in_connector(installed):
    installed("aaa-evil", "evil", WORKING, name="mailbox")
    installed("frontdesk", "good", WORKING, name="mailbox")
    good, evil = sorted(found("mailbox"), key=lambda plugin: plugin.broken is not None)
    assert Registry.find().get("mailbox").__module__ == "good"
    assert (good.distribution, good.broken) == ("frontdesk", None)
    assert (evil.distribution, evil.broken) == ("aaa-evil", "frontdesk offers a connector of this name too")
    assert "evil" not in sys.modules


def test_every_built_in_connector_works():
    broken = {plugin.name: plugin.broken for plugin in Registry.find() if plugin.broken}
    assert not broken
