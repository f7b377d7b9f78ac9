"""Admins change what is for others, every change stands in a log that only grows, and nobody else gets in."""

import inspect
from datetime import timedelta

import pytest
import sqlalchemy as sa

from dashboard.store import Administration, LastAdmin, StoreError, migration, sqlite
from dashboard.store import postgres as server
from dashboard.store.records import KEEPER, OPERATOR, Audience, Health
from tests.dashboard.store.samples import NOW, add_shared, add_source, commit, item, keys

CALLS = {
    "audit": lambda admin, me: admin.audit(me),
    "note": lambda admin, me: admin.note(me, "backup", "x", {}, now=NOW),
    "people": lambda admin, me: admin.people(me),
    "groups": lambda admin, me: admin.groups(me),
    "add_person": lambda admin, me: admin.add_person(me, "eve", now=NOW, admin=True),
    "change_person": lambda admin, me: admin.change_person(me, me, now=NOW, admin=True),
    "bring_people": lambda admin, me: admin.bring_people(me, [("eve", {"admin": True})], now=NOW),
    "erase_person": lambda admin, me: admin.erase_person(me, me, now=NOW),
    "held": lambda admin, me: admin.held(me, 1),
    "shared_sources": lambda admin, me: admin.shared_sources(me),
    "add_shared": lambda admin, me: admin.add_shared(
        me, seal=lambda number: None, now=NOW, connector="rss", title="x", options={}, every=9.0
    ),
    "change_shared": lambda admin, me: admin.change_shared(me, 1, now=NOW, title="x"),
    "remove_shared": lambda admin, me: admin.remove_shared(me, 1, now=NOW),
    "disown": lambda admin, me: admin.disown(me, 1, None),
    "survey": lambda admin, me: admin.survey(me, now=NOW),
    "all_defaults": lambda admin, me: admin.all_defaults(me),
    "set_default": lambda admin, me: admin.set_default(me, "topics", {"x": 1.0}, now=NOW),
}


def everything(store):
    with store._database.reading() as connection:
        names = sa.inspect(connection).get_table_names()
        return {name: sorted(map(str, connection.exec_driver_sql(f"SELECT * FROM {name}"))) for name in names}


def log(store):
    return [(row.actor, row.verb, row.subject, row.detail) for row in reversed(store.admin.audit(OPERATOR))]


def test_every_admin_method_is_tried_by_those_who_are_none():
    assert CALLS.keys() == {
        name for name in vars(Administration) if inspect.isfunction(getattr(Administration, name))
    } - {
        "__init__",
        "__subclasshook__",
        "_no_init_or_replace_init",
    }


@pytest.mark.parametrize("name", CALLS)
def test_who_is_no_admin_or_is_blocked_can_do_nothing(store, ada, bob, name):
    add_shared(store)
    second = store.enroll("second", admin=True).id
    store.admin.change_person(ada, second, now=NOW, blocked=True)
    before = everything(store)
    for me in (bob, second, 999_999, 0, -1, 1 << 70):
        with pytest.raises(PermissionError, match="admin"):
            CALLS[name](store.admin, me)
    assert everything(store) == before


CHANGES = (
    "UPDATE audit SET actor = 'nobody'",
    "DELETE FROM audit",
    "DELETE FROM audit WHERE id = 1",
)
REPLACE = "INSERT OR REPLACE INTO audit SELECT id, at, 'nobody', verb, subject, detail FROM audit"


@pytest.mark.parametrize(
    ("address", "statement"),
    [
        *(("sqlite", statement) for statement in (*CHANGES, REPLACE)),
        *(("postgresql", statement) for statement in (*CHANGES, "TRUNCATE audit")),
    ],
    indirect=["address"],
)
@pytest.mark.parametrize("way", ["created", "migrated"])
def test_the_log_refuses_every_change_by_anybody_who_has_the_database(address, statement, way):
    backend = sqlite if address.startswith("sqlite") else server
    database = backend.connect(sa.make_url(address), patience=1)
    if way == "created":
        migration.migrate(database)
    else:
        with database.writing() as connection:
            migration.upgrade(connection, database)
    values = "(1, 1.0, 'ada', 'person.add', 'bob', '{}')"
    with database.writing() as connection:
        connection.exec_driver_sql(f"INSERT INTO audit (id, at, actor, verb, subject, detail) VALUES {values}")
    with pytest.raises(StoreError, match="append-only"), database.writing() as connection:
        connection.exec_driver_sql(statement)
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT actor FROM audit").scalars().all() == ["ada"]
    database.close()


def test_what_is_done_with_people_stands_in_the_log_with_before_and_after(store, ada):
    bob = store.admin.add_person(ada, "bob", now=NOW, name="Bob", groups={"sales"})
    store.admin.change_person(ada, bob.id, now=NOW, admin=True, groups={"support"})
    store.admin.change_person(ada, bob.id, now=NOW, admin=True)
    store.admin.change_person(ada, bob.id, now=NOW, blocked=True)
    store.admin.change_person(OPERATOR, bob.id, now=NOW, blocked=False)
    assert store.admin.erase_person(ada, bob.id, now=NOW).login == "bob"
    me = "ada@example.org"
    assert log(store) == [
        (
            me,
            "person.add",
            "bob",
            {"name": "Bob", "admin": False, "language": None, "blocked": False, "groups": ["sales"]},
        ),
        (me, "person.change", "bob", {"admin": [False, True], "groups": [["sales"], ["support"]]}),
        (me, "person.block", "bob", {}),
        ("operator (command line)", "person.unblock", "bob", {}),
        (me, "person.erase", "bob", {}),
    ]
    newest, *_ = store.admin.audit(ada, limit=1)
    assert (newest.at, newest.verb) == (NOW, "person.erase")
    assert [row.verb for row in store.admin.audit(ada, before=newest.id, limit=1)] == ["person.unblock"]
    assert {row.verb for row in store.admin.audit(ada, verbs=["person.block", "x"])} == {"person.block"}


def test_a_change_that_fails_leaves_no_row_in_the_log(store, ada):
    with pytest.raises(LastAdmin):
        store.admin.change_person(ada, ada, now=NOW, admin=False)
    with pytest.raises(ValueError, match="stays"):
        store.admin.change_shared(ada, add_shared(store).id, now=NOW, audience=Audience.PERSON)
    assert [verb for _, verb, _, _ in log(store)] == ["source.add"]


def test_blocking_ends_every_login(store, ada, bob):
    store.open_login(bob, "key", device="Firefox", now=NOW)
    store.open_login(ada, "other", device="Firefox", now=NOW)
    store.admin.change_person(ada, bob, now=NOW, blocked=True)
    assert store.logins(bob) == []
    assert len(store.logins(ada)) == 1
    assert next(one for one in store.employees() if one.id == bob).blocked


@pytest.mark.parametrize("who", ["admin", "operator"])
@pytest.mark.parametrize(
    "way",
    [
        lambda admin, me, ada: admin.change_person(me, ada, now=NOW, admin=False),
        lambda admin, me, ada: admin.change_person(me, ada, now=NOW, blocked=True),
        lambda admin, me, ada: admin.erase_person(me, ada, now=NOW),
        lambda admin, me, ada: admin.bring_people(me, [("ada@example.org", {"admin": False})], now=NOW),
    ],
)
def test_somebody_always_remains_an_admin(store, ada, bob, who, way):
    store.enroll(KEEPER, admin=True)  # nobody can log in as that one
    me = ada if who == "admin" else OPERATOR
    with pytest.raises(LastAdmin):
        way(store.admin, me, ada)
    store.admin.change_person(me, bob, now=NOW, admin=True)
    way(store.admin, me, ada)


def test_an_admin_may_be_exchanged_in_one_list(store, ada, bob):
    rows = [("ada@example.org", {"admin": False}), ("bob@example.org", {"admin": True})]
    store.admin.bring_people(ada, rows, now=NOW)
    assert {one.login for one in store.employees() if one.admin} == {"bob@example.org"}


def test_a_list_of_people_takes_as_many_statements_as_one_person(store, ada, bob):
    store.admin.change_person(ada, bob, now=NOW, groups={"sales", "old"}, language="de")
    rows = [(f"p{n}", {"name": f"Person {n}", "groups": {"sales", f"g{n % 7}"}}) for n in range(300)]
    rows += [("bob@example.org", {"groups": {"sales", "new"}}), ("ada@example.org", {"language": "en"})]
    before, seen = len(log(store)), []

    def count(connection, cursor, statement, *rest):
        seen.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", count)
    try:
        store.admin.bring_people(ada, rows, now=NOW)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", count)
    assert len(seen) < 30
    people = {one.login: one for one in store.employees()}
    assert (people["p8"].name, people["p8"].groups, people["p8"].admin) == ("Person 8", {"sales", "g1"}, False)
    bob_after = people["bob@example.org"]
    assert (bob_after.groups, bob_after.language, people["ada@example.org"].language) == ({"sales", "new"}, "de", "en")
    assert people["ada@example.org"].admin
    assert len(store.admin.audit(OPERATOR, limit=1000)) == before + 302


def test_the_keeper_of_given_sources_is_nobody_to_be_administered(store, ada):
    keeper = store.enroll(KEEPER, admin=True).id
    assert KEEPER not in {account.employee.login for account in store.admin.people(ada)}
    assert store.admin.change_person(ada, keeper, now=NOW, blocked=True) is None
    assert store.admin.erase_person(ada, keeper, now=NOW) is None


def test_people_are_seen_with_counts(store, ada, bob):
    mine = add_source(store, bob).id
    add_source(store, bob, "Another")
    commit(store, mine, item("1"), item("2"))
    store.engine.claim_one(mine, "w", now=NOW, until=NOW + timedelta(minutes=1))
    store.engine.settle(mine, "w", now=NOW, health=Health.FAILING, due_at=NOW, every=9.0, failure="Unavailable")
    store.open_login(bob, "key", device="Firefox", now=NOW)
    account = next(one for one in store.admin.people(ada) if one.employee.id == bob)
    assert (account.sources, account.failing, account.items, account.devices) == (2, 1, 2, 1)
    assert account.seen_at == NOW
    assert store.admin.groups(ada) == {"engineering": 1, "sales": 1}


def test_a_source_for_others_belongs_to_nobody_and_its_changes_are_logged_without_secrets(store, ada, bob):
    shared = add_shared(store, ada, group="sales")
    assert (shared.owner, shared.audience, shared.sealed) == (None, Audience.GROUP, b"SECRET %d" % shared.id)
    commit(store, shared.id, item())
    assert keys(store, bob) == {"1"}
    assert keys(store, ada) == set()  # an admin outside the group reads nothing of it
    change = store.admin.change_shared
    change(ada, shared.id, now=NOW, options={"url": "https://example.org/?key=OTHER"}, sealed=b"OTHER")
    change(ada, shared.id, now=NOW, health=Health.PAUSED, due_at=None)
    change(ada, shared.id, now=NOW, health=Health.NEW, due_at=NOW)
    change(ada, shared.id, now=NOW, due_at=NOW)
    change(ada, shared.id, now=NOW, audience=Audience.EVERYONE, group=None)
    change(ada, shared.id, now=NOW, keep_days=30)
    assert keys(store, ada) == {"1"}
    store.admin.remove_shared(ada, shared.id, now=NOW)
    assert [(verb, detail) for _, verb, _, detail in log(store)] == [
        ("source.add", {"connector": "rss", "audience": "group", "group": "sales"}),
        ("source.change", {"options": ["url"], "secrets": "changed"}),
        ("source.pause", {"health": ["new", "paused"]}),
        ("source.resume", {"health": ["paused", "new"]}),
        ("source.change", {"audience": ["group", "everyone"], "group": ["sales", None]}),
        ("source.change", {"keep_days": [None, 30]}),
        ("source.remove", {"connector": "rss", "audience": "everyone", "keep_days": 30}),
    ]
    told = str(log(store))
    assert "SECRET" not in told
    assert "OTHER" not in told


def test_a_personal_source_is_none_that_an_admin_can_reach(store, ada, bob):
    own = add_source(store, bob, "Private").id
    assert store.admin.shared_sources(ada) == []
    assert store.admin.change_shared(ada, own, now=NOW, audience=Audience.EVERYONE) is None
    assert store.admin.remove_shared(ada, own, now=NOW) is None
    store.admin.disown(ada, own, None)
    assert store.source(bob, own).owner == bob
    assert log(store) == []


def test_what_an_admin_does_with_a_shared_source_by_its_own_page_is_logged_too(store, ada):
    shared = add_source(store, ada, "Shared", audience=Audience.EVERYONE).id
    store.change_source(ada, shared, health=Health.PAUSED, due_at=None)
    store.change_source(ada, shared, muted=True)
    store.remove_source(ada, shared)
    own = add_source(store, ada, "Own").id
    store.change_source(ada, own, title="Still my own")
    store.change_source(ada, own, audience=Audience.EVERYONE)
    assert [verb for _, verb, _, _ in log(store)] == ["source.add", "source.pause", "source.remove", "source.change"]


def test_a_default_reaches_those_it_is_for_and_their_pages_hear_of_it(store, ada, bob):
    heard = {person: store.rev(person) for person in (ada, bob)}
    store.admin.set_default(ada, "topics", {"budget": 2.0}, group="sales", now=NOW)
    assert store.rev(bob) > heard[bob]
    assert store.rev(ada) == heard[ada]
    assert [(one.group, one.name, one.value) for one in store.defaults(bob)] == [("sales", "topics", {"budget": 2.0})]
    assert store.defaults(ada) == store.defaults(999) == []
    store.admin.set_default(ada, "language", "de", now=NOW)
    assert store.rev(ada) > heard[ada]
    assert [one.group for one in store.defaults(bob)] == ["", "sales"]
    store.admin.set_default(ada, "topics", None, group="sales", now=NOW)
    store.admin.set_default(ada, "topics", None, group="sales", now=NOW)
    assert [one.name for one in store.admin.all_defaults(ada)] == ["language"]
    assert [(verb, subject, detail) for _, verb, subject, detail in log(store)] == [
        ("default.set", "topics (sales)", {"before": None, "after": {"budget": 2.0}}),
        ("default.set", "language (everyone)", {"before": None, "after": "de"}),
        ("default.unset", "topics (sales)", {"before": {"budget": 2.0}, "after": None}),
    ]


def test_the_health_of_a_source_is_kept_whenever_it_changes(store, ada, bob, source):
    def run(minute, health, failure=None):
        at = NOW + timedelta(minutes=minute)
        store.engine.claim_one(source, "w", now=at, until=at + timedelta(minutes=1))
        store.engine.settle(source, "w", now=at, health=health, due_at=at, every=9.0, failure=failure)

    run(0, Health.OK)
    run(1, Health.OK)
    run(2, Health.FAILING, "Unavailable")
    run(3, Health.FAILING, "Unavailable")
    run(4, Health.FAILING, "RateLimited")
    store.change_source(ada, source, now=NOW + timedelta(minutes=5), health=Health.PAUSED, due_at=None)
    store.change_source(ada, source, now=NOW + timedelta(minutes=5), title="x")
    store.change_source(ada, source, now=NOW + timedelta(minutes=6), health=Health.NEW, due_at=NOW)
    run(7, Health.OK)

    def told(since):
        rows = store.health_log(ada, source, since=NOW + timedelta(minutes=since))
        return [((row.at - NOW) // timedelta(minutes=1), str(row.health), row.failure) for row in rows]

    everything = [
        (0, "ok", None),
        (2, "failing", "Unavailable"),
        (4, "failing", "RateLimited"),
        (5, "paused", "RateLimited"),
        (6, "new", "RateLimited"),
        (7, "ok", None),
    ]
    assert told(-1) == told(0) == everything
    assert told(3) == everything[1:]
    assert told(9) == everything[-1:]
    assert store.health_log(bob, source, since=NOW) == []


def test_the_whole_is_told_in_figures_and_personal_sources_as_counts_alone(store, ada, bob, source):
    add_shared(store)
    for n in range(3):
        own = add_source(store, bob, f"CANARY {n}", connector="imap", options={"host": "CANARY"}).id
        store.engine.claim_one(own, "w", now=NOW, until=NOW)
        failure = "Unauthorized" if n else None
        store.engine.settle(
            own, "w", now=NOW, health=Health.PAUSED if n else Health.OK, due_at=NOW, every=9.0, failure=failure
        )
        commit(store, own, item("CANARY"))
    store.engine.beat("w", now=NOW)
    survey = store.admin.survey(ada, now=NOW + timedelta(hours=1))
    assert (survey.people, survey.admins, survey.blocked, survey.items) == (2, 1, 0, 3)
    assert survey.size > 10_000
    assert [one.title for one in survey.shared] == ["Company"]
    assert survey.workers == [("w", NOW)]
    assert survey.waiting_since == NOW
    store.engine.claim("w", now=NOW, until=NOW + timedelta(hours=2), limit=9)
    assert store.admin.survey(ada, now=NOW + timedelta(hours=1)).waiting_since is None, "what is being read waits not"
    imap, rss = survey.personal
    assert (imap.connector, imap.sources, imap.failing, imap.paused, imap.items) == ("imap", 3, 0, 2, 3)
    assert (imap.failures, imap.synced_at) == ({"Unauthorized": 2}, NOW)
    assert (rss.sources, rss.failures) == (1, {})
    assert "CANARY" not in str(survey)


def test_after_erasing_no_table_holds_a_row_about_the_person(store, ada, bob):
    own = add_source(store, bob).id
    commit(store, own, *(item(str(n)) for n in range(5)))
    store.mark(bob, [facts.id for facts in store.facts(bob)], pinned=True)
    store.keep(bob, "profile", {"topics": {}})
    store.open_login(bob, "key", device="Firefox", now=NOW)
    store.change_source(bob, own, health=Health.PAUSED, due_at=None)
    store.change_source(bob, own, muted=True)
    held = store.admin.held(ada, bob)
    assert (held["entries"], held["bodies"], held["marks"], held["health"]) == (5, 5, 5, 1)
    assert all(held[table] for table in ("employees", "memberships", "sources", "documents", "logins", "mutes"))
    store.admin.erase_person(ada, bob, now=NOW)
    assert not any(store.admin.held(ada, bob).values())
    with store._database.reading() as connection:
        for table in sa.inspect(connection).get_table_names():
            for column in sa.inspect(connection).get_columns(table):
                if column["name"] in ("person", "owner"):
                    query = f'SELECT count(*) FROM {table} WHERE "{column["name"]}" = {bob}'
                    assert connection.exec_driver_sql(query).scalar() == 0
