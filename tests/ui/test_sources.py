"""The sources of a person as they meet them: how each is doing in words, and every way to add, mend and end one."""

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.i18n import LANGUAGES, Translator
from dashboard.store.records import Audience, Batch, Health, Item, Kind, Person
from dashboard.ui.parts.plain import plain

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour</title><link>http://x.example</link>
<description>d</description><item><title>One</title><guid>1</guid></item></channel></rss>"""


@pytest.fixture
def feed(tmp_path):
    path = tmp_path / "feed.xml"
    path.write_text(FEED)
    return str(path)


@pytest.fixture
def source(board, person, feed):
    return board.sources.add(person.id, "feeds", "Harbour", {"address": feed})[1]


def settle(board, source, **fields):
    now = board.now()
    board.store.engine.claim_one(source.id, "w", now=now, until=now + timedelta(minutes=1))
    board.store.engine.settle(source.id, "w", **{"now": now, "due_at": None, "every": 900.0} | fields)


def run(board, person, language="en"):
    def script(board, person, t):
        from dashboard.ui.views import sources

        sources.show(board, person, t)

    kwargs = {"board": board, "person": person, "t": Translator(language)}
    return AppTest.from_function(script, kwargs=kwargs, default_timeout=30).run()


def said(app):
    elements = (*app.markdown, *app.caption, *app.warning, *app.error, *app.info, *app.success, *app.text)
    return "\n".join(str(element.value) for element in elements)


def drawn(app):
    return "\n".join(element.proto.body for element in app.get("html"))


def choose(app, connector):
    app.button(key=f"connect.{connector}").click().run()
    assert not app.exception
    return app


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_connector_can_be_chosen_from_the_first_page_and_left_again(board, person, language):
    for offer in board.sources.offers():
        app = choose(run(board, person, language), offer.name)
        assert app.button(key="add.save")
        app.button(key="add.back").click().run()
        assert app.button(key=f"connect.{offer.name}")


def test_a_source_is_tested_without_being_added(board, person, feed):
    app = choose(run(board, person), "feeds")
    app.text_input(key="add.feeds.address").set_value(feed).run()
    app.button(key="add.test").click().run()
    assert not app.exception
    assert "It works: Harbour" in said(app)
    assert board.sources.all(person.id) == []


def test_a_source_that_works_is_added_and_the_page_says_so(board, person, feed):
    app = choose(run(board, person), "feeds")
    app.text_input(key="add.feeds.address").set_value(feed).run()
    app.button(key="add.save").click().run()
    assert not app.exception
    assert "“Harbour” is added" in said(app)
    assert [one.title for one in board.sources.all(person.id)] == ["Harbour"]
    assert app.button(key="connect.feeds")


@pytest.mark.parametrize(("language", "missing"), [("en", "This is needed."), ("de", "Diese Angabe fehlt.")])
def test_what_is_missing_is_named_beside_its_field_in_the_language_of_the_person(board, person, language, missing):
    app = choose(run(board, person, language), "imap")
    app.text_input(key="add.imap.host").set_value("mail.example.org").run()
    app.button(key="add.save").click().run()
    assert not app.exception
    shown = [getattr(element, "key", None) or getattr(element, "value", "") for element in app.main]
    for field in ("user", "password"):
        assert shown[shown.index(f"add.imap.{field}") + 1] == plain(missing)
    assert shown.count(plain(missing)) == 2


def test_a_source_that_fails_says_since_when_how_often_when_again_and_why(board, person, source):
    due = board.now() + timedelta(minutes=5, seconds=5)
    settle(board, source, health=Health.FAILING, failure="Unavailable", detail="timeout", failures=14, due_at=due)
    told = said(run(board, person))
    assert "Not working since" in told
    assert "tried 14 times" in told
    assert "next try in 5 minutes" in told
    assert "timeout" in told


def test_a_login_that_is_refused_leads_to_its_settings(board, person, source):
    settle(board, source, health=Health.PAUSED, failure="Unauthorized", detail="401", failures=1)
    app = run(board, person)
    assert "not tried again until you mend it" in said(app)
    app.button(key=f"source.{source.id}.mend").click().run()
    assert not app.exception
    assert app.text_input(key=f"edit.{source.id}.feeds.address")


@pytest.mark.parametrize(("hours", "told"), [(2, False), (72, True)])
def test_a_source_that_fails_for_days_says_what_to_do(board, person, source, hours, told):
    settle(board, source, health=Health.FAILING, failure="Unavailable", now=board.now() - timedelta(hours=hours))
    shown = said(run(board, person))
    assert "cannot be reached" in shown
    assert ("like this for 3 days. See whether it works in your browser" in shown) is told


def test_who_cannot_mend_a_source_is_told_whom_to_tell(board, person, source):
    board.store.change_source(person.id, source.id, audience=Audience.EVERYONE)
    settle(board, source, health=Health.FAILING, failure="Unavailable", now=board.now() - timedelta(days=3))
    other = board.store.enroll("bob", name="Bob", admin=False)
    assert "tell your admin" in said(run(board, other))


def test_settings_that_work_are_saved_and_the_drawer_closes(board, person, source):
    app = run(board, person)
    app.button(key=f"source.{source.id}.edit").click().run()
    app.text_input(key=f"edit.{source.id}.feeds.title").set_value("Port news").run()
    app.button(key=f"edit.{source.id}.save").click().run()
    assert not app.exception
    assert board.sources.all(person.id)[0].title == "Port news"
    assert "sources.editing" not in app.session_state


def test_removing_can_still_be_thought_better_of(board, person, source):
    app = run(board, person)
    app.button(key=f"source.{source.id}.remove").click().run()
    app.button(key=f"source.{source.id}.keep").click().run()
    assert not app.exception
    assert [button.key for button in app.button if button.key == f"source.{source.id}.sure"] == []
    assert len(board.sources.all(person.id)) == 1


def test_what_a_button_did_is_said_once(board, person, source):
    app = run(board, person)
    app.button(key=f"source.{source.id}.pause").click().run()
    assert [toast.value for toast in app.toast] == ["Harbour: Stopped"]
    app.run()
    assert [toast.value for toast in app.toast] == []


def test_a_source_that_was_paused_by_its_owner_is_not_called_broken(board, person, source):
    app = run(board, person)
    app.button(key=f"source.{source.id}.pause").click().run()
    assert not app.exception
    assert not app.warning
    app.button(key=f"source.{source.id}.pause").click().run()
    assert board.sources.all(person.id)[0].health is Health.NEW


def test_how_a_source_was_is_drawn_with_its_table(board, person, source):
    settle(board, source, health=Health.OK, now=board.now() - timedelta(hours=3))
    settle(board, source, health=Health.FAILING, failure="Unavailable", now=board.now() - timedelta(hours=1))
    picture = drawn(run(board, person))
    assert "fd-failing" in picture
    assert "<table" in picture
    assert "Nobody answers" in picture or "cannot be reached" in picture


def test_a_source_that_fell_silent_is_asked_about(board, person, source):
    now = board.now()
    items = [
        Item(
            id=str(n), kind=Kind.NEWS, title=f"T{n}", author=Person("Ada"), created=now - timedelta(days=5, hours=4 * n)
        )
        for n in range(120)
    ]
    board.store.engine.commit(source.id, None, Batch(items=[(item, "raw") for item in items]), now=now)
    assert "Nothing has come since" in said(run(board, person))


def test_a_source_of_the_company_says_who_gives_it(board, person, source):
    bob = board.store.enroll("bob@example.org", groups=["sales"])
    board.store.change_source(person.id, source.id, audience=Audience.GROUP, group="sales")
    assert "group “sales”" in said(run(board, bob))


def test_a_stored_password_is_asked_for_again_before_it_is_sent_less_safely(board, person):
    given = {"host": "mail.example.org", "user": "ada", "password": "secret", "security": "tls"}
    source = board.sources.add(person.id, "imap", "Mail", given, check=False)[1]
    app = run(board, person)
    app.button(key=f"source.{source.id}.edit").click().run()
    app.selectbox(key=f"edit.{source.id}.imap.security").set_value("plain").run()
    app.button(key=f"edit.{source.id}.save").click().run()
    assert not app.exception
    assert plain("Please enter it again: it would be sent to another place, or in another way, than before.") in said(
        app
    )
    assert board.sources.all(person.id)[0].options["security"] == "tls"
