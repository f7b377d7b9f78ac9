"""A good connector passes every check, and for every check there is a broken one that it catches."""

import copy
import importlib
import sys
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pytest

from connectors.kit import (
    About,
    Change,
    Connector,
    Cursor,
    Events,
    Item,
    Run,
)
from connectors.kit.files import Files
from connectors.kit.form import OptionsError
from connectors.kit.recording.tape import Tape
from connectors.kit.testing import Conformance, ConformanceWithoutTape
from connectors.kit.testing.hostility import damaged_versions
from tests.connectors.kit.chat import EXCHANGES, NOW, TOKEN, Chat
from tests.connectors.kit.specimens import BROKEN, fetching, renaming_fetch


class TestChat(Conformance):
    connector = Chat
    options = {"token": TOKEN}  # noqa: RUF012
    tape = "in this file"
    acts = {"reply": {"text": "Thank you"}}  # noqa: RUF012

    def recording(self) -> Tape:
        return Tape(copy.deepcopy(EXCHANGES), NOW)


def suite_of(connector: type[Connector], **changed: Any) -> Conformance:
    return type("Suite", (TestChat,), {"__test__": False, "connector": connector, **changed})()


@pytest.mark.parametrize(("check", "connector", "given"), [(*each, {})[:3] for each in BROKEN])
def test_a_broken_connector_fails_its_check(check, connector, given):
    hooks = {"options": given.pop("options")} if "options" in given else {}
    # A form that cannot be made says so itself; everything else is a sentence of the suite.
    with pytest.raises((AssertionError, OptionsError, TypeError), match=r"\w") as caught:
        getattr(suite_of(connector, **hooks), check)(**given)
    assert isinstance(caught.value, AssertionError) or "options" in check


def test_every_check_has_a_broken_connector():
    checks = {name for name in dir(Conformance) if name.startswith("test_")}
    # These read the source or need a transport failure; each has a test of its own below.
    elsewhere = {
        "test_it_has_no_network_of_its_own",
        "test_it_imports_nothing_of_the_dashboard",
        "test_it_reads_no_clock_but_that_of_the_run",
        "test_a_dead_line_is_unavailable",
    }
    assert {each[0] for each in BROKEN} | elsewhere == checks


def test_there_are_forty_checks_and_more():
    assert len([name for name in dir(Conformance) if name.startswith("test_")]) >= 40
    assert len([name for name in dir(ConformanceWithoutTape) if name.startswith("test_")]) >= 40


def test_a_dead_line_must_be_unavailable():
    with pytest.raises(AssertionError, match="ConnectError should be Unavailable"):
        suite_of(fetching(renaming_fetch)).test_a_dead_line_is_unavailable(
            importlib.import_module("httpx").ConnectError
        )


@pytest.mark.parametrize(
    ("line", "check"),
    [
        ("import requests", "test_it_has_no_network_of_its_own"),
        ("from urllib import request", "test_it_has_no_network_of_its_own"),
        ("import http.client as web", "test_it_has_no_network_of_its_own"),
        ("from dashboard.store import open_store", "test_it_imports_nothing_of_the_dashboard"),
        ("NOW = datetime." + "now()", "test_it_reads_no_clock_but_that_of_the_run"),
    ],
)
@pytest.mark.parametrize("place", ["a module", "a package"])
def test_the_source_of_a_connector_is_read(line, check, place, tmp_path, monkeypatch):
    text = "from datetime import datetime\nfrom connectors.kit import Connector\nclass Mine(Connector):\n    pass\n"
    if place == "a module":
        (tmp_path / "conform_mine.py").write_text(f"{text}if 0:\n    {line}\n")
    else:
        (tmp_path / "conform_mine").mkdir()
        (tmp_path / "conform_mine" / "__init__.py").write_text(text)
        (tmp_path / "conform_mine" / "inner.py").write_text(f"if 0:\n    {line}\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "conform_mine", raising=False)
    mine = importlib.import_module("conform_mine").Mine
    with pytest.raises(AssertionError, match=r"run\.|imports"):
        getattr(suite_of(mine), check)()


class Notes(Connector):
    """Notes in a folder."""

    about = About(kind="note")
    folder: str

    def fetch(self, run: Run) -> Events:
        folder = run.files.path(self.folder)
        for path in sorted(folder.glob("*.txt")):
            if run.cursor.get(path.name) != path.stat().st_mtime_ns:
                yield path.name, path.read_text(encoding="utf-8")
        yield Cursor(at={path.name: path.stat().st_mtime_ns for path in folder.glob("*.txt")})

    def item(self, raw: tuple[str, str]) -> Item | None:
        name, text = raw
        return Item(id=name, title=name.removesuffix(".txt"), text=text)


class TestNotes(ConformanceWithoutTape):
    connector = Notes

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path):
        (tmp_path / "one.txt").write_text("Eins")
        self.folder = tmp_path
        self.options = {"folder": str(tmp_path)}

    def run(self, cursor: Any) -> Run:
        return Run(http=None, dial=None, files=Files([self.folder]), now=NOW, cursor=cursor)


def test_a_change_of_an_item_may_come_again():
    class Changing(Chat):
        """Messages whose likes are counted."""

        def fetch(self, run: Run) -> Events:
            yield Change(id="m1", unread=False)
            yield from Chat.fetch(self, run)

    suite_of(Changing).test_going_on_from_the_cursor_repeats_nothing()


class Mapped(dict):
    """A mapping of another library."""


class Pair(NamedTuple):
    uid: int
    text: str


@dataclass
class Part:
    uid: int
    text: str
    seen: bool = field(default=False, init=False)


RECORDS = [{"a": 2}, Mapped({"a": 2}), Pair(2, "x"), Part(2, "x"), (2, "x"), ["x"], b"From: ada\r\n\r\nHi", "a line"]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_of_any_type_is_damaged_in_many_ways(record):
    damaged = list(damaged_versions(record))
    assert len(damaged) >= 5
    assert all(type(each) is type(record) for each in damaged)
    assert record not in damaged


def test_a_record_that_cannot_be_damaged_is_left_alone():
    assert not list(damaged_versions(object()))


class Records(Chat):
    """Messages that are wrapped in a record of their own."""

    def fetch(self, run: Run) -> Events:
        for thing in Chat.fetch(self, run):
            yield thing if isinstance(thing, Cursor) else self.wrapped(thing)

    def wrapped(self, message: Any) -> Any:
        return Part(0, message)

    def item(self, raw: Any) -> Item | None:
        return Chat.item(self, raw.text)


class Strict(Records):
    """Messages whose record is looked into too early."""

    def wrapped(self, message: Any) -> Any:
        return Pair(message["seq"] + 0, message)


def test_a_record_is_found_inside_of_what_the_connector_makes_of_it():
    suite_of(Records).test_a_damaged_record_costs_only_itself()
    with pytest.raises(AssertionError, match="ends the whole fetch"):
        suite_of(Strict).test_a_damaged_record_costs_only_itself()
