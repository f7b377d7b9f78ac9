"""What looking at the page costs, told without a clock: questions to the database, bytes, connections, libraries."""

import gc
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from connectors.kit import Item, Kind, Person
from dashboard.board import Board
from dashboard.i18n import Translator
from dashboard.opening import open_house
from dashboard.settings import Settings
from dashboard.store.records import Batch
from dashboard.ui import warming, wiring
from dashboard.ui.parts.inbox import row_data

TIMEOUT = 60
QUESTIONS = 30
"""Statements of one run of Today, transactions not counted; what it needs does not grow with the rows."""
ROW_BYTES = 1100
VIEWS = ("today", "search", "sources", "profile")


def fill(board, person, count):
    store, now = board.store, board.now()
    fields = {"connector": "feeds", "options": {"address": "http://127.0.0.1:9/"}, "every": 900.0, "due_at": None}
    source = store.add_source(person.id, title="News", **fields)
    items = [
        Item(
            id=str(n),
            kind=Kind.NEWS,
            title=f"Title {n} about the harbour budget",
            text="What the council said about it today. " * 20,
            author=Person(f"Author {n % 40}", f"author{n % 40}@example.org"),
            received=now,
        )
        for n in range(count)
    ]
    store.engine.commit(source.id, None, Batch(items=[(item, "raw") for item in items]), now=now)


def show(view, board, person):
    def script(view, board, person, t):
        from importlib import import_module

        import_module(f"dashboard.ui.views.{view}").show(board, person, t)

    kwargs = {"view": view, "board": board, "person": person, "t": Translator("en")}
    app = AppTest.from_function(script, kwargs=kwargs, default_timeout=TIMEOUT).run()
    assert not app.exception
    return app


@pytest.fixture
def asked():
    """Gather every statement that any thread sends to a database."""
    statements = []

    def gather(_connection, _cursor, statement, *_):
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", gather)
    yield statements
    sa.event.remove(sa.Engine, "before_cursor_execute", gather)


def test_today_asks_the_database_a_bounded_number_of_questions_however_long_the_list(board, person, asked):
    counts = []
    for rows in (20, 400):
        fill(board, person, rows)
        show("today", board, person)  # the first look of a process reads everything once
        asked.clear()
        app = show("today", board, person)
        counts.append(len(asked))
    assert app.get("bidi_component")
    assert max(counts) <= QUESTIONS, asked
    assert counts[1] <= counts[0] + 2, "what is asked grows with the rows"


connected = []
listening = []


def _hook(event, args):
    if listening and event in {"socket.connect", "socket.getaddrinfo", "socket.sendto"}:
        connected.append((event, args))


sys.addaudithook(_hook)  # cannot be taken away again; it is deaf unless a test listens


@pytest.mark.parametrize("view", VIEWS)
def test_nobody_who_looks_at_a_view_waits_for_a_backend(board, person, view):
    fill(board, person, 30)
    listening.append(True)
    connected.clear()
    try:
        show(view, board, person)
    finally:
        listening.clear()
    assert connected == []


def test_two_thousand_rows_are_sent_in_few_bytes(board, person):
    fill(board, person, 2000)
    today = board.listing.today(person.id, limit=2000)
    assert len(today.rows) == 2000
    t = Translator("en")
    assert sum(len(str(row_data(row, t))) for row in today.rows) < 2000 * ROW_BYTES


def look_at_today(folder):
    """Show Today in its frame, in a process of its own; return which of the large libraries that has loaded."""
    board = Board(open_house(Settings(data=Path(folder))))
    person = board.me()
    fill(board, person, 60)
    show("today", board, person)

    def frame(board, person, t):
        from dashboard.ui.parts import shell

        shell.show(board, person, t)

    kwargs = {"board": board, "person": person, "t": Translator("en")}
    app = AppTest.from_function(frame, kwargs=kwargs, default_timeout=TIMEOUT).run()
    assert not app.exception
    return sorted({"pandas", "pyarrow"} & set(sys.modules))


def test_looking_at_today_loads_no_data_frames(tmp_path):
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import test_lean; print(test_lean.look_at_today(sys.argv[2]))"
    )
    command = [sys.executable, "-c", script, str(Path(__file__).parent), str(tmp_path / "data")]
    told = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False, timeout=120)
    assert told.stdout.strip().endswith("[]"), told.stdout + told.stderr


def test_a_page_that_warmed_up_has_the_first_list_in_order_and_collects_garbage_as_before(board, person, monkeypatch):
    fill(board, person, 30)
    monkeypatch.setattr(wiring, "board", lambda: board)
    warming.warm()
    assert gc.isenabled()
    assert board.listing.desk(person.id)._view is not None
    gc.unfreeze()


def test_a_store_that_cannot_be_opened_is_left_to_the_first_visitor(monkeypatch):
    def broken():
        raise OSError("no disk")

    monkeypatch.setattr(wiring, "board", broken)
    warming.warm()
    assert gc.isenabled()
