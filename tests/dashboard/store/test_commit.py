"""What a fetch brings is kept once, completely, and at its honest time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.kit import Attachment, Change, Gone, Importance, Item, Kind, Person, Read, Role, Snapshot
from dashboard.store import LeaseLost
from dashboard.store.records import Batch, Flag, Tally
from tests.dashboard.store.samples import NOW, commit, item, keys


def only(store, person):
    [facts] = store.facts(person)
    return facts


def test_an_item_comes_back_as_it_was_given(store, ada, source):
    given_item = Item(
        id="ü/1",
        kind=Kind.MAIL,
        title="Grüße 🌍",
        text="Können wir reden?\n" * 30,
        html="<p>Hi",
        url="https://example.org/1",
        author=Person("Ada  Strauß", "Ada@Example.org"),
        people=(Person("Bob", "bob@example.org", Role.TO), Person("Team", "", Role.CC)),
        thread="t",
        reply_to="0",
        channel="Inbox",
        created=NOW - timedelta(days=2, microseconds=123457),
        updated=NOW - timedelta(days=1),
        received=NOW - timedelta(hours=3),
        due=NOW + timedelta(days=1),
        start=NOW,
        end=NOW + timedelta(hours=1),
        own=True,
        direct=True,
        mention=True,
        bulk=True,
        automated=True,
        importance=Importance.HIGH,
        unread=True,
        flagged=False,
        answered=None,
        done=True,
        labels=("a", "b c"),
        attachments=(Attachment("plan.pdf", "application/pdf", 7, "https://example.org/plan"),),
    )
    commit(store, source, given_item)
    facts = only(store, ada)
    [entry] = store.entries(ada, [facts.id])
    assert entry.item == given_item
    assert entry.at == given_item.received
    assert entry.first_seen == NOW
    assert store.raw(ada, facts.id) == "raw of ü/1"
    assert facts.author == "ada@example.org"
    assert facts.name == "ada strauss"
    assert facts.people == "bob@example.org\nbob\nteam"
    all_flags = sum(value for name, value in vars(Flag).items() if name.isupper())
    assert facts.flags == all_flags & ~Flag.FLAGGED & ~Flag.ANSWERED


def test_an_item_with_nothing_but_an_id_comes_back(store, ada, source):
    commit(store, source, Item(id="x"))
    facts = only(store, ada)
    assert store.entries(ada, [facts.id])[0].item == Item(id="x")
    assert facts.at == NOW.timestamp()


def test_the_same_item_again_is_kept_once_and_changes_nothing(store, ada, source):
    assert commit(store, source, item()) == Tally(new=1)
    rev = store.rev(ada)
    assert commit(store, source, item(), item()) == Tally(same=2)
    assert store.rev(ada) == rev
    assert len(store.facts(ada)) == 1


def test_a_changed_item_keeps_its_id_and_gets_a_new_revision(store, ada, source):
    commit(store, source, item())
    before, rev = only(store, ada), store.rev(ada)
    assert commit(store, source, item(title="Other")) == Tally(changed=1)
    [after] = store.facts(ada, after=rev)
    assert after.id == before.id
    assert after.rev > before.rev
    assert store.entries(ada, [after.id])[0].item.title == "Other"


def test_a_new_state_alone_changes_the_flags_and_not_the_content(store, ada, source):
    commit(store, source, item(unread=True))
    assert commit(store, source, item(unread=False, flagged=True)) == Tally(changed=1)
    facts = only(store, ada)
    assert facts.flags & Flag.FLAGGED
    assert not facts.flags & Flag.UNREAD


def test_no_date_puts_an_item_into_the_future_or_before_1970(store, ada, source):
    far, early = datetime(9999, 12, 31, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)
    commit(store, source, item("far", received=far), item("early", received=early))
    at = {facts.key: facts.at for facts in store.facts(ada)}
    assert at == {"far": NOW.timestamp(), "early": 0.0}


def test_ids_grow_with_the_time_of_the_items(store, ada, source):
    commit(store, source, *(item(str(n), received=NOW - timedelta(seconds=n)) for n in range(50)))
    newest_first = [facts.key for facts in sorted(store.facts(ada), key=lambda facts: -facts.id)]
    assert newest_first == [str(n) for n in range(50)]
    assert all(0 < facts.id < 2**53 for facts in store.facts(ada))


def test_items_of_one_moment_all_get_a_place(store, ada, source, monkeypatch):
    monkeypatch.setattr("dashboard.store.commit.entry_id", lambda at, key, source: 7 + len(key) % 2)
    for start in (0, 20, 40):
        commit(store, source, *(item("x" * n) for n in range(start + 1, start + 21)))
    assert sorted(facts.id for facts in store.facts(ada)) == list(range(7, 67))


def test_an_item_that_is_gone_disappears_and_comes_back_with_its_mark(store, ada, source):
    commit(store, source, item())
    first = only(store, ada)
    store.mark(ada, [first.id], pinned=True)
    rev = store.rev(ada)
    assert commit(store, source, gone=["1", "unknown"]) == Tally(gone=1)
    [tombstone] = store.facts(ada, after=rev)
    assert tombstone.gone is True
    assert store.facts(ada) == []
    assert store.entries(ada, [first.id]) == []
    assert store.raw(ada, first.id) is None
    assert commit(store, source, item()) == Tally(changed=1)
    back = only(store, ada)
    assert (back.id, back.pinned, back.gone) == (first.id, True, False)
    assert store.source(ada, source).items == 1


def test_a_snapshot_takes_away_what_it_does_not_list(store, ada, source):
    commit(store, source, item("a/1"), item("a/2"), item("b/1"))
    commit(store, source, events=[Snapshot(ids={"a/2"}, within="a/")])
    assert keys(store, ada) == {"a/2", "b/1"}
    commit(store, source, events=[Snapshot(ids=["b/1"])])
    assert keys(store, ada) == {"b/1"}


def test_a_snapshot_does_not_read_its_beginning_as_a_pattern(store, ada, source):
    commit(store, source, item("a%/1"), item("abc/1"))
    commit(store, source, events=[Snapshot(ids=(), within="a%")])
    assert keys(store, ada) == {"abc/1"}


def test_events_take_effect_in_their_order(store, ada, source):
    commit(
        store,
        source,
        item("1"),
        item("2"),
        events=[Change(id="1", unread=True), Gone("2"), Change(id="1", flagged=True)],
    )
    facts = only(store, ada)
    assert facts.flags & Flag.UNREAD
    assert facts.flags & Flag.FLAGGED
    commit(
        store,
        source,
        events=[Change(id="1", unread=False), Change(id="unknown", unread=True), Change(id="2", done=True)],
    )
    assert not only(store, ada).flags & Flag.UNREAD


def test_a_read_marker_divides_a_channel(store, ada, source):
    old, new = NOW - timedelta(hours=5), NOW - timedelta(hours=1)
    commit(
        store,
        source,
        item("old", channel="c", received=old, unread=True),
        item("new", channel="c", received=new, unread=False),
        item("own", channel="c", received=new, own=True, unread=False),
        item("other", channel="d", received=old, unread=True),
        events=[Read(channel="c", until=NOW - timedelta(hours=2))],
    )
    unread = {facts.key for facts in store.facts(ada) if facts.flags & Flag.UNREAD}
    assert unread == {"new", "other"}


def test_the_cursor_is_kept_with_the_items(store, ada, source):
    commit(store, source, item(), cursor={"at": [1, "ü"]}, unreadable=3)
    kept = store.source(ada, source)
    assert (kept.cursor, kept.items, kept.unreadable) == ({"at": [1, "ü"]}, 1, 3)
    assert kept.newest_at == NOW - timedelta(hours=1)
    commit(store, source, item("old", received=NOW - timedelta(days=9)))
    assert store.source(ada, source).cursor == {"at": [1, "ü"]}
    assert store.source(ada, source).newest_at == NOW - timedelta(hours=1)


def test_a_worker_that_lost_its_lease_writes_nothing(store, ada, source):
    store.engine.claim("one", now=NOW, until=NOW, limit=1)
    store.engine.claim("two", now=NOW, until=NOW + timedelta(minutes=1), limit=1)
    with pytest.raises(LeaseLost):
        store.engine.commit(source, "one", Batch(items=[(item(), "")], cursor=1), now=NOW)
    assert store.facts(ada) == []
    assert store.source(ada, source).cursor == {}
    store.remove_source(ada, source)
    with pytest.raises(LeaseLost):
        store.engine.commit(source, "two", Batch(), now=NOW)


def test_a_hash_of_another_version_alone_is_no_change(store, ada, source, monkeypatch):
    commit(store, source, item())
    monkeypatch.setattr("dashboard.store.decision.VERSION", 2)
    assert commit(store, source, item()) == Tally(same=1)
    assert commit(store, source, item(title="Other")) == Tally(changed=1)


def test_what_is_gone_for_long_can_be_purged(store, ada, source):
    commit(store, source, item("1"), item("2"))
    commit(store, source, gone=["1"])
    assert store.engine.purge(before=NOW) == 0
    assert store.engine.purge(before=NOW + timedelta(days=1)) == 1
    assert keys(store, ada) == {"2"}


anything = st.text(alphabet=st.characters(), max_size=30)


def test_nobody_passes_for_an_address_that_they_only_write_as_their_name(store, ada, source):
    commit(store, source, item("1", author=Person("boss@example.org", "eve@example.com")))
    (facts,) = store.facts(ada)
    assert (facts.author, facts.name) == ("eve@example.com", "")


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(id_=anything, title=anything, text=anything, author=anything, labels=st.lists(anything, max_size=3))
def test_any_text_at_all_can_be_kept_found_and_read(store, ada, source, id_, title, text, author, labels):
    given_item = item(id_, title=title, text=text, author=author, labels=tuple(labels), thread=text, channel=title)
    commit(store, source, given_item)
    [facts] = store.facts(ada)
    store.entries(ada, [facts.id])
    commit(store, source, gone=[id_])
    assert store.facts(ada) == []
