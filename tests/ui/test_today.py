"""The page of every morning, without a browser: what its keys do, what it tells of itself, and what it is asked for."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from connectors.kit import Item, Kind, Person
from dashboard.board import StoreError
from dashboard.board.records import Filter, Place, Reason
from dashboard.i18n import Translator
from dashboard.store.records import Batch, Health
from dashboard.ui.parts import inbox, overview
from dashboard.ui.parts.overview import Look, look
from dashboard.ui.parts.triage import Action, carry_out
from dashboard.ui.views import today

EN = Translator("en")
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday


@pytest.fixture
def source(board, person):
    source = board.store.add_source(
        person.id, connector="feeds", title="A *feed*", options={"address": "/x"}, every=900.0, due_at=board.now()
    )
    arrive(board, source, *(item(board, str(n)) for n in range(3)))
    return source


def item(board, key, **fields):
    told = {"kind": Kind.CHAT, "title": f"Title {key}", "text": "Some text", "author": Person("Ada")}
    return Item(id=key, received=board.now(), **told | fields)


def arrive(board, source, *items):
    board.store.engine.commit(source.id, None, Batch(items=[(one, "raw") for one in items]), now=board.now())


def run(board, person, language="en", **query):
    def script(board, person, t):
        from dashboard.ui.views import today

        today.show(board, person, t)

    app = AppTest.from_function(
        script, kwargs={"board": board, "person": person, "t": Translator(language)}, default_timeout=30
    )
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def painted(app):
    return str([component.proto for component in app.get("bidi_component")])


def titles(board, person, **look):
    return [row.entry.item.title for row in board.listing.today(person.id, **look).rows]


def entry(board, person, title):
    return next(row.entry.id for row in board.listing.today(person.id).rows if row.entry.item.title == title)


def do(board, person, verb, *ids, choice=""):
    return carry_out(board, person, Action("p", 1, verb, ids, choice), UTC)


def talk(board, person, source):
    arrive(board, source, *(item(board, f"t{n}", title="Talk", thread="t") for n in "ab"))
    return next(row for row in board.listing.today(person.id).rows if row.count == 2)


@pytest.mark.parametrize("verb", ["done", "snooze"])
def test_what_is_done_with_a_row_is_done_with_its_whole_conversation_and_taken_back_with_it(
    verb, board, person, source
):
    row = talk(board, person, source)
    do(board, person, verb, row.entry.id)
    assert "Talk" not in titles(board, person)
    assert do(board, person, "undo").entry.item.title == "Talk"
    assert talk(board, person, source).entry.id == row.entry.id


def test_a_pinned_conversation_is_let_go_of_whichever_of_its_messages_was_pinned(board, person, source):
    row = talk(board, person, source)
    do(board, person, "pin", row.entry.id)
    arrive(board, source, item(board, "tc", title="Talk", thread="t"))
    newest = next(row for row in board.listing.today(person.id).rows if row.count == 3)
    thread = board.store.entries(person.id, board.listing.conversation(person.id, newest.entry.id))
    assert [one.id for one in thread if one.mark.pinned] == [row.entry.id]
    do(board, person, "unpin", newest.entry.id)
    assert not any(row.entry.mark.pinned for row in board.listing.today(person.id).rows)
    assert not board.store.entries(person.id, [row.entry.id])[0].mark.pinned


def test_many_rows_at_once_are_one_step(board, person, source):
    do(board, person, "done", *(row.entry.id for row in board.listing.today(person.id).rows))
    assert titles(board, person) == []
    do(board, person, "undo")
    assert len(titles(board, person)) == 3


def test_what_was_muted_or_done_is_put_back_from_its_own_list(board, person, source):
    one, other = entry(board, person, "Title 0"), entry(board, person, "Title 1")
    do(board, person, "mute", one, choice="thread")
    do(board, person, "done", other)
    do(board, person, "back", one)
    do(board, person, "back", other)
    assert sorted(titles(board, person)) == ["Title 0", "Title 1", "Title 2"]


def test_what_no_page_sends_does_nothing(board, person, source):
    one = entry(board, person, "Title 0")
    do(board, person, "mute", one, choice="everything")
    do(board, person, "snooze", one, choice="1999-01-01T00:00")
    do(board, person, "done", 2**70, -1)
    do(board, person, "done")
    assert len(titles(board, person)) == 3
    assert do(board, person, "undo") is None


def reason(key, points=1.0, **args):
    return Reason(key, {"name": "Ada", **args}, points)


def test_two_reasons_that_say_the_same_are_one_chip():
    told = [reason("why.first.soon", 50), reason("why.soon", minutes=29), reason("why.direct")]
    assert inbox.chips(told, EN) == ["Begins in 29 minutes", "Addressed to you"]
    asked = [reason("why.first.ask", 50), reason("why.ask"), reason("why.person")]
    assert inbox.chips(asked, EN) == ["Ada, whom you chose, asks you"]
    assert inbox.chips([reason("why.first.soon", 50)], EN) == ["Begins within the hour, or runs now"]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("listed", ["", "held", "break", "done", "snoozed", "muted", "nonsense"])
def test_every_list_opens_by_its_address(board, person, source, language, listed):
    app = run(board, person, language, list=listed)
    assert not app.exception
    assert ("Title 1" in painted(app)) == (listed in ("", "nonsense"))


def test_an_address_keeps_what_was_chosen(board, person, source):
    arrive(board, source, item(board, "m", kind=Kind.MAIL, title="A letter", channel="inbox"))
    app = run(board, person, kind="mail", source=str(source.id), channel="inbox")
    assert "A letter" in painted(app)
    assert "Title 1" not in painted(app)
    app = run(board, person, kind="task")
    assert "Nothing like that here" in "\n".join(head.value for head in app.header)


@given(
    st.sampled_from(Place),
    st.booleans(),
    st.one_of(st.none(), st.text(min_size=1, max_size=20)),
    st.one_of(st.none(), st.integers(0, 10**12)),
    st.one_of(st.none(), st.text(max_size=50).filter(lambda text: text != "-")),
)
def test_what_a_person_looks_at_fits_into_an_address_and_back(place, tray, kind, source, channel):
    place = Place.HELD if tray else Place.SHOWN if place is Place.OWN else place
    at = Look(place, tray, Filter(kind, source, channel))
    assert look(at.query()) == at


@given(st.dictionaries(st.sampled_from(["list", "kind", "source", "channel"]), st.text(max_size=300)))
@example({"source": "9" * 5000})
def test_whatever_stands_in_an_address_is_looked_at_or_passed_over(query):
    look(query)


def test_the_sum_names_what_there_is_and_leads_to_each_list(board, person, source):
    do(board, person, "done", entry(board, person, "Title 0"))
    parts = overview.sums(board.listing.today(person.id).total, Look(), EN)
    assert [(part["count"], part["text"], part["look"]) for part in parts] == [
        (2, "here", {}),
        (0, "waiting for a break", {"list": "held"}),
        (1, "done", {"list": "done"}),
    ]


def test_filters_tell_how_much_there_is_of_each_and_keep_what_is_chosen(board, person, source):
    arrive(board, source, item(board, "a", channel="one"), item(board, "b", channel="two", kind=Kind.MAIL))
    at = Look(only=Filter(source=source.id))
    told = overview.choices(board.listing.today(person.id, only=at.only), at, EN)
    assert told["kinds"] == [["chat", "Chat", 4], ["mail", "Mail", 1]]
    assert told["sources"] == [[str(source.id), "A *feed*", 5]]
    assert told["channels"] == [["-", "(no channel)", 3], ["one", "one", 1], ["two", "two", 1]]
    at = Look(only=Filter(kind="task"))
    assert ["task", "Tasks", 0] in overview.choices(board.listing.today(person.id, only=at.only), at, EN)["kinds"]


def test_a_source_in_trouble_is_told_first_and_in_words(board, person, source):
    engine, now = board.store.engine, board.now()
    board.store.add_source(
        person.id, connector="feeds", title="Aaa", options={"address": "/y"}, every=900.0, due_at=now
    )
    engine.claim_one(source.id, "w", now=now, until=now)
    engine.settle(
        source.id, "w", now=now, health=Health.FAILING, due_at=now, every=9.0, failure="Unavailable", failures=1
    )
    first, second = overview.freshness(board.listing.today(person.id).sources, EN)
    assert (first["title"], first["state"]) == ("A *feed*", "Trouble")
    assert "cannot be reached" in first["cause"]
    assert (second["title"], second["read"]) == ("Aaa", None)


def test_a_break_hands_out_seven_things_and_says_how_many_wait_on(board, person, source):
    arrive(board, source, *(item(board, f"n{n}", bulk=True) for n in range(10)))
    assert "I take a break" in [button.label for button in run(board, person, list="held").button]
    app = run(board, person, list="break")
    assert "7 things for your break.** 3 more" in "\n".join(text.value for text in app.markdown)
    app.button(key="tray.done").click().run()
    assert not app.exception
    assert board.listing.today(person.id).total.held == 3
    assert dict(app.query_params) == {}
    assert len(board.marks.undo(person.id).step.entries) == 7
    assert board.listing.today(person.id).total.held == 10


def test_every_row_tells_only_texts_and_no_address_that_could_run(board, person, source):
    arrive(board, source, item(board, "x", title="Evil", url="javascript:alert(1)"))
    arrive(board, source, item(board, "y", title="Good", url="https://example.org/y"))
    rows = {row.entry.item.title: inbox.row_data(row, EN) for row in board.listing.today(person.id).rows}
    assert "url" not in rows["Evil"]
    assert rows["Good"]["url"] == "https://example.org/y"


@pytest.mark.parametrize("place", Place)
def test_a_row_that_left_the_list_or_can_be_put_back_says_so(board, person, source, place):
    data = inbox.row_data(board.listing.today(person.id).rows[0], EN, place)
    assert data.get("left", False) is (place not in (Place.SHOWN, Place.HELD))
    assert data.get("back", False) is (place in (Place.SNOOZED, Place.MUTED))


def test_what_a_locked_database_did_not_take_is_said_and_breaks_nothing(board, person, monkeypatch):
    def locked(*_):
        raise StoreError("database is locked")

    def script(board, person, t):
        from dashboard.ui.parts import triage

        triage.handler(board, person, t)(triage.Action("p", 1, "done", (1,)))
        assert triage.failed()
        assert not triage.failed()

    monkeypatch.setattr(board.marks, "done", locked)
    assert not AppTest.from_function(script, kwargs={"board": board, "person": person, "t": EN}).run().exception


def test_more_rows_than_a_page_are_sent_only_when_asked_for(board, person, source):
    arrive(board, source, *(item(board, f"m{n}", title=f"More {n}") for n in range(120)))
    app = run(board, person)
    assert painted(app).count("More ") < 60
    app.button(key="more").click().run()
    app.button(key="more").click().run()
    assert all(f"More {n}" in painted(app) for n in range(120))


def test_a_long_list_is_walked_to_its_end_with_a_page_that_stays_short(board, person, source, monkeypatch):
    assert today.LONGEST == 2000
    monkeypatch.setattr(today, "LONGEST", 250)
    arrive(board, source, *(item(board, f"m{n}", title=f"More {n}.") for n in range(400)))
    app, met = run(board, person), set()
    while True:
        text = painted(app)
        assert 0 < text.count("More ") <= today.LONGEST
        met |= {n for n in range(400) if f"More {n}." in text}
        if "more" not in [button.key for button in app.button]:
            break
        app.button(key="more").click().run()
    assert len(met) == 400
    assert len([button for button in app.button if button.key == "before"]) == 1


@pytest.mark.parametrize(("words", "stays"), [(["title"], True), ([], False)])
def test_what_a_word_keeps_out_of_the_list_is_said_when_it_is_put_back(board, person, source, words, stays):
    number = entry(board, person, "Title 1")
    board.mutes.mute(person.id, number, "person")
    board.profiles.save(person.id, board.profiles.read(person.id) | {"muted": {"words": words}})

    def script(board, person, t, number):
        from dashboard.ui.parts import triage
        from dashboard.ui.views import today

        triage.handler(board, person, t)(triage.Action("p", 1, "back", (number,)))
        today.show(board, person, t)

    kwargs = {"board": board, "person": person, "t": EN, "number": number}
    app = AppTest.from_function(script, kwargs=kwargs, default_timeout=30).run()
    assert (EN("today.stays_muted") in [warning.value for warning in app.warning]) == stays


def test_an_opened_item_counts_the_whole_list_and_leads_beyond_its_first_rows(board, person, source):
    arrive(board, source, *(item(board, f"more {n}") for n in range(60)))
    order = board.listing.today(person.id).listed
    assert len(order) == 63

    def script(board, person, t, entry):
        from dashboard.ui.parts import triage
        from dashboard.ui.views import today

        if not triage.opened():
            triage.open_next(entry)
        today.show(board, person, t)

    kwargs = {"board": board, "person": person, "t": EN, "entry": order[49]}
    app = AppTest.from_function(script, kwargs=kwargs, default_timeout=30).run()
    told = " ".join(one.value for one in app.caption)
    assert "50 of 63" in told
    assert not app.button(key="opened.next").disabled
    assert board.pictures.standing(person.id, order[49]).now.number == 50


def test_what_only_its_source_names_can_be_muted_only_as_that(board, person, source):
    arrive(board, source, item(board, "feed", channel="a *FEED*", author=Person("A *feed*")), item(board, "chat"))
    names = {row.entry.item.title: inbox.row_data(row, EN)["names"] for row in board.listing.today(person.id).rows}
    assert names["Title feed"] == {"source": "A *feed*"}
    assert names["Title chat"] == {"person": "Ada", "source": "A *feed*"}
