"""The profile page: changed in words, shown in one's own list, and nothing counts before it is saved."""

import json
from datetime import time, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from connectors.kit import Item, Kind, Person
from dashboard.board.records import Choice
from dashboard.i18n import LANGUAGES, Translator
from dashboard.relevance import Hours, Profile, mute, thread_name, weigh
from dashboard.store.records import Batch
from dashboard.ui.parts.weights import LEVELS, level
from dashboard.ui.person.oneself import over
from dashboard.ui.views.profile import _PARTS

TIMEOUT = 30
HOSTILE = '<img src=x onerror="alert(1)"> **bold** [link](http://evil.example) :red[r] $x$'


@pytest.fixture
def arrive(board, person):
    source = board.store.add_source(
        person.id, connector="feeds", title="A *feed*", options={"address": "/x"}, every=900.0, due_at=board.now()
    )

    def arrive(*titles, **fields):
        items = [
            Item(
                id=title,
                kind=Kind.MAIL,
                title=title,
                author=Person("Ada Ek", "ada@example.org"),
                channel="Sales",
                received=board.now() - timedelta(hours=n),
                **fields,
            )
            for n, title in enumerate(titles)
        ]
        board.store.engine.commit(source.id, None, Batch(items=[(item, "raw") for item in items]), now=board.now())
        return source

    return arrive


def run(board, person, part="matters", language="en"):
    def script(board, person, t):
        from dashboard.ui.views import profile

        profile.show(board, person, t)

    kwargs = {"board": board, "person": person, "t": Translator(language)}
    app = AppTest.from_function(script, kwargs=kwargs, default_timeout=TIMEOUT)
    app.query_params["part"] = part
    return app.run()


def said(app):
    elements = (*app.markdown, *app.caption, *app.error, *app.title, *app.header)
    return "\n".join(str(element.value) for element in elements)


def listed(app):
    return "".join(str(html.proto.body) for html in app.get("html"))


def field(app, label):
    return next(box for box in (*app.selectbox, *app.text_input) if box.label == label)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", _PARTS)
@pytest.mark.parametrize("filled", [False, True])
def test_every_part_opens_in_every_language_with_and_without_a_profile(board, person, arrive, part, language, filled):
    if filled:
        source = arrive("One", "Two")
        profile = weigh(weigh(Profile(me={"me@example.org"}, hours=Hours()), "people", "ada ek", 1.7), "sources", 99, 2)
        profile = mute(mute(profile, "threads", thread_name(source.id, "", "One")), "words", "canteen")
        board.profiles.save(person.id, profile.model_dump(mode="json"))
        board.store.change_source(person.id, source.id, muted=True)
    app = run(board, person, part, language)
    assert not app.exception
    assert Translator(language)(f"profile.part_{part}") in str(app.get("button_group")[0].proto)


def test_a_part_that_there_is_not_is_the_first_one(board, person):
    assert "People who matter" in said(run(board, person, "nowhere"))


def test_somebody_is_added_shown_in_the_list_and_counts_once_it_is_saved(board, person, arrive):
    arrive("Budget", "Canteen")
    app = run(board, person)
    assert listed(app).index("Budget") < listed(app).index("Canteen")
    field(app, "Add a topic").set_value("canteen").run()
    assert not app.exception
    assert "Not saved yet" in said(app)
    assert listed(app).index("Canteen") < listed(app).index("Budget")
    assert "one place higher" in listed(app)
    assert board.profiles.get(person.id) == Profile()
    assert [row.entry.item.title for row in board.listing.today(person.id).rows] == ["Budget", "Canteen"]

    app.button(key="profile.save").click().run()
    assert board.profiles.get(person.id).topics == {"canteen": 1}
    assert [row.entry.item.title for row in board.listing.today(person.id).rows] == ["Canteen", "Budget"]
    app.button(key="profile.undo").click().run()
    assert board.profiles.get(person.id) == Profile()
    assert [row.entry.item.title for row in board.listing.today(person.id).rows] == ["Budget", "Canteen"]


def test_what_was_not_saved_is_there_after_a_reload_and_gone_after_discarding(board, person, arrive):
    arrive("Budget")
    field(run(board, person), "Add a topic").set_value("budget").run()
    again = run(board, person)
    assert "Not saved yet" in said(again)
    again.button(key="profile.discard").click().run()
    assert "Not saved yet" not in said(again)
    assert not board.preview.changed(person.id)


def test_a_level_is_chosen_in_words_and_a_name_can_be_taken_out(board, person):
    board.profiles.save(person.id, {"people": {"ada ek": 1.0}})
    app = run(board, person)
    choice = next(box for box in app.selectbox if "ada ek" in box.label)
    choice.set_value(3.0).run()
    assert board.preview.draft(person.id).people == {"ada ek": 3}
    next(button for button in app.button if button.key.endswith("ada ek.remove")).click().run()
    assert board.preview.draft(person.id).people == {}


def test_kinds_and_sources_are_weighed_in_words(board, person, arrive):
    source = arrive("One")
    app = run(board, person)
    field(app, "Mail").set_value(-1.0).run()
    next(box for box in app.selectbox if "feed" in box.label).set_value(2.0).run()
    draft = board.preview.draft(person.id)
    assert (draft.kinds, draft.sources) == ({Kind.MAIL: -1}, {source.id: 2})


def test_people_and_channels_that_reach_the_person_are_offered(board, person, arrive):
    arrive("One")
    app = run(board, person)
    assert field(app, "Add a person").options == ["Ada Ek"]
    assert field(app, "Add a channel").options == ["sales"]
    field(app, "Add a person").set_value("Ada Ek").run()
    assert board.preview.draft(person.id).people == {"ada ek": 1}


def test_a_name_that_cannot_be_kept_is_refused_with_a_sentence(board, person):
    app = run(board, person)
    field(app, "Add a topic").set_value("x" * 300).run()
    assert app.error
    assert not board.preview.changed(person.id)


def test_what_is_muted_is_listed_and_taken_back(board, person, arrive):
    source = arrive("Long story", "Short story")
    profile = mute(Profile(), "threads", thread_name(source.id, "", "Long story"))
    board.profiles.save(person.id, profile.model_dump(mode="json"))
    app = run(board, person, "never")
    assert "Long story" in said(app)
    field(app, "Hide what contains a word").set_value("short").run()
    assert "Short story" in listed(app)
    assert "muted" in listed(app)
    next(button for button in app.button if button.key and "threads" in button.key).click().run()
    muted = board.preview.draft(person.id).muted
    assert (muted.threads, muted.words) == (frozenset(), {"short"})


def test_working_time_is_set_with_a_private_source(board, person, arrive):
    source = arrive("One")
    app = run(board, person, "oneself")
    assert board.preview.draft(person.id).hours is None
    app.toggle[0].set_value(True).run()
    assert board.preview.draft(person.id).hours == Hours(zone="UTC")
    app.time_input[0].set_value(time(9, 30)).run()
    next(box for box in app.selectbox if box.label == "Time zone").set_value("Asia/Tokyo").run()
    app.multiselect[0].set_value([source.id]).run()
    assert not app.exception
    hours = board.preview.draft(person.id).hours
    assert (hours.start, hours.zone, hours.private) == (time(9, 30), "Asia/Tokyo", {source.id})
    app.toggle[0].set_value(False).run()
    assert board.preview.draft(person.id).hours is None


def test_after_hours_the_list_says_that_work_waits_and_until_when(board, person, arrive):
    def today(board, person, t):
        from dashboard.ui.views import today

        today.show(board, person, t)

    arrive("One")
    always = Hours(start=time(0), end=time(0), days=range(7))
    for hours, told in ((None, ""), (always, ""), (Hours(days=()), "no working day")):
        board.profiles.save(person.id, Profile(hours=hours).model_dump(mode="json"))
        kwargs = {"board": board, "person": person, "t": Translator("en")}
        app = AppTest.from_function(today, kwargs=kwargs, default_timeout=TIMEOUT).run()
        assert not app.exception
        assert bool(app.info) is bool(told)
        assert told in "".join(info.value for info in app.info)


def test_a_file_becomes_a_draft_and_one_of_no_use_says_why(board, person):
    def script(board, person, t, file):
        from dashboard.ui.person.editing import Editing
        from dashboard.ui.person.oneself import bring_in

        if not board.preview.changed(person.id):
            bring_in(Editing(board, person, t), file)

    for file, told in ((b"[1]", "no profile"), (b'{"topics": {"budget": 2}}', "")):
        kwargs = {"board": board, "person": person, "t": Translator("en"), "file": file}
        app = AppTest.from_function(script, kwargs=kwargs, default_timeout=TIMEOUT).run()
        assert told in said(app)
        assert bool(app.error) is bool(told)
    assert board.preview.draft(person.id).topics == {"budget": 2}


def test_a_start_adds_only_what_the_person_has_not_decided():
    start = Profile(topics={"outage": 3, "release": 1}, kinds={"task": 1})
    mine = Profile(me={"me@example.org"}, topics={"outage": -1})
    assert over(mine, start) == Profile(me={"me@example.org"}, topics={"outage": -1, "release": 1}, kinds={"task": 1})


def test_what_the_company_gives_is_marked_and_can_be_used_again(board, person):
    board.admin.defaults.set(person.id, "topics", {"safety": 2.0, "lunch": 1.0})
    app = run(board, person)
    assert said(app).count("from your company") == 2
    next(button for button in app.button if button.key.endswith("safety.remove")).click().run()
    assert board.preview.draft(person.id).topics == {"lunch": 1}
    app.button(key="profile.save").click().run()
    again = next(button for button in app.button if button.key.endswith("safety.given"))
    assert "safety" in again.label
    again.click().run()
    assert board.preview.draft(person.id).topics == {"lunch": 1, "safety": 2}


def test_every_setting_says_which_group_it_is_from_and_can_be_reset_to_it(board, person):
    board.store.admin.change_person(person.id, person.id, now=board.now(), groups={"sales"})
    give = board.admin.defaults.set
    give(person.id, "topics", {"safety": 2.0}, group="sales")
    give(person.id, "muted.words", {"lottery": True}, group="sales")
    give(person.id, "hours", {"start": "09:00", "end": "17:00", "zone": "UTC"}, group="sales")
    give(person.id, "notify", {"first": True, "budget": 3}, group="sales")
    give(person.id, "language", "de")
    for part in ("matters", "never", "oneself", "device"):
        assert "from your group sales" in said(run(board, person, part))
    assert "Deutsch, from your company" in run(board, person, "device").selectbox(key="device.language").options[0]

    app = run(board, person, "never")
    next(button for button in app.button if button.key.endswith("lottery.remove")).click().run()
    next(button for button in app.button if button.key.endswith("lottery.given")).click().run()
    assert "lottery" in board.preview.draft(person.id).muted.words

    app = run(board, person, "oneself")
    next(toggle for toggle in app.toggle if toggle.key.endswith("hours")).set_value(False).run()
    next(button for button in app.button if button.label == "Reset to the default from your group sales").click().run()
    assert board.preview.draft(person.id).hours.end == time(17)

    app = run(board, person, "device")
    app.radio(key="notify.choice").set_value("nothing").run()
    assert not board.alerts.choice(person.id).first
    app.button(key="notify.reset").click().run()
    assert board.alerts.choice(person.id) == Choice(first=True, budget=3)
    assert app.radio(key="notify.choice").value == "first"


def test_a_switch_decides_whether_what_was_opened_counts_and_a_button_forgets_it(board, person, arrive):
    arrive("One", "Two")
    rows = board.listing.today(person.id).rows
    board.marks.seen(person.id, [rows[0].entry.id])
    app = run(board, person, "known")
    assert "One item since" in said(app)
    app.toggle[1].set_value(True).run()
    assert board.preview.draft(person.id).uses.opened
    app.button(key="known.forget").click().run()
    assert "Nothing is remembered" in said(app)


def test_an_account_is_erased_only_by_who_types_their_login(board, person, arrive):
    arrive("One")
    app = run(board, person, "known")
    app.text_input(key="known.login").set_value("somebody")
    next(button for button in app.button if button.label == "Erase everything").click().run()
    assert "not your login" in said(app)
    assert board.store.employees()
    app.text_input(key="known.login").set_value(person.login)
    next(button for button in app.button if button.label == "Erase everything").click().run()
    assert board.store.employees() == []


def test_the_language_of_the_page_is_chosen_and_left_to_the_browser_again(board, person):
    app = run(board, person, "device")
    app.selectbox(key="device.language").set_value("de").run()
    assert board.me().language == "de"
    app.selectbox(key="device.language").set_value("").run()
    assert board.me().language is None


def test_text_of_strangers_is_only_text(board, person, arrive):
    arrive(HOSTILE)
    board.profiles.save(person.id, {"people": {HOSTILE: 1.0}, "muted": {"words": [HOSTILE]}, "me": [HOSTILE]})
    for part in _PARTS:
        app = run(board, person, part)
        assert not app.exception
        assert "<img" not in listed(app)
        bare = said(app).replace("\\", "\0\0")
        assert "[link](" not in bare
        assert "**bold" not in bare


def test_a_profile_with_very_many_names_shows_the_first_ones_until_all_are_asked_for(board, person):
    board.profiles.save(person.id, {"topics": {f"topic {n:03}": 1.0 for n in range(60)}})
    app = run(board, person)
    assert "topic 059" not in said(app)
    next(button for button in app.button if button.label == "Show all 60").click().run()
    assert "topic 059" in said(app)


def test_every_weight_that_can_be_chosen_has_a_word_and_others_their_number():
    t = Translator("de")
    assert len({level(weight, t) for weight in LEVELS}) == len(LEVELS)
    assert level(1.7, t) == "Viel mehr (1,7)"


@pytest.mark.parametrize(
    ("file", "fits"),
    [
        (json.dumps({"topics": {"budget": 2}}).encode(), True),
        (b"{}", True),
        (b"[1]", False),
        (b"\xff\xfe", False),
        (b'{"topics": {"budget": 99}}', False),
        (b'{"pickle": 1}', False),
        (b"[" * 100_000, False),
    ],
)
def test_a_file_is_a_profile_or_refused(board, file, fits):
    try:
        assert (board.preview.read(file) is not None) is fits
    except ValueError:
        assert not fits
