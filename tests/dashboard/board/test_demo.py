"""The made-up day on a person's own page: read by the real connectors, and gone without a trace."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.kit.registry import Registry
from dashboard.board import Board
from dashboard.opening import open_house
from dashboard.settings import Settings
from dashboard.store.records import Health
from dashboard.worker import Worker

NOW = datetime(2026, 3, 12, 15, tzinfo=UTC)


def opened(folder: Path, **settings):
    return open_house(Settings(data=folder, files={"folders": ()}, **settings), registry=Registry.find())


@pytest.fixture
def house(tmp_path):
    house = opened(tmp_path / "data")
    yield house
    house.store.close()


@pytest.fixture
def board(house):
    return Board(house, clock=lambda: NOW)


@pytest.fixture
def read(house):
    """Fetch every source of a person once, as the worker would."""
    worker = Worker(house.store.engine, house.connections, house.settings.sync, clock=lambda: NOW)

    def read(person):
        for source in house.store.sources(person):
            worker.once(source.id)

    return read


def test_the_made_up_day_is_read_from_files_by_the_ordinary_connectors(board, ada, read):
    board.demo.add(ada)
    read(ada)
    sources = board.sources.all(ada)
    assert {"mailbox", "slack_export", "calendar", "feeds"} == {source.connector for source in sources}
    assert all(source.title.startswith("Demo: ") for source in sources)
    assert [source.health for source in sources].count(Health.FAILING) == 1
    today = board.listing.today(ada)
    assert today.total.arrived > 350
    assert set(board.listing.kinds(ada)) >= {"mail", "chat", "news", "event", "task"}
    assert "Cold store roof" in "".join(row.entry.item.title for row in today.rows[:10])


def test_the_demo_goes_with_one_click_and_takes_nothing_real_along(board, ada, read, tmp_path):
    feed = tmp_path / "real.xml"
    feed.write_text("<rss><channel><title>Real</title></channel></rss>")
    _, real = board.sources.add(ada, "feeds", "Real", {"address": str(feed)}, check=False)
    board.demo.add(ada)
    read(ada)
    assert board.demo.on(ada)
    assert board.listing.today(ada).total.arrived > 350
    board.demo.remove(ada)
    assert not board.demo.on(ada)
    assert [source.id for source in board.sources.all(ada)] == [real.id]
    assert board.listing.today(ada).total.arrived == 0
    assert not list((tmp_path / "data" / "demo").iterdir())


def test_a_demo_source_that_was_pointed_at_a_real_file_stays(board, ada, tmp_path):
    board.demo.add(ada)
    source = next(source for source in board.sources.all(ada) if source.connector == "mailbox")
    hidden = tmp_path / "data" / "demo" / ".." / ".." / "mine.mbox"
    board.store.change_source(ada, source.id, options={"path": str(hidden)})
    board.demo.remove(ada)
    assert [left.id for left in board.sources.all(ada)] == [source.id]


def test_a_second_click_adds_nothing_twice(board, ada):
    board.demo.add(ada)
    before = board.sources.all(ada)
    board.demo.add(ada)
    assert board.sources.all(ada) == before


def test_each_person_has_a_demo_of_their_own(board, ada, bob):
    board.demo.add(ada)
    board.demo.add(bob)
    board.demo.remove(ada)
    assert board.demo.on(bob)
    assert not board.demo.on(ada)
    assert all(Path(next(iter(s.options.values()))).exists() for s in board.sources.all(bob))


def test_the_demo_opens_its_own_folder_and_no_other(board, ada, tmp_path):
    (tmp_path / "data" / "secret.mbox").write_text("From a\nSubject: secret\n\n")
    board.demo.add(ada)
    refused = board.sources.check("mailbox", {"path": str(tmp_path / "data" / "secret.mbox")})
    assert refused.failure == "Misconfigured"


@pytest.mark.parametrize(
    "settings",
    [
        {"web": {"address": "https://desk.example.org"}},
        {"login": {"issuer": "https://login.example.org", "client_id": "frontdesk"}},
    ],
    ids=["behind a proxy", "with a login"],
)
def test_where_others_can_open_the_page_no_demo_is_offered_and_no_folder_opened(settings, tmp_path):
    house = opened(tmp_path / "data", **settings)
    board = Board(house, clock=lambda: NOW)
    person = board.me().id
    board.demo.add(person)
    assert not board.demo.offered
    assert not board.demo.on(person)
    assert board.sources.all(person) == []
    house.store.close()


def test_the_same_moment_gives_the_same_day_in_either_language(board, ada, bob):
    board.demo.add(ada, "de")
    board.demo.add(bob, "en")

    def files(person):
        folder = board.demo.folder / str(person)
        return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}

    assert "Demo: Kalender" in [source.title for source in board.sources.all(ada)]
    assert files(ada) == files(bob)
