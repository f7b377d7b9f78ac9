"""What is remembered of a room stays small and right."""

import json

import pytest

from connectors.kit import Change, Read
from connectors.matrix import rooms
from connectors.matrix.rooms import Room

ME = "@mina:hs.test"


def message(number: int, thread: str | None = None) -> dict:
    related = {"m.relates_to": {"rel_type": "m.thread", "event_id": thread}} if thread else {}
    return {"event_id": f"$e{number}", "sender": "@bob:hs.test", "origin_server_ts": number, "content": related}


@pytest.fixture
def room() -> Room:
    return Room("!r", {"title": "Kitchen"}, ME)


def test_a_receipt_changes_exactly_the_messages_it_covers(room):
    assert all(room.is_unread(message(number)) for number in (1, 2, 3))
    assert list(room.mark("", 2)) == [Change(id=f"!r/$e{number}", unread=False) for number in (1, 2)]
    assert list(room.mark("", 2)) == []
    assert not room.is_unread(message(2))


def test_a_receipt_never_moves_back(room):
    list(room.mark("main", 5))
    list(room.mark("main", 3))
    assert not room.is_unread(message(4))


def test_a_backlog_too_long_to_remember_is_marked_as_a_whole(room, monkeypatch):
    monkeypatch.setattr(rooms, "KEPT", 3)
    for number in range(1, 6):
        room.is_unread(message(number))
    assert len(room.known["unread"]) == 3
    read, *changes = room.mark("main", 5)
    assert isinstance(read, Read)
    assert (read.channel, read.until.timestamp()) == ("Kitchen", 0.005)
    assert [change.id for change in changes] == ["!r/$e3", "!r/$e4", "!r/$e5"]


def test_what_is_remembered_has_a_limit(room, monkeypatch):
    monkeypatch.setattr(rooms, "THREADS", 10)
    monkeypatch.setattr(rooms, "EDITS", 10)
    for number in range(1, 50):
        list(room.mark(f"$root{number}", number))
        edit = message(number) | {"content": {"m.relates_to": {"rel_type": "m.replace", "event_id": "$e"}}}
        room.edited(edit, None)
    assert len(room.known["read"]) <= 10
    assert len(room.known["edits"]) <= 10
    assert "$root49" in room.known["read"]
    assert json.loads(json.dumps(room.known)) == room.known


@pytest.mark.parametrize(
    ("known", "name"),
    [
        ({"name": "Kitchen", "alias": "#k:hs.test"}, "Kitchen"),
        ({"name": "", "alias": "#k:hs.test"}, "#k:hs.test"),
        ({"heroes": ["@bob:hs.test", "@eve:hs.test"]}, "Bob, @eve:hs.test"),
        ({}, "!r"),
    ],
)
def test_a_room_has_the_name_that_people_know(known, name):
    assert Room("!r", known, ME).place({"@bob:hs.test": "Bob"}, [], set()).name == name
