"""One item in full: what it says, why it is here, what can be done with it, and the way to the next one."""

from datetime import timedelta

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from connectors.kit import Attachment, Item, Kind, Person, Role
from dashboard.board.records import Place, Refused
from dashboard.i18n import LANGUAGES, Translator
from dashboard.store.records import Batch
from dashboard.ui.parts import opened
from dashboard.ui.parts.plain import plain

HOSTILE = "**x** [a](http://evil.example) <b>y</b> :red[z]"


@pytest.fixture
def give(board, person):
    """Return what lets items reach the person as mail; it gives their numbers, oldest first."""

    def give(*items, connector="imap"):
        source = board.store.add_source(
            person.id, connector=connector, title="Mail", options={}, every=900.0, due_at=board.now()
        )
        board.store.engine.commit(
            source.id, None, Batch(items=[(item, "raw record") for item in items]), now=board.now()
        )
        return sorted(board.listing.ranking(person.id).census.items(Place.SHOWN))

    return give


def mail(board, number, **fields):
    fields = {"title": f"Title {number}", "text": f"Text {number}", "author": Person("Ada", "ada@x.example")} | fields
    return Item(id=str(number), kind=Kind.MAIL, created=board.now() - timedelta(hours=9 - number), **fields)


def run(board, person, entry, among=(), language="en"):
    def script(board, person, entry, among, t):
        from dashboard.ui.parts import opened, triage

        opened.show(board, person, t, triage.opened() or (entry, False), among=among)

    kwargs = {"board": board, "person": person, "entry": entry, "among": among, "t": Translator(language)}
    return AppTest.from_function(script, kwargs=kwargs, default_timeout=30).run()


def said(app):
    elements = (*app.markdown, *app.caption, *app.warning, *app.error, *app.success, *app.text)
    return "\n".join(str(element.value) for element in elements)


def title(app):
    return app.get("dialog")[0].proto.dialog.title


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_is_known_of_an_item_is_shown(board, person, give, language):
    people = tuple(Person(f"P{n}", f"p{n}@x.example", Role.TO) for n in range(10))
    attachments = (Attachment("plan.pdf", size=1_250_000),)
    (entry,) = give(mail(board, 1, people=people, labels=("urgent",), attachments=attachments, due=board.now()))
    app = run(board, person, entry, language=language)
    assert not app.exception
    told = said(app)
    for known in ("Ada", plain("P0, P1"), "urgent", plain("plan.pdf"), "Text 1", "raw record"):
        assert known in told, known
    assert "1\\.2 MB" in told or "1\\,2 MB" in told


def test_nothing_a_stranger_wrote_becomes_markup(board, person, give):
    fields = {"title": HOSTILE, "text": HOSTILE, "channel": HOSTILE, "labels": (HOSTILE,), "url": "javascript:alert(1)"}
    fields["people"] = (Person(HOSTILE, HOSTILE, Role.TO),)
    fields["attachments"] = (Attachment(HOSTILE),)
    author = Person(HOSTILE, HOSTILE)
    (entry,) = give(mail(board, 1, author=author, **fields))
    app = run(board, person, entry)
    assert not app.exception
    written = [e.value for e in (*app.markdown, *app.caption)] + [title(app)]
    written += [option for menu in app.get("menu_button") for option in menu.proto.options]
    assert any("evil" in text for text in written)
    assert [text for text in written if "**x" in text or "](http" in text or "<b>" in text or ":red[" in text] == []
    assert not app.get("link_button")


def test_done_in_the_drawer_goes_on_to_the_next_item_and_can_be_taken_back(board, person, give):
    entries = give(mail(board, 1), mail(board, 2), mail(board, 3))
    app = run(board, person, entries[0], among=entries)
    app.button(key="opened.done").click().run()
    assert not app.exception
    assert title(app) == "Title 2"
    assert board.listing.ranking(person.id).place(entries[0]) is Place.DONE
    board.marks.undo(person.id)
    assert board.listing.ranking(person.id).place(entries[0]) is Place.SHOWN


def test_the_drawer_leads_through_the_list_it_was_opened_from(board, person, give):
    entries = give(mail(board, 1), mail(board, 2))
    app = run(board, person, entries[0], among=entries)
    assert app.button(key="opened.previous").disabled
    app.button(key="opened.next").click().run()
    assert title(app) == "Title 2"
    assert "2 of 2" in said(app)
    assert app.button(key="opened.next").disabled
    assert board.store.entries(person.id, [entries[1]])[0].mark.seen_at is not None


def test_what_is_done_can_be_put_back_from_its_drawer(board, person, give):
    (entry,) = give(mail(board, 1))
    board.marks.done(person.id, [entry])
    app = run(board, person, entry)
    assert "done" in said(app)
    app.button(key="opened.done").click().run()
    assert board.listing.ranking(person.id).place(entry) is Place.SHOWN


def test_an_item_is_put_off_or_muted_from_its_drawer(board, person, give):
    first, second = give(mail(board, 1), mail(board, 2))
    run(board, person, first).menu_button(key="opened.snooze").click("tomorrow").run()
    assert board.listing.ranking(person.id).place(first) is Place.SNOOZED
    run(board, person, second).menu_button(key="opened.mute").click("person").run()
    assert board.listing.ranking(person.id).place(second) is Place.MUTED


def test_a_conversation_shows_the_other_messages_newest_first_as_written(board, person, give):
    items = [mail(board, n, thread="t", text=f"{HOSTILE} {n}") for n in (1, 2, 3)]
    give(*items)
    entry = board.listing.ranking(person.id).order[0]
    app = run(board, person, entry)
    texts = [text.value for text in app.text]
    assert texts.index(f"{HOSTILE} 2") < texts.index(f"{HOSTILE} 1")
    assert [expander.proto.expanded for expander in app.expander] == [True, False]


def test_what_a_message_would_have_loaded_is_counted_and_not_loaded(board, person, give):
    html = '<p>Hi</p><img src="https://track.example/1.gif" width="1"><img src="https://track.example/2.png">'
    (entry,) = give(mail(board, 1, html=html))
    app = run(board, person, entry)
    assert "2 things from elsewhere were not loaded" in said(app)
    assert "track.example" not in "".join(element.proto.body for element in app.get("html"))


def send(app):
    next(button for button in app.button if button.label == "Send").click().run()


def test_an_answer_that_could_not_be_sent_stays_in_its_box(board, person, give, monkeypatch):
    (entry,) = give(mail(board, 1), connector="matrix")
    sent = []

    def act(person, entry, action, **arguments):
        sent.append((action, arguments))
        if len(sent) == 1:
            raise Refused("Unavailable", "nobody there")

    monkeypatch.setattr(board, "act", act)
    app = run(board, person, entry)
    key = f"reply.{entry}.text"
    app.text_area(key=key).set_value("Yes, at nine.")
    send(app)
    assert "nobody there" in said(app)
    assert app.text_area(key=key).value == "Yes, at nine."
    send(app)
    assert not app.exception
    assert sent == [("reply", {"text": "Yes, at nine."})] * 2
    assert "Your answer was sent" in said(app)
    assert app.text_area(key=key).value == ""


def test_an_item_that_is_gone_says_so(board, person):
    assert "removed at its source" in said(run(board, person, 12345))


def test_an_item_whose_run_was_interrupted_by_something_new_is_shown_by_the_next_run(board, person, give, monkeypatch):
    (entry,) = give(mail(board, 1))
    app = run(board, person, entry)
    app.session_state["opened"] = entry, True
    with monkeypatch.context() as interrupted:
        interrupted.setattr(opened, "_head", lambda *_: st.stop())
        app.run()
    assert "opened" in app.session_state
    app.run()
    assert not app.exception
    assert "raw record" in said(app)
    assert "opened" not in app.session_state
