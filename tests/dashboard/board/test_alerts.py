"""Interruptions happen only where a person allowed them, once for each item, and so many a day."""

from datetime import UTC, timedelta

import pytest

from connectors.kit import Item, Kind
from dashboard.board.records import Alert, Choice
from dashboard.store.records import Batch


@pytest.fixture
def person(board):
    return board.me()


@pytest.fixture
def meet(board, person):
    """Return a function that brings in an event which begins in so many minutes, and gives its entry."""
    adds = {"connector": "feeds", "title": "Calendar", "options": {}, "every": 900.0, "due_at": None}
    source = board.store.add_source(person.id, **adds)

    def arrive(name, minutes, **fields):
        start = board.now() + timedelta(minutes=minutes)
        item = Item(id=name, kind=Kind.EVENT, title=name, start=start, end=start + timedelta(hours=1), **fields)
        board.store.engine.commit(source.id, None, Batch(items=[(item, "")]), now=board.now())

    return arrive


def titles(board, person):
    return [alert.title for alert in board.alerts.due(person.id, UTC)]


def test_nobody_is_interrupted_who_did_not_ask_for_it(board, person, meet):
    meet("Stand-up", 30)
    assert board.alerts.choice(person.id) == Choice(first=False, budget=8)
    assert titles(board, person) == []


def test_what_begins_within_the_hour_interrupts_and_says_its_title_and_no_more(board, person, meet):
    board.alerts.choose(person.id, Choice(first=True))
    meet("Stand-up", 30, text="the door code is 4711")
    meet("Next week", 7 * 24 * 60)
    [alert] = board.alerts.due(person.id, UTC)
    assert alert == Alert(entry=alert.entry, author="Calendar", title="Stand-up")


def test_one_item_interrupts_once(board, person, meet):
    board.alerts.choose(person.id, Choice(first=True))
    meet("Stand-up", 30)
    [alert] = board.alerts.due(person.id, UTC)
    board.alerts.told(person.id, [alert.entry], UTC)
    assert titles(board, person) == []


def test_no_more_interruptions_than_the_budget_of_the_day(board, person, meet):
    board.alerts.choose(person.id, Choice(first=True, budget=2))
    for n in range(4):
        meet(f"Meeting {n}", 20 + n)
    due = board.alerts.due(person.id, UTC)
    assert len(due) == 2
    board.alerts.told(person.id, [alert.entry for alert in due], UTC)
    assert titles(board, person) == []


def test_what_is_done_interrupts_nobody(board, person, meet):
    board.alerts.choose(person.id, Choice(first=True))
    meet("Stand-up", 30)
    [alert] = board.alerts.due(person.id, UTC)
    board.marks.done(person.id, [alert.entry])
    assert titles(board, person) == []


def test_the_budget_of_a_day_is_whole_again_on_the_next(board, person, meet, clock):
    board.alerts.choose(person.id, Choice(first=True, budget=1))
    meet("Stand-up", 30)
    [alert] = board.alerts.due(person.id, UTC)
    board.alerts.told(person.id, [alert.entry], UTC)
    meet("Review", 40)
    assert titles(board, person) == []
    clock.pass_(days=1)
    meet("Retrospective", 30)
    assert titles(board, person) == ["Retrospective"]


def test_what_came_while_nobody_could_be_told_is_no_news_any_more(board, person, meet, clock):
    board.alerts.choose(person.id, Choice(first=True))
    meet("Stand-up", 50)
    assert titles(board, person) == ["Stand-up"]
    clock.pass_(minutes=20)
    assert titles(board, person) == []
