"""What a person did can be taken back: exactly, step by step, on any device, and never what is another's."""

import threading
from datetime import timedelta

import pytest

from dashboard.store.journal import KEPT
from dashboard.store.records import Mark, Step
from tests.dashboard.store.samples import NOW, add_source, commit, item


def did(verb="done", **fields):
    return Step(verb=verb, at=NOW, **fields)


@pytest.fixture
def ids(store, ada, source):
    commit(store, source, *(item(str(n)) for n in range(3)))
    return [facts.id for facts in store.facts(ada)]


def mark_of(store, ada, entry):
    return store.entries(ada, [entry])[0].mark


def test_steps_are_taken_back_the_newest_first(store, ada, ids):
    store.mark(ada, ids[:1], step=did("pin"), pinned=True)
    store.mark(ada, ids, step=did(), done_at=NOW)
    assert [step.verb for step in store.steps(ada, limit=9)] == ["done", "pin"]
    assert sorted(store.undo(ada).entries) == sorted(ids)
    assert mark_of(store, ada, ids[0]) == Mark(pinned=True)
    assert mark_of(store, ada, ids[1]) == Mark()
    assert store.undo(ada).verb == "pin"
    assert mark_of(store, ada, ids[0]) == Mark()
    assert store.undo(ada) is None


def test_what_happened_to_an_item_meanwhile_stays(store, ada, ids):
    store.mark(ada, ids[:1], step=did(), done_at=NOW)
    store.mark(ada, ids[:1], seen_at=NOW)
    store.undo(ada)
    assert mark_of(store, ada, ids[0]) == Mark(seen_at=NOW)


def test_each_item_gets_back_its_own_former_mark(store, ada, ids):
    tomorrow = NOW + timedelta(days=1)
    store.mark(ada, ids[:1], snoozed_until=NOW + timedelta(hours=1))
    store.mark(ada, ids, step=did("snooze"), snoozed_until=tomorrow)
    store.undo(ada)
    assert [mark_of(store, ada, one).snoozed_until for one in ids] == [NOW + timedelta(hours=1), None, None]


def test_items_that_are_gone_meanwhile_are_passed_over(store, ada, ids, source):
    other = add_source(store, ada, "Other").id
    commit(store, other, item("x"))
    strange = next(facts.id for facts in store.facts(ada) if facts.source == other)
    store.mark(ada, [strange, *ids], step=did(), done_at=NOW)
    store.remove_source(ada, other)
    assert store.undo(ada) is not None
    assert all(mark_of(store, ada, one) == Mark() for one in ids)


def test_the_same_thing_sent_twice_is_one_step(store, ada, ids):
    for _ in range(2):
        store.mark(ada, ids, step=did("pin"), pinned=True)
        store.keep(ada, "profile", {"a": 1}, step=did("profile"))
    assert [step.verb for step in store.steps(ada, limit=9)] == ["profile", "pin"]


def test_what_was_not_said_to_be_a_step_is_none(store, ada, ids):
    store.mark(ada, ids, seen_at=NOW)
    store.keep(ada, "profile", {"a": 1})
    assert store.undo(ada) is None


def test_a_profile_is_as_it_was_before(store, ada):
    store.keep(ada, "profile", {"people": {"bob": 1}}, step=did("profile"))
    store.keep(ada, "profile", {"people": {"bob": 2}}, step=did("profile", subject="Bob"))
    assert store.steps(ada)[0].subject == "Bob"
    store.undo(ada)
    assert store.document(ada, "profile") == {"people": {"bob": 1}}
    store.undo(ada)
    assert store.document(ada, "profile") is None


def test_a_muted_source_is_heard_again(store, ada, source):
    store.change_source(ada, source, step=did("mute"), muted=True)
    store.change_source(ada, source, step=did("mute"), muted=True)
    rev = store.rev(ada)
    assert store.sources(ada)[0].muted
    store.undo(ada)
    assert not store.sources(ada)[0].muted
    assert store.rev(ada) > rev
    assert store.undo(ada) is None


def test_a_muted_source_that_was_removed_stays_removed(store, ada, source):
    store.change_source(ada, source, muted=True)
    store.change_source(ada, source, step=did("unmute"), muted=False)
    store.remove_source(ada, source)
    assert store.undo(ada).verb == "unmute"
    assert store.sources(ada) == []


def test_a_page_learns_of_what_was_taken_back(store, ada, ids):
    store.mark(ada, ids[:1], step=did(), done_at=NOW)
    rev = store.rev(ada)
    store.undo(ada)
    assert [facts.id for facts in store.facts(ada, after=rev)] == ids[:1]


def test_nobody_takes_back_what_somebody_else_did(store, ada, bob, ids):
    store.mark(ada, ids, step=did(), done_at=NOW)
    assert store.undo(bob) is None
    assert store.steps(bob) == []
    assert len(store.steps(ada)) == 1


def test_only_the_last_steps_are_kept(store, ada, ids):
    for n in range(KEPT + 5):
        store.mark(ada, ids, step=did(subject=str(n)), pinned=n % 2 == 0)
    assert [step.subject for step in store.steps(ada, limit=999)] == [str(n) for n in range(KEPT + 4, 4, -1)]


def test_two_at_once_take_back_two_steps(store, ada, source):
    commit(store, source, *(item(f"n{n}") for n in range(12)))
    ids = [facts.id for facts in store.facts(ada)]
    for one in ids:
        store.mark(ada, [one], step=did(), done_at=NOW)
    found = []
    threads = [threading.Thread(target=lambda: found.extend(store.undo(ada).entries)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == sorted(ids[-8:])
    assert len(store.steps(ada, limit=99)) == 4


def test_steps_are_part_of_what_a_person_can_take_along_and_have_erased(store, ada, ids):
    store.mark(ada, ids, step=did(), done_at=NOW)
    assert [record["verb"] for record in store.export(ada) if record["record"] == "step"] == ["done"]
    store.erase(ada)
    assert store.steps(ada) == []
