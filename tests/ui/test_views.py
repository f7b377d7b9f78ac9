"""Every view, run as Streamlit runs it, on a board with a real store."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from connectors.kit import Attachment, Item, Kind, Person
from dashboard.i18n import LANGUAGES, Translator
from dashboard.store.records import Audience, Batch, Health
from dashboard.ui.parts.plain import plain

TIMEOUT = 30


@pytest.fixture
def source(board, person):
    store = board.store
    source = store.add_source(
        person.id, connector="feeds", title="A *feed*", options={"address": "/x"}, every=900.0, due_at=board.now()
    )
    items = [
        Item(
            id=str(n), kind=Kind.NEWS, title=f"Title {n}", text="Some text", author=Person("Ada"), received=board.now()
        )
        for n in range(3)
    ]
    store.engine.commit(source.id, None, Batch(items=[(item, "raw") for item in items]), now=board.now())
    return source


def run(view, board, person, language="en"):
    def script(view, board, person, t):
        from importlib import import_module

        import_module(f"dashboard.ui.views.{view}").show(board, person, t)

    kwargs = {"view": view, "board": board, "person": person, "t": Translator(language)}
    return AppTest.from_function(script, kwargs=kwargs, default_timeout=TIMEOUT).run()


def said(app):
    elements = (*app.markdown, *app.caption, *app.warning, *app.error, *app.success, *app.title, *app.header)
    return "\n".join(str(element.value) for element in elements)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", ["today", "search", "sources", "profile"])
def test_every_view_opens_in_every_language_with_nothing_in_it(view, language, board, person):
    app = run(view, board, person, language)
    assert not app.exception
    assert Translator(language)(f"{view}.title") in said(app)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", ["today", "search", "sources", "profile"])
def test_every_view_opens_in_every_language_with_items(view, language, board, person, source):
    app = run(view, board, person, language)
    assert not app.exception


def test_the_first_page_of_a_new_person_leads_to_the_first_source(board, person):
    assert "Bring your channels together" in said(run("today", board, person))


def test_the_list_shows_every_item_with_its_reasons(board, person, source):
    painted = str([component.proto for component in run("today", board, person).get("bidi_component")])
    assert all(f"Title {n}" in painted for n in range(3))


def test_a_source_that_stopped_is_named_on_the_first_page(board, person, source):
    board.sources.pause(person.id, source.id)
    assert plain("A *feed*") in said(run("today", board, person))


def test_a_failing_source_says_what_happened_and_how_to_mend_it(board, person, source):
    engine, now = board.store.engine, board.now()
    engine.claim_one(source.id, "w", now=now, until=now)
    engine.settle(
        source.id,
        "w",
        now=now,
        health=Health.PAUSED,
        due_at=None,
        every=900.0,
        failure="Unauthorized",
        detail="401 from the server",
        failures=1,
    )
    app = run("sources", board, person)
    assert "The login is not accepted" in said(app)
    assert "401 from the server" in "\n".join(text.value for text in app.text)


def test_a_page_without_a_worker_says_that_nothing_is_being_read(board, person):
    assert "Nothing is being read" in said(run("sources", board, person))


def test_every_connector_that_works_has_a_form(board, person):
    for offer in board.sources.offers():
        if offer.broken:
            continue
        app = run("sources", board, person)
        app.button(key=f"connect.{offer.name}").click().run()
        assert not app.exception, offer.name
        assert app.button(key="add.save")


def test_search_shows_what_it_found(board, person, source):
    app = run("search", board, person)
    app.text_input(key="q").set_value("title").run()
    assert "3 of 3 items" in said(app)


def test_an_item_that_was_clicked_opens_with_text_reasons_and_record(board, person, source):
    entry = board.listing.today(person.id).rows[0].entry.id
    app = run("today", board, person)
    app.session_state["opened"] = entry, False
    app.run()
    assert not app.exception
    assert "Some text" in "\n".join(text.value for text in app.text)
    assert "Together" in "".join(element.proto.body for element in app.get("html"))


HOSTILE = (
    "![t](http://evil.example/p.png) [click **me**](http://evil.example) $x$ :red[R] <b>x</b> www.evil.example :smile:"
)


def test_text_of_strangers_is_shown_letter_by_letter(board, person):
    item = Item(id="h", kind=Kind.NEWS, title=HOSTILE, text=HOSTILE, author=Person(HOSTILE), channel=HOSTILE)
    item.attachments = (Attachment(HOSTILE),)
    item.url = "javascript:alert(1)"
    source = board.store.add_source(
        person.id, connector="feeds", title=HOSTILE, options={"address": "/x"}, every=900.0, due_at=board.now()
    )
    board.store.engine.commit(source.id, None, Batch(items=[(item, "raw")]), now=board.now())
    board.sources.pause(person.id, source.id)
    app = run("today", board, person)
    app.session_state["opened"] = board.listing.today(person.id).rows[0].entry.id, False
    app.run()
    sources = run("sources", board, person)
    shown = said(app) + said(sources) + "".join(dialog.proto.dialog.title for dialog in app.get("dialog"))
    assert "evil" in shown
    bare = re.sub(r"\\.", "", shown)
    assert [harm for harm in ("](", "**me", "$", ":red[", "<b>", "www.", "://", ":smile") if harm in bare] == []
    assert not app.get("link_button")


def test_a_source_is_removed_after_one_more_question(board, person, source):
    app = run("sources", board, person)
    app.button(key=f"source.{source.id}.remove").click().run()
    assert not app.exception
    app.button(key=f"source.{source.id}.sure").click().run()
    assert not app.exception
    assert board.sources.all(person.id) == []


def test_an_edit_that_does_not_work_says_why_beside_the_field(board, person, source):
    app = run("sources", board, person)
    app.button(key=f"source.{source.id}.edit").click().run()
    app.text_input(key=f"edit.{source.id}.feeds.address").set_value("").run()
    app.button(key=f"edit.{source.id}.save").click().run()
    assert not app.exception
    assert app.error
    assert board.sources.all(person.id)[0].options == {"address": "/x"}


def test_a_source_given_by_somebody_else_can_only_be_muted(board, person, source):
    bob = board.store.enroll("bob@example.org")
    board.store.change_source(person.id, source.id, audience=Audience.EVERYONE)
    app = run("sources", board, bob)
    assert "A" in said(app)
    keys = [button.key for button in app.button if button.key and button.key.startswith("source.")]
    assert keys == [f"source.{source.id}.mute"]
    app.button(key=keys[0]).click().run()
    assert board.sources.all(bob.id)[0].muted
    assert not board.sources.all(person.id)[0].muted


def test_every_conversation_of_the_list_can_be_reached(board, person, source):
    now = board.now()
    items = [Item(id=f"m{n}", kind=Kind.NEWS, title=f"More {n}", received=now) for n in range(70)]
    board.store.engine.commit(source.id, None, Batch(items=[(item, "raw") for item in items]), now=now)
    app = run("today", board, person)
    app.button(key="more").click().run()
    painted = str([component.proto for component in app.get("bidi_component")])
    assert all(f"More {n}" in painted for n in range(70))


def test_a_search_of_which_nothing_was_understood_finds_nothing_and_says_so(board, person, source):
    app = run("search", board, person)
    app.text_input(key="q").set_value("before:2026-13-40").run()
    assert "not understood" in said(app)
    assert "Nothing found" in said(app)


@pytest.mark.parametrize("text", ["plain", "Müller & Söhne", "a_b*c", "https://x.example/?a=1#b", "50 $", "#1 [x]"])
def test_plain_text_loses_no_letter(text):
    assert re.sub(r"\\(.)|\N{WORD JOINER}", r"\1", plain(text)) == text
