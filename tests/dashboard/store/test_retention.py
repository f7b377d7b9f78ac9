"""What is older than its source keeps it goes, and does not come again; what somebody still needs stays."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from connectors.kit import Kind
from dashboard.retention import oldest, tidy
from dashboard.store.records import OPERATOR, Health, Step
from tests.dashboard.store.samples import NOW, commit, find, item, keys

DAY = timedelta(days=1)
WEEK = 7 * DAY


@pytest.fixture
def old(store, source):
    """Put items of every age into a source."""
    commit(store, source, *(item(f"{age} days", text=f"word{age}", received=NOW - age * DAY) for age in (1, 6, 8, 400)))


def test_items_older_than_their_source_keeps_them_are_gone_everywhere(store, ada, source, old):
    assert store.engine.expire(now=NOW, days=7) == 2
    assert keys(store, ada) == {"1 days", "6 days"}
    assert find(store, ada, "word400") == []
    assert store.source(ada, source).items == 2
    assert store.engine.expire(now=NOW, days=7) == 0
    with store._database.reading() as connection:
        left = connection.exec_driver_sql("SELECT author, people, channel, terms FROM entries WHERE gone").all()
        assert {tuple(map(bytes, map(str.encode, map(str, row[:3])))) for row in left} == {(b"", b"", b"")}
        assert connection.exec_driver_sql("SELECT count(*) FROM bodies").scalar() == 2


def test_an_open_page_hears_of_it(store, ada, source, old):
    known = store.rev(ada)
    store.engine.expire(now=NOW, days=7)
    assert store.rev(ada) > known
    assert {facts.key for facts in store.facts(ada, after=known) if facts.gone} == {"8 days", "400 days"}


@pytest.mark.parametrize(
    ("own", "days", "left"),
    [(None, 0, 4), (None, 7, 2), (0, 7, 4), (30, 7, 3), (3, 0, 1), (36500, 1, 4)],
)
def test_a_source_may_say_otherwise_than_the_settings(store, ada, source, old, own, days, left):
    store.change_source(ada, source, keep_days=own)
    store.engine.expire(now=NOW, days=days)
    assert len(keys(store, ada)) == left


def test_what_somebody_still_needs_stays_until_they_do_not(store, ada, bob):
    shared = store.admin.add_shared(
        OPERATOR, seal=lambda number: None, now=NOW, connector="rss", title="All", options={}, every=9.0
    ).id
    ago = NOW - 100 * DAY
    commit(
        store,
        shared,
        item("pinned", received=ago),
        item("put off", received=ago),
        item("put off till yesterday", received=ago),
        item("coming", received=ago, kind=Kind.EVENT, start=NOW + DAY, end=NOW + 2 * DAY),
        item("running", received=ago, kind=Kind.EVENT, start=NOW - DAY, end=NOW + DAY),
        item("over", received=ago, kind=Kind.EVENT, start=NOW - 2 * DAY, end=NOW - DAY),
        item("due", received=ago, due=NOW + DAY),
        item("open task", received=ago, kind=Kind.TASK, due=NOW - DAY),
        item("done task", received=ago, kind=Kind.TASK, done=True),
        item("plain", received=ago),
    )
    ids = {facts.key: facts.id for facts in store.facts(bob)}
    store.mark(bob, [ids["pinned"]], pinned=True)
    store.mark(bob, [ids["put off"]], snoozed_until=NOW + DAY)
    store.mark(bob, [ids["put off till yesterday"]], snoozed_until=NOW - DAY)
    store.engine.expire(now=NOW, days=7)
    assert keys(store, ada) == {"pinned", "put off", "coming", "running", "due", "open task"}
    store.mark(bob, [ids["pinned"]], pinned=False)
    store.engine.expire(now=NOW + 3 * DAY, days=7)
    assert keys(store, ada) == {"open task"}


def test_what_was_removed_does_not_come_again_with_the_next_fetch(store, ada, source, old):
    def fetch():
        again = [item(f"{age} days", text=f"word{age} new", received=NOW - age * DAY) for age in (1, 8, 400, 500)]
        future = item("plan", received=NOW - 30 * DAY, kind=Kind.EVENT, start=NOW + DAY)
        return commit(store, source, *again, future, oldest=NOW - WEEK)

    store.engine.expire(now=NOW, days=7)
    tally = fetch()
    assert (tally.new, tally.changed) == (1, 1)
    assert keys(store, ada) == {"1 days", "6 days", "plan"}
    store.engine.purge(before=NOW + DAY)
    fetch()
    assert keys(store, ada) == {"1 days", "6 days", "plan"}
    commit(store, source, item("8 days", received=NOW - 8 * DAY))  # everything is kept again
    assert "8 days" in keys(store, ada)


def test_an_old_item_that_is_there_still_changes(store, ada, source, old):
    store.mark(ada, [facts.id for facts in store.facts(ada)], pinned=True)
    tally = commit(store, source, item("400 days", text="changed", received=NOW - 400 * DAY), oldest=NOW - WEEK)
    assert tally.changed == 1
    assert find(store, ada, "changed") == ["400 days"]


def test_the_age_below_which_nothing_is_taken_in_is_the_source_s_or_the_settings():
    assert oldest(None, 0, now=NOW) is None
    assert oldest(None, 7, now=NOW) == NOW - WEEK
    assert oldest(0, 7, now=NOW) is None
    assert oldest(1, 7, now=NOW) == NOW - DAY


def test_the_daily_pass_takes_away_what_only_tells_of_the_past(store, ada, source):
    commit(store, source, item("1"), item("2"))
    commit(store, source, gone=["1"])
    for hour, health in enumerate((Health.PAUSED, Health.NEW, Health.PAUSED)):
        store.change_source(ada, source, now=NOW + timedelta(hours=hour), health=health, due_at=None)
    store.mark(ada, [store.facts(ada)[0].id], step=Step(verb="pin", at=NOW), pinned=True)

    def counts():
        with store._database.reading() as connection:
            tables = ("entries", "journal", "health")
            return [connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar() for table in tables]

    assert counts() == [2, 1, 3]
    tidy(store.engine, now=NOW + 6 * DAY, days=0)
    assert counts() == [2, 1, 3]
    tidy(store.engine, now=NOW + 8 * DAY, days=0)
    assert counts() == [2, 0, 3]
    tidy(store.engine, now=NOW + 31 * DAY, days=0)
    assert counts() == [1, 0, 3]
    tidy(store.engine, now=NOW + 91 * DAY, days=0)
    assert counts() == [1, 0, 1]
    (last,) = store.health_log(ada, source, since=NOW + 91 * DAY)
    assert last.health is Health.PAUSED
