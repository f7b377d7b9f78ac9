"""The admin view, room by room, run as Streamlit runs it on a board with a real store."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.i18n import LANGUAGES, Translator
from dashboard.store.records import Audience, Health
from dashboard.ui import navigation, wiring
from dashboard.ui.admin import log
from dashboard.ui.parts import upload

TIMEOUT = 30
ROOMS = ("health", "sources", "people", "defaults", "log", "backup")
FEED = "<rss><channel><title>Canteen</title><item><title>Soup</title><guid>1</guid></item></channel></rss>"


@pytest.fixture
def me(board):
    return board.me()


@pytest.fixture
def feed(tmp_path):
    path = tmp_path / "feed.xml"
    path.write_text(FEED)
    return str(path)


@pytest.fixture
def lived_in(board, me, feed):
    """Fill every room: people in groups, a source for everyone that fails, defaults and so a log."""
    bob = board.admin.people.add(me.id, "bob@example.org", name="Bob *Builder*", groups=["sales"])
    board.admin.people.add(me.id, "eve@example.org")
    board.admin.people.block(me.id, bob.id)
    _, shared = board.admin.sources.add(me.id, "feeds", "Canteen", {"address": feed}, keep_days=30)
    now = board.now()
    board.store.engine.claim_one(shared.source.id, "w", now=now, until=now)
    board.store.engine.settle(
        shared.source.id, "w", now=now, health=Health.PAUSED, due_at=None, every=900.0, failure="Unauthorized"
    )
    board.admin.defaults.set(me.id, "topics", {"budget": 2.0})
    board.admin.defaults.set(me.id, "language", "de", group="sales")
    board.admin.defaults.set(me.id, "hours", {"start": "09:00", "end": "17:00", "days": [0, 1], "zone": "UTC"})
    board.admin.defaults.set(me.id, "muted.words", {"lottery": True})


def run(board, person, room, language="en", address=""):
    def script(board, person, t, room):
        import streamlit as st

        from dashboard.ui.views import admin

        if room:
            st.session_state.setdefault("room", room)
        admin.show(board, person, t)

    kwargs = {"board": board, "person": person, "t": Translator(language), "room": room}
    app = AppTest.from_function(script, kwargs=kwargs, default_timeout=TIMEOUT)
    if address:
        app.query_params["room"] = address
    return app.run()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("address", "room"), [("", "health"), ("people", "people"), ("cellar", "health")])
def test_the_address_names_a_room_in_no_language(language, address, room, board, me):
    app = run(board, me, None, language, address)
    assert app.query_params["room"] in (room, [room])
    assert (Translator(language)("admin.search") in [field.label for field in app.text_input]) == (room == "people")


def said(app):
    elements = (*app.markdown, *app.caption, *app.warning, *app.error, *app.success, *app.title, *app.header)
    return "\n".join([*(str(one.value) for one in elements), *(str(one.proto.body) for one in app.get("html"))])


def pressed(app, label):
    return next(button for button in app.button if button.label == label).click()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("room", ROOMS)
def test_every_room_opens_in_every_language_with_nothing_in_it(room, language, board, me):
    app = run(board, me, room, language)
    assert not app.exception
    assert Translator(language)("admin.intro") in said(app)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("room", ROOMS)
def test_every_room_opens_in_every_language_when_people_live_in_it(room, language, board, me, lived_in):
    app = run(board, me, room, language)
    assert not app.exception
    assert not app.error or room == "health"


@pytest.mark.parametrize("room", ROOMS)
def test_who_is_no_admin_sees_a_sentence_and_nothing_else(room, board, me, lived_in):
    eve = board.store.employee("eve@example.org")
    told = said(run(board, eve, room))
    assert "only for people who administer" in told
    assert "Bob" not in told
    assert "Canteen" not in told


def test_whose_role_was_taken_while_the_page_was_open_sees_the_sentence_too(board, me, lived_in):
    eve = board.store.employee("eve@example.org")
    board.admin.people.change(me.id, eve.id, admin=True)
    was = board.store.employee("eve@example.org")
    board.admin.people.change(me.id, eve.id, admin=False)
    assert "only for people who administer" in said(run(board, was, "people"))


def test_a_page_for_one_person_says_that_nothing_here_is_needed(board, me):
    assert "once several people use Frontdesk" in said(run(board, me, "health"))


def test_health_names_a_source_in_trouble_and_leads_to_where_it_is_mended(board, me, lived_in):
    app = run(board, me, "health")
    assert "Canteen" in said(app)
    assert "The login is not accepted" in said(app)
    pressed(app, "Mend it").run()
    assert app.session_state["room"] == "sources"


def test_health_says_that_nothing_is_read_when_no_worker_is_there(board, me):
    assert "Nothing is being read" in said(run(board, me, "health"))


@pytest.mark.parametrize("room", ["health", "sources"])
def test_an_admin_is_told_what_to_do_about_a_shared_source_that_fails_for_days(room, board, me, feed):
    _, shared = board.admin.sources.add(me.id, "feeds", "Canteen", {"address": feed})
    then = board.now() - timedelta(days=3)
    board.store.engine.claim_one(shared.source.id, "w", now=then, until=then)
    board.store.engine.settle(
        shared.source.id, "w", now=then, health=Health.FAILING, due_at=None, every=900.0, failure="BadData"
    )
    assert "Nothing could be read for 3 days" in said(run(board, me, room))


def test_a_source_for_a_group_is_tested_added_and_logged(board, me, lived_in, feed):
    app = run(board, me, "sources")
    app.selectbox(key="shared.connector").set_value("feeds").run()
    app.text_input(key="shared.add.feeds.address").set_value(feed)
    app.radio(key="shared.add.audience").set_value(False).run()
    app.selectbox(key="shared.add.group").set_value("sales").run()
    app.number_input(key="shared.add.keep").set_value(7)
    app.button(key="shared.add.save").click().run()
    assert not app.exception
    (added,) = [one.source for one in board.admin.sources.all(me.id) if one.source.group]
    assert (added.group, added.keep_days) == ("sales", 7)
    assert board.admin.log(me.id)[0].verb == "source.add"


def test_a_source_for_everyone_that_does_not_work_is_not_added_and_says_why(board, me, tmp_path):
    app = run(board, me, "sources")
    app.selectbox(key="shared.connector").set_value("feeds").run()
    app.text_input(key="shared.add.feeds.address").set_value(str(tmp_path / "none.xml"))
    app.button(key="shared.add.save").click().run()
    assert "Nothing was saved" in said(app)
    assert board.admin.sources.all(me.id) == []


def test_a_shared_source_is_resumed_and_after_a_question_removed(board, me, lived_in):
    (shared,) = board.admin.sources.all(me.id)
    app = run(board, me, "sources")
    app.button(key=f"shared.{shared.source.id}.resume").click().run()
    assert board.admin.sources.all(me.id)[0].source.health is Health.NEW
    app.button(key=f"shared.{shared.source.id}.sure").click().run()
    assert not app.exception
    assert board.admin.sources.all(me.id) == []


def test_people_are_found_by_any_part_of_their_name_and_shown_letter_by_letter(board, me, lived_in):
    app = run(board, me, "people")
    app.text_input(key="people.search").set_value("build").run()
    assert "Bob *Builder*" in said(app)
    assert "eve@" not in said(app)
    assert "blocked" in said(app)


def test_a_person_is_added_and_a_login_that_is_taken_is_said_so(board, me, lived_in):
    app = run(board, me, "people")
    next(field for field in app.text_input if field.label == "Login").set_value("zoe@example.org")
    pressed(app, "Add").run()
    assert board.store.employee("zoe@example.org")
    next(field for field in app.text_input if field.label == "Login").set_value("eve@example.org")
    pressed(app, "Add").run()
    assert "known already" in said(app)


def test_what_a_list_would_do_is_worked_out_once_and_anew_where_people_changed(board, me, lived_in, monkeypatch):
    tried = []
    real = board.admin.people.import_csv
    monkeypatch.setattr(board.admin.people, "import_csv", lambda *a, **k: tried.append(k["dry"]) or real(*a, **k))
    monkeypatch.setattr(upload, "show", lambda *_: b"login,name\nzoe,Zoe\n")
    app = run(board, me, "people")
    app.text_input(key="people.search").set_value("bob").run()
    assert "1 new, 0 changed" in said(app)
    assert tried == [True]
    board.admin.people.add(me.id, "zoe", name="Zoe")
    app.run()
    assert "0 new, 0 changed, 1 unchanged" in said(app)
    assert tried == [True, True]


def test_a_person_is_erased_only_after_their_login_was_typed_and_the_proof_is_shown(board, me, lived_in):
    bob = board.store.employee("bob@example.org")
    given = {"address": "https://menu.example/feed"}
    board.admin.people.unblock(me.id, bob.id)
    board.admin.people.change(me.id, bob.id, admin=True)
    board.sources.add(bob.id, "feeds", "Canteen menu", given, audience=Audience.EVERYONE, check=False)
    app = run(board, me, "people")
    app.button(key=f"person.{bob.id}").click().run()
    assert "their own sources (0) with the items of those (0)" in said(app)
    assert "without an owner: Canteen menu" in said(app)
    assert app.button(key="person.erase").disabled
    app.text_input(key="person.typed").set_value("bob@example.org").run()
    assert not app.exception
    app.button(key="person.erase").click().run()
    assert not app.exception
    assert board.store.employee("bob@example.org") is None
    assert "Nothing is kept about bob" in said(app)


def test_the_last_admin_stays_one(board, me, lived_in):
    app = run(board, me, "people")
    app.button(key=f"person.{me.id}").click().run()
    assert app.button(key="person.block").disabled
    toggle = next(one for one in app.toggle if one.label == "Administers Frontdesk" and one.value)
    toggle.set_value(False)
    pressed(app, "Save").run()
    assert "Somebody has to remain" in said(app)
    assert board.me().admin


@pytest.mark.parametrize("part", ["people", "topics", "kinds", "muted.words", "hours", "language", "notify"])
def test_every_kind_of_default_has_a_form_that_saves(part, board, me):
    app = run(board, me, "defaults")
    app.selectbox(key="default.part").set_value(part).run()
    for area in app.text_area:
        area.set_value("budget")
    for slider in app.slider[:1]:
        slider.set_value(2.0)
    pressed(app, "Save").run()
    assert not app.exception
    assert [default.name for default in board.admin.defaults.all(me.id)] == [part]


def test_a_default_is_taken_away_again(board, me, lived_in):
    app = run(board, me, "defaults")
    app.button(key="default.topics.").click().run()
    assert "topics" not in [default.name for default in board.admin.defaults.all(me.id)]


def test_a_default_that_was_removed_by_mistake_comes_back_with_one_click(board, me, lived_in):
    before = board.admin.defaults.all(me.id)
    app = run(board, me, "defaults")
    app.button(key="default.language.sales").click().run()
    assert len(board.admin.defaults.all(me.id)) == len(before) - 1
    app.button(key="default.undo").click().run()
    assert board.admin.defaults.all(me.id) == before
    assert "default.undo" not in [button.key for button in app.button]


def test_the_log_tells_who_did_what_and_can_be_narrowed(board, me, lived_in):
    app = run(board, me, "log")
    assert "added bob@example.org" in said(app)
    assert "set a default: Topics (everyone)" in said(app)
    app.session_state["topic"] = "people"
    app.run()
    assert "set a default" not in said(app)
    assert "blocked bob@example.org" in said(app)


def test_the_last_backup_is_told(board, me):
    assert "no backup yet" in said(run(board, me, "backup"))
    board.admin.note(me.id, "backup", "frontdesk-2026.tar", {})
    assert "Last backup just now" in said(run(board, me, "backup"))


@pytest.mark.parametrize(("login", "offered"), [("me", True), ("eve@example.org", False)])
def test_only_admins_are_shown_the_way_here_and_it_is_the_last(login, offered, board, me, lived_in, monkeypatch):
    pages = []
    monkeypatch.setattr(wiring, "board", lambda: board)
    monkeypatch.setattr(wiring, "person", lambda _: board.store.employee(login))
    monkeypatch.setattr(navigation, "remember", pages.extend)
    AppTest.from_file(str(Path(wiring.__file__).with_name("shell.py")), default_timeout=TIMEOUT).run()
    assert ("admin" in pages) is offered
    assert pages[-1] == ("admin" if offered else "profile")


def test_nobody_is_offered_to_block_or_erase_themselves(board, me, lived_in):
    app = run(board, me, "people")
    app.button(key=f"person.{me.id}").click().run()
    assert "neither block nor erase yourself" in said(app)
    assert "person.erase" not in [button.key for button in app.button]


def test_the_saved_log_runs_nothing_in_a_spreadsheet_and_keeps_every_detail(board, me):
    board.admin.note(me.id, "backup", "=cmd()", {"bytes": 3})
    (row,) = csv.reader(io.StringIO(log.saved(board.admin.log(me.id)).split("\r\n", 1)[1]))
    assert row[4] == "'=cmd()"
    assert json.loads(row[5]) == {"bytes": 3}


@pytest.mark.parametrize(
    ("detail", "changed", "told"),
    [
        ({"name": ["Ada", "Ida"], "admin": [False, True]}, True, "name: Ada → Ida; admin: – → yes"),
        ({"groups": ["board", "sales"], "admin": False}, False, "groups: board, sales"),
        ({"options": ["address", "me"], "group": [None, "sales"]}, True, "settings: address, me; group: – → sales"),
        ({"before": None, "after": {"budget": 2.0, "lottery": True}}, False, "after: budget 2.0, lottery"),
    ],
)
def test_a_row_of_the_log_tells_what_was_and_what_is(detail, changed, told):
    assert log.detail(detail, Translator("en"), changed=changed) == told


def test_a_person_is_signed_out_everywhere_and_the_log_says_so(board, me, lived_in):
    eve = board.store.employee("eve@example.org")
    token, _ = board.logins.open(eve.id, "Firefox on Linux")
    app = run(board, me, "people")
    app.button(key=f"person.{eve.id}").click().run()
    app.button(key="person.out").click().run()
    assert not app.exception
    assert board.logins.find(token) is None
    assert board.admin.log(me.id)[0].verb == "person.sign_out"


def test_many_people_come_a_page_at_a_time_and_a_search_looks_at_all(board, me):
    for number in range(30):
        board.admin.people.add(me.id, f"p{number:02}@example.org")
    app = run(board, me, "people")
    assert "p23@example.org" in said(app)
    assert "p29@example.org" not in said(app)
    app.text_input(key="people.search").set_value("p29").run()
    assert "p29@example.org" in said(app)
