"""What a person left behind is counted as it is, and gone when they say so."""

from datetime import timedelta

import pytest

from dashboard.store.records import Step
from tests.dashboard.store.samples import NOW, commit, item


@pytest.fixture
def entries(store, ada, source):
    commit(store, source, *(item(str(n)) for n in range(4)))
    return [facts.id for facts in store.facts(ada)]


def test_what_a_person_did_is_counted_since_they_began(store, ada, bob, entries):
    store.mark(ada, entries[:2], seen_at=NOW)
    store.mark(ada, entries[1:3], seen_at=NOW + timedelta(hours=1), done_at=NOW)
    store.mark(ada, entries[3:], step=Step(verb="pin", at=NOW), pinned=True)
    traces = store.traces(ada)
    assert traces["seen_at"] == (3, NOW)
    assert traces["done_at"] == (2, NOW)
    assert traces["snoozed_until"] == (0, None)
    assert traces["pinned"] == (1, None)
    assert traces["steps"] == (1, NOW)
    assert {trace.times for trace in store.traces(bob).values()} == {0}


def test_what_was_looked_at_is_forgotten_alone_and_at_once(store, ada, bob, entries):
    store.mark(ada, entries, seen_at=NOW, pinned=True)
    known = store.rev(ada)
    assert store.forget_seen(bob) == 0
    assert store.forget_seen(ada) == 4
    changed = store.facts(ada, after=known)
    assert [(facts.seen, facts.pinned) for facts in changed] == [(None, True)] * 4
    assert store.traces(ada)["seen_at"] == (0, None)


def test_a_language_is_the_person_s_until_they_follow_their_browser_again(store, ada, bob):
    store.speak(ada, "de")
    assert {person.id: person.language for person in store.employees()} == {ada: "de", bob: None}
    store.speak(ada, None)
    assert {person.language for person in store.employees()} == {None}
