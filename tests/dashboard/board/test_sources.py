"""Adding, mending and removing a source, tested at the backend before anything is saved."""

import pytest
from board_connectors import OPENED
from board_letters import NOW, letter

from dashboard.board.records import Invalid, Refused
from dashboard.store.records import Audience, Health


@pytest.fixture(autouse=True)
def _nothing_opened():
    OPENED.clear()


RIGHT = {"address": "box", "password": "open sesame"}
OPML = b"""<opml version="2.0"><head/><body><outline text="Work"><outline text="News" type="rss"
 xmlUrl="https://a.example/feed" category="x"/></outline><outline text="B" xmlUrl="https://b.example/feed"/></body></opml>"""


def test_a_source_that_works_is_saved_and_due_at_once(board, ada):
    tried, source = board.sources.add(ada, "letters", "", RIGHT)
    assert tried.ok
    assert source.title == "one letter"
    assert source.due_at == NOW


def test_a_wrong_password_is_said_and_nothing_is_saved(board, ada):
    tried, source = board.sources.add(ada, "letters", "Box", RIGHT | {"password": "wrong"})
    assert (tried.failure, tried.detail, source) == ("Unauthorized", "the box stays shut", None)
    assert board.sources.all(ada) == []


def test_what_was_found_out_is_tried_and_kept(board, ada):
    _, source = board.sources.add(ada, "letters", "", RIGHT | {"address": "look for it"})
    assert source.options == {"address": "box", "folder": "found"}
    assert OPENED == ["box"]


def test_a_stored_password_goes_nowhere_that_is_only_looked_for(board, ada, letters):
    board.sources.edit(ada, letters.id, "", {"address": "look for it", "password": "open sesame"})
    before = board.sources.all(ada)[0].options
    board.sources.edit(ada, letters.id, "", {"address": "look for it", "password": ""})
    assert board.sources.all(ada)[0].options == before


def test_a_missing_field_is_named(board, ada):
    tried, _ = board.sources.add(ada, "letters", "Box", {"address": "", "password": "x"})
    assert set(tried.errors) == {"address"}


def test_a_connector_with_a_bug_or_that_is_broken_is_said_so(board, ada):
    assert board.sources.check("buggy", {}).failure == "Bug"
    assert board.sources.check("broken", {}).failure == "Misconfigured"
    assert board.sources.form("broken") is None
    broken = {offer.name: offer.broken for offer in board.sources.offers()}
    assert "no_such_module" in broken["broken"]
    assert broken["letters"] is None


def test_the_password_is_nowhere_in_the_database(board, ada, letters, house):
    board.store.close()
    data = b"".join(file.read_bytes() for file in house.settings.data.rglob("*.db*"))
    assert b"open sesame" not in data
    assert "password" not in letters.options


def test_an_empty_password_in_an_edit_keeps_the_stored_one(board, ada, letters):
    tried = board.sources.edit(ada, letters.id, "New name", {"address": "box", "password": "", "folder": "out"})
    assert tried.ok
    (source,) = board.sources.all(ada)
    assert (source.title, source.options) == ("New name", {"address": "box", "folder": "out"})


def test_a_stored_password_is_never_sent_to_another_place(board, ada, letters):
    tried = board.sources.edit(ada, letters.id, "Box", {"address": "thief", "password": ""})
    assert (set(tried.errors), tried.ok) == ({"password"}, False)
    assert OPENED == ["box"]
    assert board.sources.all(ada)[0].options == {"address": "box"}
    assert board.sources.edit(ada, letters.id, "Box", {"address": "box 2", "password": "open sesame"}).ok
    assert board.sources.all(ada)[0].options == {"address": "box 2"}


def test_who_only_reads_a_shared_source_can_neither_change_it_nor_have_its_password_tried(board, ada, bob, letters):
    board.store.change_source(ada, letters.id, audience=Audience.EVERYONE)
    sources = board.sources
    assert (sources.editable(ada, letters.id), sources.editable(bob, letters.id)) == (True, False)
    assert not any(change(bob, letters.id) for change in (sources.pause, sources.resume, sources.sync_now))
    assert not sources.edit(bob, letters.id, "Mine", {"address": "box", "password": ""}).ok
    assert OPENED == ["box"]
    assert all(change(ada, letters.id) for change in (sources.pause, sources.resume, sources.sync_now))


def test_an_edit_that_does_not_work_changes_nothing(board, ada, letters):
    tried = board.sources.edit(ada, letters.id, "New name", {"address": "box", "password": "wrong"})
    assert tried.failure == "Unauthorized"
    assert board.sources.all(ada)[0].title == "Letters"


def test_a_paused_source_is_not_due_until_it_is_resumed(board, ada, letters):
    board.sources.pause(ada, letters.id)
    assert board.sources.all(ada)[0].health is Health.PAUSED
    assert board.store.engine.claim("w", now=NOW, until=NOW, limit=5) == []
    board.sources.resume(ada, letters.id)
    assert board.sources.all(ada)[0].due_at == NOW


def test_a_removed_source_takes_its_items_along(board, ada, letters, arrive):
    arrive(letters, letter("x"))
    assert board.sources.remove(ada, letters.id)
    assert board.listing.today(ada).rows == []


def test_nobody_can_touch_the_source_of_somebody_else(board, bob, ada, letters):
    assert board.sources.all(bob) == []
    assert not board.sources.edit(bob, letters.id, "Mine", RIGHT).ok
    assert not board.sources.remove(bob, letters.id)
    assert not board.sources.pause(bob, letters.id)
    assert not board.sources.editable(bob, letters.id)
    assert board.sources.editable(ada, letters.id)
    assert board.sources.all(ada)[0].health is Health.NEW


def test_feeds_come_from_another_reader_and_go_back_with_their_folders(board, ada):
    assert board.sources.import_opml(ada, OPML) == 2
    assert board.sources.import_opml(ada, OPML) == 0
    text = board.sources.export_opml(ada)
    assert 'text="Work"' in text
    assert 'category="x"' in text
    assert text.count("xmlUrl") == 2


def test_folders_keep_what_other_readers_wrote_on_them_even_empty_ones(board, ada):
    folders = b'<outline text="Later" isOpen="%s"/><outline text="Work" title="Work!"/>'
    for state in (b"true", b"false"):
        board.sources.import_opml(ada, OPML.replace(b"<body>", b"<body>" + folders % state))
    text = board.sources.export_opml(ada)
    assert '<outline text="Later" title="Later" isOpen="false" />' in text
    assert text.count('text="Work"') == text.count('title="Work!"') == 1


def test_what_is_no_opml_is_refused_with_a_sentence(board, ada):
    with pytest.raises(Invalid, match="OPML"):
        board.sources.import_opml(ada, b"<html/>")
    assert board.sources.export_opml(ada) == ""


def test_a_worker_that_is_gone_is_noticed(board, house):
    assert not board.sources.pulse().alive
    house.store.engine.beat("w", now=NOW)
    assert board.sources.pulse().alive


def test_an_answer_is_sent_because_a_person_sends_it_and_seen_at_once(board, ada, letters, arrive):
    from board_connectors import SENT

    entry = arrive(letters, letter("x"))["x"]
    board.act(ada, entry, "reply", text="Yes")
    assert SENT == [("x", "Yes")]
    assert board.store.entries(ada, [entry])[0].item.answered
    with pytest.raises(KeyError):
        board.act(ada, 12345, "reply", text="Yes")


def test_a_refused_action_says_so_and_nobody_acts_in_the_source_of_another(board, ada, bob, letters, arrive):
    entry = arrive(letters, letter("x"))["x"]
    with pytest.raises(Refused, match="offers no archive"):
        board.act(ada, entry, "archive")
    board.store.change_source(ada, letters.id, audience=Audience.EVERYONE)
    assert board.listing.open(bob, entry).actions == ()
    with pytest.raises(KeyError):
        board.act(bob, entry, "reply", text="Yes")
