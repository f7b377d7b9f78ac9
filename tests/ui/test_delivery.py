"""A list is sent as what has changed, and whatever is lost on the way the page ends with the rows as they are."""

import pytest

from connectors.kit import Item, Kind
from dashboard.i18n import Translator
from dashboard.store.records import Batch
from dashboard.ui.parts import delivery as module
from dashboard.ui.parts.delivery import Delivery
from dashboard.ui.parts.inbox import row_data

EN = Translator("en")
LOOK = "today"


class Page:
    """What a browser keeps of the messages that reach it."""

    def __init__(self):
        self.of = self.rows = None
        self.seen = 0
        self.sheet = {}

    def receive(self, message):
        if message["of"] != self.of:
            self.of, self.sheet = message["of"], {}
        self.sheet |= {number: row["title"] for number, row in message["rows"]}
        if any(number not in self.sheet for number in message["order"]):
            return False
        self.rows = [self.sheet[number] for number in message["order"]]
        self.seen = message["message"]
        return True


@pytest.fixture
def source(board, person):
    fields = {"connector": "feeds", "options": {"address": "/x"}, "every": 900.0, "due_at": None}
    return board.store.add_source(person.id, title="Office", **fields)


def arrive(board, source, *titles, key=None):
    items = [Item(id=key or t, kind=Kind.CHAT, title=t, direct=True, received=board.now()) for t in titles]
    board.store.engine.commit(source.id, None, Batch(items=[(item, "raw") for item in items]), now=board.now())


@pytest.fixture
def listed(board, person, source):
    arrive(board, source, *(f"Title {n}" for n in range(20)))


def send(board, person, delivery, look=LOOK):
    """Return the next message, as the page of the list makes it."""
    today = board.listing.today(person.id, known=delivery.known(look))
    return delivery.message(today.rows, lambda row: row_data(row, EN), today.versions)


def titles(board, person):
    return [row.entry.item.title for row in board.listing.today(person.id).rows]


def first(board, person):
    return board.listing.today(person.id).listed[0]


def test_after_an_action_only_the_row_that_changed_is_sent(board, person, listed):
    delivery, page = Delivery(), Page()
    page.receive(send(board, person, delivery))
    board.marks.pin(person.id, [first(board, person)])
    message = send(board, person, delivery)
    assert len(message["rows"]) == 1
    assert message["rows"][0][1]["pinned"]
    board.marks.done(person.id, [first(board, person)])
    assert send(board, person, delivery)["rows"] == []


def test_only_rows_that_changed_are_made_anew(board, person, listed):
    delivery = Delivery()
    send(board, person, delivery)
    board.marks.pin(person.id, [first(board, person)])
    assert len(board.listing.today(person.id, known=delivery.known(LOOK)).rows) == 1


def test_a_page_that_gets_every_message_has_the_rows_as_they_are(board, person, source, listed):
    delivery, page = Delivery(), Page()
    for step in range(6):
        assert page.receive(send(board, person, delivery))
        assert page.rows == titles(board, person)
        board.marks.done(person.id, [first(board, person)])
        arrive(board, source, f"Later {step}")
    board.marks.undo(person.id)
    assert page.receive(send(board, person, delivery))
    assert page.rows == titles(board, person)


@pytest.mark.parametrize("lost", [{1}, {2}, {1, 2}, {2, 3}])
def test_what_was_in_a_message_that_never_came_is_sent_again(board, person, source, listed, lost):
    delivery, page = Delivery(), Page()
    page.receive(send(board, person, delivery))
    for step in range(1, 5):
        arrive(board, source, f"Later {step}")
        delivery.seen(page.seen)  # as a page says with everything it sends
        message = send(board, person, delivery)
        if step not in lost:
            assert page.receive(message)
            assert page.rows == titles(board, person)


def test_a_page_that_said_nothing_sees_that_it_misses_a_row(board, person, source, listed):
    delivery, page = Delivery(), Page()
    page.receive(send(board, person, delivery))
    arrive(board, source, "Lost")
    send(board, person, delivery)
    assert not page.receive(send(board, person, delivery)), "it would show a list without the row"
    assert page.receive(send(board, person, Delivery()))
    assert page.rows == titles(board, person)


def test_a_title_that_changes_in_the_source_changes_on_the_page(board, person, source, listed):
    delivery, page = Delivery(), Page()
    page.receive(send(board, person, delivery))
    arrive(board, source, "Another title", key="Title 3")
    page.receive(send(board, person, delivery))
    assert "Another title" in page.rows
    assert "Title 3" not in page.rows


def test_a_source_that_is_called_otherwise_is_called_so_in_every_row(board, person, source, listed):
    delivery = Delivery()
    send(board, person, delivery)
    board.store.change_source(person.id, source.id, title="Workshop")
    assert len(send(board, person, delivery)["rows"]) == 20


def test_a_profile_that_changes_makes_every_reason_anew(board, person, listed):
    delivery = Delivery()
    send(board, person, delivery)
    board.profiles.save(person.id, board.profiles.read(person.id) | {"kinds": {"chat": 1}})
    assert len(board.listing.today(person.id, known=delivery.known(LOOK)).rows) == 20


def test_another_list_has_all_its_rows_made(board, person, listed):
    delivery = Delivery()
    send(board, person, delivery)
    assert len(board.listing.today(person.id, known=delivery.known("another")).rows) == 20


def test_what_ages_in_a_row_is_never_older_than_a_minute(board, person, listed, monkeypatch):
    delivery = Delivery()
    send(board, person, delivery)
    assert len(delivery.known(LOOK)) == 20
    later = module.monotonic() + 61
    monkeypatch.setattr(module, "monotonic", lambda: later)
    assert delivery.known(LOOK) == {}


def test_of_a_long_list_not_all_is_made_anew_at_once_and_what_stands_first_is_first(monkeypatch, board, person, source):
    arrive(board, source, *(f"Title {n}" for n in range(300)))
    delivery = Delivery()

    def look():
        today = board.listing.today(person.id, limit=1000, known=delivery.known(LOOK))
        delivery.message(today.rows, lambda row: row_data(row, EN), today.versions)
        return today

    look()
    later = module.monotonic() + 61
    monkeypatch.setattr(module, "monotonic", lambda: later)
    today = look()
    assert len(today.rows) == 200
    assert {row.entry.id for row in today.rows} > set(today.listed[:50])
    assert len(look().rows) == 100


def test_a_row_that_is_gone_before_it_could_be_read_is_left_out(board, person, source, listed):
    delivery, page = Delivery(), Page()
    today = board.listing.today(person.id)
    page.receive(delivery.message(today.rows[1:], lambda row: row_data(row, EN), today.versions))
    assert page.rows == [row.entry.item.title for row in today.rows[1:]]
