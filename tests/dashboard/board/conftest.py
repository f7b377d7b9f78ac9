"""A board over a real store, with connectors that do what a test needs and a clock that stands."""

import sys
from datetime import timedelta
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from board_letters import NOW

from connectors.kit.registry import GROUP, Registry
from dashboard.board import Board
from dashboard.opening import open_house
from dashboard.settings import Settings
from dashboard.store.records import Batch


class Clock:
    """A clock that stands until a test lets time pass."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now

    def pass_(self, **length):
        self.now += timedelta(**length)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def house(tmp_path):
    names = ("Letters", "Buggy", "Feeds")
    entries = [EntryPoint(name.lower(), f"board_connectors:{name}", GROUP) for name in names]
    entries.append(EntryPoint("broken", "no_such_module:Thing", GROUP))
    house = open_house(Settings(data=tmp_path / "data"), registry=Registry(entries))
    yield house
    house.store.close()


@pytest.fixture
def board(house, clock):
    return Board(house, clock)


@pytest.fixture
def ada(board):
    return board.me().id


@pytest.fixture
def bob(board):
    return board.store.enroll("bob@example.org", name="Bob").id


@pytest.fixture
def letters(board, ada):
    _, source = board.sources.add(ada, "letters", "Letters", {"address": "box", "password": "open sesame"})
    return source


@pytest.fixture
def arrive(board, clock):
    """Put items into a source as a sync would, and return their ids in the store by their id at the source."""

    def arrive(source, *items):
        batch = Batch(items=[(item, f"raw {item.id}") for item in items])
        board.store.engine.commit(source.id, None, batch, now=clock())
        person = source.owner
        return {facts.key: facts.id for facts in board.store.facts(person)}

    return arrive
