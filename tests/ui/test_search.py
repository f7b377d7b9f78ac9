"""Search as a person meets it: narrowed by chips, kept for later, each hit with where it stands."""

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from connectors.kit import Item, Kind, Person
from dashboard.board.records import Place
from dashboard.board.searches import MOST
from dashboard.i18n import LANGUAGES, Translator
from dashboard.store.records import Batch
from dashboard.ui.parts import inbox


@pytest.fixture
def items(board, person):
    source = board.store.add_source(
        person.id, connector="imap", title="Mail", options={}, every=900.0, due_at=board.now()
    )
    now = board.now()

    def item(number, **fields):
        fields = {"kind": Kind.MAIL, "created": now - timedelta(hours=number), "title": f"Budget {number}"} | fields
        return Item(id=str(number), author=Person("Ada", "ada@x.example"), **fields)

    items = [
        item(1),
        item(2, bulk=True),
        item(3),
        item(4, kind=Kind.CHAT),
        item(5, created=now - timedelta(days=90)),
        *(item(100 + n, title=f"Minutes {n}") for n in range(60)),
    ]
    board.store.engine.commit(source.id, None, Batch(items=[(one, "raw") for one in items]), now=now)
    found = board.listing.search(person.id, "title:budget 3").rows
    board.marks.done(person.id, [found[0].entry.id])


def run(board, person, text="", language="en", **query):
    def script(board, person, t):
        from dashboard.ui.views import search

        search.show(board, person, t)

    kwargs = {"board": board, "person": person, "t": Translator(language)}
    app = AppTest.from_function(script, kwargs=kwargs, default_timeout=30)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    if text:
        app.text_input(key="q").set_value(text).run()
    assert not app.exception
    return app


def said(app):
    return "\n".join(str(element.value) for element in (*app.markdown, *app.caption, *app.header))


def painted(app):
    return "".join(str(one.proto) for one in app.get("bidi_component"))


@pytest.mark.parametrize(
    ("language", "places"),
    [("en", ("waiting for a break", "done", "older than 30 days")), ("de", ("auf eine Pause wartend", "erledigt"))],
)
def test_every_hit_that_is_not_in_the_list_says_where_it_is(board, person, items, language, places):
    shown = painted(run(board, person, "title:budget", language))
    assert all(place in shown for place in places)


def test_a_hit_that_is_older_than_the_lists_stands_below_those_in_them(board, person, items):
    places = [row.place for row in board.listing.search(person.id, "title:budget").rows]
    assert places.index(None) > max(places.index(Place.SHOWN), places.index(Place.HELD))


def test_hits_stand_under_no_heading_of_the_list(board, person, items):
    found = board.listing.search(person.id, "title:budget").rows
    board.marks.pin(person.id, [next(row.entry.id for row in found if row.place is Place.SHOWN)])
    shown = painted(run(board, person, "title:budget"))
    assert "You pinned it" in shown
    assert '"first"' not in shown


def test_chips_narrow_what_was_typed(board, person, items):
    app = run(board, person, "budget")
    assert "5 of 5 items" in said(app)
    app.pills(key="only").set_value(["chat"]).run()
    assert "1 of 1 item" in said(app)
    app.pills(key="only").set_value(["chat", "mail", "week"]).run()
    assert "4 of 4 items" in said(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_address_means_the_same_in_every_language(board, person, items, language):
    app = run(board, person, "budget", language, only="chat,mail,nonsense")
    assert set(app.pills(key="only").value) == {"chat", "mail"}
    app.pills(key="only").set_value(["chat"]).run()
    assert app.query_params["only"] == "chat"
    app.query_params["only"] = "chat,week"
    app.run()
    assert set(app.pills(key="only").value) == {"chat", "week"}
    app.pills(key="only").set_value([]).run()
    assert "only" not in app.query_params


def test_chips_alone_are_a_search(board, person, items):
    app = run(board, person)
    app.pills(key="only").set_value(["held"]).run()
    assert "1 of 1 item" in said(app)


def test_hits_behind_the_first_ones_can_be_reached(board, person, items):
    app = run(board, person, "minutes")
    assert "50 of 60 items" in said(app)
    app.button(key="search.more").click().run()
    assert "60 of 60 items" in said(app)


def test_a_search_is_kept_and_forgotten(board, person, items):
    app = run(board, person, "budget from:ada")
    app.button(key="search.keep").click().run()
    assert board.searches.all(person.id) == ["budget from:ada"]
    app.button(key="search.keep").click().run()
    assert board.searches.all(person.id) == []


def test_the_newest_kept_searches_stand_first_and_belong_to_one_person(board, person):
    for number in range(MOST + 5):
        board.searches.keep(person.id, f"word{number}")
    board.searches.keep(person.id, "  word10 ")
    board.searches.keep(person.id, " ")
    kept = board.searches.all(person.id)
    assert kept[:2] == ["word10", f"word{MOST + 4}"]
    assert len(kept) == MOST == len(set(kept))
    assert board.searches.all(board.store.enroll("bob@example.org").id) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_search_explains_itself(board, person, language):
    assert "|---|" in said(run(board, person, language=language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_search_that_finds_more_than_is_looked_at_says_so(board, person, items, language, monkeypatch):
    told = Translator(language)("search.cut", count=60)
    monkeypatch.setattr("dashboard.board.listing._CANDIDATES", 60)
    assert told not in said(run(board, person, "minutes", language))
    assert told in said(run(board, person, "from:ada", language))


def test_a_search_is_told_of_what_is_new(board, person, items):
    rev = board.listing.rev(person.id)
    assert f'"rev\\": {rev}' in painted(run(board, person, "minutes"))
    assert f'"rev\\": {rev}' in painted(run(board, person, "nothing of the kind"))


def test_a_hit_in_a_title_is_marked_there_and_not_said_twice(board, person, items):
    row = next(
        row for row in board.listing.search(person.id, "title:budget").rows if row.entry.item.title == "Budget 1"
    )
    told = inbox.row_data(row, Translator("en"), None)
    assert told["title"] == "\x02Budget\x03 1"
    assert "snippet" not in told
