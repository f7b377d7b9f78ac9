"""A Slack workspace with three people, judged by Slack's own description of its interface."""

import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from connectors.slack.api import Slack


def _beside(name: str) -> ModuleType:
    """Import a module of this folder, which is no package."""
    spec = importlib.util.spec_from_file_location(f"slack_{name}", Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


workspace_, judge_ = _beside("workspace"), _beside("judge")


@dataclass
class Office:
    """The workspace, its address, and the people in it: mina reads, ada and bob write."""

    workspace: Any
    judge: Any
    address: str
    mina: str
    ada: str
    bob: str

    def connector(self, token: str = "xoxp-mina", **options: Any) -> Slack:
        """Return the connector as it is, but for the address of Slack."""

        class Here(Slack):
            """Messages from this workspace."""

            about = replace(Slack.about, base=self.address)

        return Here(token=token, **options)

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.workspace.now, UTC)


@pytest.fixture(scope="session")
def judge(shared) -> Any:
    return judge_.Judge(shared("specs/slack.json"))


@pytest.fixture
def office(judge) -> Iterator[Office]:
    judge.faults.clear()
    workspace = workspace_.Workspace()
    mina, ada, bob = workspace.user("mina", "xoxp-mina"), workspace.user("ada"), workspace.user("bob")
    with workspace_.served(workspace, judge) as address:
        yield Office(workspace, judge, address, mina, ada, bob)
    assert judge.faults == []


@dataclass
class Mina:
    """Mina's source; its clock is that of the workspace."""

    office: Office
    desk: Any

    def fetch(self, **options: Any) -> list[Any]:
        return self.desk.fetch(now=self.office.now, **options)

    def item(self, *ids: str) -> Any:
        return self.desk.items["/".join(ids)]

    def act(self, action: str, item: Any, **given: Any) -> None:
        effect = getattr(self.desk.connector, action)(self.desk.run(self.office.now), item, **given)
        self.desk.apply(effect)


@pytest.fixture
def mina(office, desk_of) -> Mina:
    return Mina(office, desk_of(office.connector()))
