"""Nobody sees or touches what belongs to somebody else, whatever method is called."""

import random

import pytest

from dashboard.search import parse
from dashboard.store import Store
from dashboard.store.records import Audience
from tests.dashboard.store.samples import NOW, add_source, commit, item, keys

ALL = parse("", now=NOW)

# What a stranger calls on Ada's source and item, and what they must get.
CALLS = {
    "add_source": lambda store, me, source, entry: add_source(store, me).owner == me,
    "sources": lambda store, me, source, entry: store.sources(me) == [],
    "source": lambda store, me, source, entry: store.source(me, source) is None,
    "change_source": lambda store, me, source, entry: store.change_source(me, source, title="mine", muted=True) is None,
    "remove_source": lambda store, me, source, entry: store.remove_source(me, source) is False,
    "rev": lambda store, me, source, entry: _rev_is_still(store, me, source),
    "facts": lambda store, me, source, entry: store.facts(me) == [] and store.facts(me, after=1) == [],
    "entries": lambda store, me, source, entry: store.entries(me, [entry]) == [],
    "title": lambda store, me, source, entry: store.title(me, entry) is None,
    "raw": lambda store, me, source, entry: store.raw(me, entry) is None,
    "thread": lambda store, me, source, entry: store.thread(me, entry) == [],
    "search": lambda store, me, source, entry: store.search(me, ALL) == [],
    "mark": lambda store, me, source, entry: store.mark(me, [entry], pinned=True, seen_at=NOW) == {},
    "document": lambda store, me, source, entry: store.document(me, "profile") is None,
    "keep": lambda store, me, source, entry: store.keep(me, "profile", {"mine": 1}) is None,
    "steps": lambda store, me, source, entry: store.steps(me) == [],
    "undo": lambda store, me, source, entry: store.undo(me) is None,
    "open_login": lambda store, me, source, entry: (
        _refused(store, me) or store.open_login(me, "k", **LOGIN).person == me
    ),
    "logins": lambda store, me, source, entry: store.logins(me) == [],
    "end_logins": lambda store, me, source, entry: store.end_logins(me, only="ada's key") == 0,
    "revs": lambda store, me, source, entry: store.revs([me]).keys() <= {me},
    "traces": lambda store, me, source, entry: not any(trace.times for trace in store.traces(me).values()),
    "forget_seen": lambda store, me, source, entry: store.forget_seen(me) == 0,
    "speak": lambda store, me, source, entry: store.speak(me, "de") is None,
    "defaults": lambda store, me, source, entry: store.defaults(me) == [],
    "health_log": lambda store, me, source, entry: store.health_log(me, source, since=NOW) == [],
    "export": lambda store, me, source, entry: not any("CANARY" in str(record) for record in store.export(me)),
    "erase": lambda store, me, source, entry: store.erase(me) is None,
}
LOGIN = {"device": "Firefox", "now": NOW}
WITHOUT_A_PERSON = {"close", "together", "employee", "employees", "enroll", "workers"}
WITHOUT_A_PERSON |= {
    "find_logins",
    "see_login",
    "login_hint",
    "end_provided",
    "expire_logins",
    "stamp",
}  # asked before anybody knows who it is


def _refused(store, me):
    """Whether there is nobody who could log in."""
    return store.employee(me) is None


def _rev_is_still(store, me, source):
    before = store.rev(me)
    commit(store, source, item("other"))
    return store.rev(me) == before


def _state(store, ada):
    records = [record for record in store.export(ada) if record["record"] != "employee"]
    return sorted(map(str, records)), [facts[:1] + facts[2:] for facts in store.facts(ada)]


@pytest.fixture
def canary(store, ada, source):
    """Fill everything of Ada's with a word that nobody else may ever see."""
    store.change_source(ada, source, title="CANARY", options={"url": "CANARY"}, sealed=b"CANARY")
    commit(store, source, item("CANARY", title="CANARY", text="CANARY", author="CANARY", thread="CANARY"))
    store.keep(ada, "profile", {"likes": "CANARY"})
    [facts] = store.facts(ada)
    store.mark(ada, [facts.id], pinned=True)
    return facts.id


def methods():
    return {name for name in vars(Store) if not name.startswith("_") and callable(getattr(Store, name))}


def test_every_method_of_the_store_is_tried_by_a_stranger():
    assert CALLS.keys() | WITHOUT_A_PERSON == methods()


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("who", ["another employee", "nobody"])
def test_a_stranger_gets_nothing(store, ada, bob, source, canary, name, who):
    before = _state(store, ada)
    me = bob if who == "another employee" else 999_999
    try:
        harmless = CALLS[name](store, me, source, canary)
    except PermissionError:
        harmless = name == "add_source" and who == "nobody"
    except Exception as error:
        harmless = name == "keep" and who == "nobody" and "foreign key" in str(error).lower()
    assert harmless
    if name != "rev":
        assert _state(store, ada) == before


def test_an_export_has_everything_of_a_person_but_secrets(store, ada, canary):
    exported = list(store.export(ada))
    assert {record["record"] for record in exported} == {"employee", "source", "item", "mark", "document"}
    assert "CANARY" in str([record for record in exported if record["record"] == "item"])
    assert not any("sealed" in record or "cursor" in record for record in exported)
    assert "b'CANARY" not in str(exported)


def test_a_source_for_a_group_is_read_by_its_members_alone(store, ada, bob):
    eve = store.enroll("eve@example.org", groups=("engineering",)).id
    shared = add_source(store, ada, "Shared", audience=Audience.GROUP, group="engineering")
    commit(store, shared.id, item())
    assert keys(store, eve) == {"1"}
    assert keys(store, bob) == set()
    everyone = store.change_source(ada, shared.id, audience=Audience.EVERYONE)
    assert (everyone.audience, everyone.group) == (Audience.EVERYONE, None)
    assert keys(store, bob) == {"1"}
    assert keys(store, 999_999) == set()


def test_who_joins_a_group_later_is_told_what_is_there(store, ada, bob):
    shared = add_source(store, ada, "Shared", audience=Audience.GROUP, group="engineering")
    commit(store, shared.id, item())
    rev = store.rev(bob)
    store.enroll("bob@example.org", groups=("engineering",))
    assert store.rev(bob) > rev
    assert [facts.key for facts in store.facts(bob, after=max(rev, 1))] == ["1"]
    rev = store.rev(bob)
    store.enroll("bob@example.org", groups=())
    assert store.rev(bob) > rev
    assert store.sources(bob) == []


def test_who_gets_a_source_by_its_new_audience_is_told_what_is_there(store, ada, bob, source):
    commit(store, source, item())
    rev = store.rev(bob)
    store.change_source(ada, source, audience=Audience.EVERYONE)
    assert [facts.key for facts in store.facts(bob, after=max(rev, 1))] == ["1"]


def test_who_loses_a_source_by_its_new_audience_is_told_to_look_again(store, ada, bob):
    shared = add_source(store, ada, audience=Audience.EVERYONE).id
    commit(store, shared, item())
    rev = store.rev(bob)
    store.change_source(ada, shared, audience=Audience.PERSON)
    assert store.rev(bob) > rev
    assert store.sources(bob) == []
    assert keys(store, bob) == set()


def test_marks_and_mutes_on_a_shared_source_are_personal(store, ada, bob):
    shared = add_source(store, ada, "Shared", audience=Audience.EVERYONE).id
    commit(store, shared, item())
    [facts] = store.facts(bob)
    store.mark(bob, [facts.id], done_at=NOW)
    store.change_source(bob, shared, muted=True)
    assert store.facts(ada)[0].done is None
    assert store.facts(bob)[0].done == NOW.timestamp()
    assert (store.source(ada, shared).muted, store.source(bob, shared).muted) == (False, True)


def test_only_admins_decide_about_sources_for_others(store, ada, bob):
    with pytest.raises(PermissionError):
        add_source(store, bob, audience=Audience.EVERYONE)
    own = add_source(store, bob).id
    with pytest.raises(PermissionError):
        store.change_source(bob, own, audience=Audience.GROUP, group="sales")
    shared = add_source(store, ada, audience=Audience.EVERYONE).id
    assert store.change_source(bob, shared, title="x") is None
    assert store.remove_source(bob, shared) is False
    assert store.change_source(ada, own, title="x") is None
    with pytest.raises(ValueError, match="group"):
        store.change_source(ada, shared, audience=Audience.GROUP)


def test_who_leaves_takes_everything_along_but_what_others_read(store, ada, bob, source, canary):
    shared = add_source(store, ada, "Shared", audience=Audience.EVERYONE).id
    commit(store, shared, item("kept"))
    admin = store.enroll("carl@example.org", admin=True).id
    store.erase(ada)
    assert [employee.id for employee in store.employees()] == [bob, admin]
    assert list(store.export(ada)) == []
    assert keys(store, bob) == {"kept"}
    assert keys(store, ada) == set()
    assert store.search(ada, ALL) == []


def test_three_people_never_see_each_others_canaries(store):
    """200 random operations, after each of which one of the three looks at everything they can reach."""
    chance = random.Random(4)
    people = [store.enroll(f"p{n}", groups=(f"g{n % 2}",), admin=n == 0).id for n in range(3)]
    own = {me: add_source(store, me, f"canary{me}").id for me in people}
    shared = add_source(store, people[0], "shared", audience=Audience.GROUP, group="g0").id
    seen = []
    for step in range(200):
        me = chance.choice(people)
        match chance.randrange(7):
            case 0 | 1:
                text = f"canary{me} w{step}"
                commit(store, own[me], item(str(chance.randrange(20)), text=text, title=text, author=f"canary{me}"))
            case 2:
                commit(store, shared, item(str(chance.randrange(20)), text="shared words"))
            case 3:
                store.mark(me, chance.choices(seen, k=3) if seen else [], pinned=chance.random() < 0.5, seen_at=NOW)
            case 4:
                store.keep(me, "profile", {"is": f"canary{me}"})
            case 5:
                commit(store, own[me], gone=[str(chance.randrange(20))])
            case 6:
                store.change_source(me, chance.choice([*own.values(), shared]), title=f"canary{me}", muted=True)
        seen += [facts.id for facts in store.facts(me)][:5]
        _look(store, me, [other for other in people if other != me], own, seen)


def _look(store, me, others, own, seen):
    everything = [
        store.sources(me),
        store.facts(me),
        store.entries(me, seen),
        [store.raw(me, entry) for entry in seen[-5:]],
        [store.thread(me, entry) for entry in seen[-5:]],
        [store.search(me, parse(text, now=NOW)) for text in ("", "canary*", "-shared", "from:canary*")],
        store.document(me, "profile"),
        list(store.export(me)),
        [store.source(me, source) for source in own.values()],
    ]
    found = str(everything)
    assert not any(f"canary{other}" in found for other in others if f"canary{other}" != "shared")
