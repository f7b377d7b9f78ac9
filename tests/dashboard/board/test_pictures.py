"""The figures behind the pictures, from a real store."""

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from connectors.kit import Item, Kind, Person
from dashboard.board import Board
from dashboard.board.records import Place
from dashboard.opening import open_house
from dashboard.settings import Settings
from dashboard.store.records import Batch, Health

NOW = datetime(2026, 11, 18, 14, 30, tzinfo=UTC)


@pytest.fixture
def clock():
    return [NOW]


@pytest.fixture
def board(tmp_path, clock):
    house = open_house(Settings(data=tmp_path / "data"))
    yield Board(house, lambda: clock[0])
    house.store.close()


@pytest.fixture
def source(board):
    return board.store.add_source(
        board.me().id, connector="feeds", title="A", options={"address": "/x"}, every=900.0, due_at=NOW
    )


def give(board, source, *ages, **fields):
    items = [
        Item(id=f"{age}", kind=Kind.MAIL, title=f"Title {age}", author=Person("Ada"), created=NOW - age, **fields)
        for age in ages
    ]
    board.store.engine.commit(source.id, None, Batch(items=[(item, "raw") for item in items]), now=NOW)


def settle(board, source, at, health, failure=None):
    engine = board.store.engine
    engine.claim_one(source.id, "w", now=at, until=at + timedelta(minutes=1))
    engine.settle(source.id, "w", now=at, health=health, due_at=None, every=900.0, failure=failure)


def test_the_day_begins_at_midnight_where_the_person_is(board, source):
    give(board, source, timedelta(minutes=5), timedelta(hours=1), timedelta(hours=14), timedelta(hours=20))
    person = board.me()
    hours = board.pictures.day(person.id, ZoneInfo("America/New_York"))
    assert hours[0].begin == datetime(2026, 11, 18, 5, tzinfo=UTC)
    assert len(hours) == 10
    assert [hour.count for hour in hours] == [0] * 8 + [1, 1]
    assert hours[-1].kinds == {"mail": 1}
    assert hours[-1].places == {Place.SHOWN: 1}


def test_how_a_source_was_has_no_gap_and_begins_where_the_source_does(board, source, clock):
    settle(board, source, NOW - timedelta(days=3), Health.OK)
    settle(board, source, NOW - timedelta(days=1), Health.FAILING, "Unavailable")
    settle(board, source, NOW - timedelta(hours=2), Health.OK)
    spans = board.pictures.health(board.me().id, source.id, timedelta(days=7))
    assert [span.health for span in spans] == [Health.OK, Health.FAILING, Health.OK]
    assert [span.failure for span in spans] == [None, "Unavailable", None]
    assert [span.length for span in spans] == [
        timedelta(days=2),
        timedelta(hours=22),
        timedelta(hours=2),
    ]
    assert all(one.end == later.begin for one, later in itertools.pairwise(spans))


def test_what_was_the_case_before_the_picture_begins_is_in_it(board, source):
    settle(board, source, NOW - timedelta(days=3), Health.FAILING, "Unavailable")
    (span,) = board.pictures.health(board.me().id, source.id, timedelta(days=2))
    assert (span.health, span.failure, span.length) == (Health.FAILING, "Unavailable", timedelta(days=2))


def test_nobody_sees_how_the_source_of_another_was(board, source):
    settle(board, source, NOW - timedelta(days=3), Health.OK)
    bob = board.store.enroll("bob@example.org")
    assert [span.health for span in board.pictures.health(bob.id, source.id, timedelta(days=7))] == [None]


def test_a_source_that_falls_silent_is_told(board, source, clock):
    give(board, source, *(timedelta(hours=n) for n in range(0, 20 * 24, 4)))
    assert board.pictures.silent(board.me().id) == {}
    clock[0] = NOW + timedelta(days=2)
    assert list(board.pictures.silent(board.me().id)) == [source.id]


def test_where_an_item_stands_is_told_until_it_is_done(board, source):
    give(board, source, timedelta(minutes=5), timedelta(hours=1))
    person = board.me()
    entry = board.listing.ranking(person.id).order[1]
    standing = board.pictures.standing(person.id, entry)
    assert standing.now == (Place.SHOWN, 2, 2)
    assert len(standing.without) <= len(board.listing.open(person.id, entry).why)
    board.marks.done(person.id, [entry])
    assert board.pictures.standing(person.id, entry) is None


def test_muting_a_source_is_for_the_person_alone_and_can_be_ended(board, source):
    person = board.me()
    assert board.sources.mute(person.id, source.id, muted=True)
    assert board.sources.all(person.id)[0].muted
    assert board.sources.mute(person.id, source.id, muted=False)
    assert not board.sources.all(person.id)[0].muted
    assert not board.sources.mute(board.store.enroll("bob@example.org").id, source.id, muted=True)


def test_feeds_of_a_list_that_are_no_addresses_of_the_web_are_named(board):
    document = b"""<opml version="2.0"><body><outline text="a" xmlUrl="https://a.example/feed"/>
    <outline text="b" xmlUrl="/etc/passwd"/></body></opml>"""
    assert [feed.title for feed in board.sources.left_out(document)] == ["b"]
