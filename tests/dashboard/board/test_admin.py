"""An admin looks after people, groups and sources for everyone, and sees nothing of what reaches anybody."""

import gc
import inspect
import weakref
from datetime import timedelta

import pytest
from board_letters import NOW, letter

from dashboard.board.admin import VERBS, Admin, LastAdmin
from dashboard.board.admin.csv import write
from dashboard.board.admin.defaults import Defaults
from dashboard.board.admin.people import People
from dashboard.board.admin.records import Deed
from dashboard.board.admin.sources import Sources
from dashboard.board.records import Invalid
from dashboard.store.records import OPERATOR, Audience, Batch, Employee, Health

BOX = {"address": "box", "password": "open sesame"}

CALLS = {
    "log": lambda admin, me, bob, shared: admin.log(me),
    "note": lambda admin, me, bob, shared: admin.note(me, "backup", "x", {}),
    "health": lambda admin, me, bob, shared: admin.health(me),
    "people.all": lambda admin, me, bob, shared: admin.people.all(me),
    "people.groups": lambda admin, me, bob, shared: admin.people.groups(me),
    "people.add": lambda admin, me, bob, shared: admin.people.add(me, "eve", admin=True),
    "people.change": lambda admin, me, bob, shared: admin.people.change(me, bob, admin=True, groups=["sales"]),
    "people.block": lambda admin, me, bob, shared: admin.people.block(me, bob),
    "people.unblock": lambda admin, me, bob, shared: admin.people.unblock(me, bob),
    "people.sign_out": lambda admin, me, bob, shared: admin.people.sign_out(me, bob),
    "people.import_csv": lambda admin, me, bob, shared: admin.people.import_csv(me, b"login\nzoe\n", dry=False),
    "people.export_csv": lambda admin, me, bob, shared: admin.people.export_csv(me),
    "sources.all": lambda admin, me, bob, shared: admin.sources.all(me),
    "sources.personal": lambda admin, me, bob, shared: admin.sources.personal(me),
    "sources.add": lambda admin, me, bob, shared: admin.sources.add(me, "letters", "All", BOX, group="sales"),
    "sources.edit": lambda admin, me, bob, shared: admin.sources.edit(me, shared, "All", {"address": "box"}),
    "sources.audience": lambda admin, me, bob, shared: admin.sources.audience(me, shared, "sales"),
    "sources.keep": lambda admin, me, bob, shared: admin.sources.keep(me, shared, 30),
    "sources.sync_now": lambda admin, me, bob, shared: admin.sources.sync_now(me, shared),
    "sources.pause": lambda admin, me, bob, shared: admin.sources.pause(me, shared),
    "sources.resume": lambda admin, me, bob, shared: admin.sources.resume(me, shared),
    "sources.remove": lambda admin, me, bob, shared: admin.sources.remove(me, shared),
    "defaults.all": lambda admin, me, bob, shared: admin.defaults.all(me),
    "defaults.set": lambda admin, me, bob, shared: admin.defaults.set(me, "topics", {"budget": 1.0}),
    "defaults.unset": lambda admin, me, bob, shared: admin.defaults.unset(me, "topics"),
    "people.erase": lambda admin, me, bob, shared: admin.people.erase(me, bob),
}
"""Every method of an admin; erasing comes last, for the others need somebody."""


@pytest.fixture
def shared(board, ada):
    _, source = board.admin.sources.add(ada, "letters", "Company letters", BOX)
    return source.source


@pytest.fixture
def private(board, bob):
    """Fill everything of Bob's with a word that no admin may ever see."""
    _, source = board.sources.add(bob, "letters", "CANARY source", {"address": "CANARY", "password": "open sesame"})
    items = [letter(f"CANARY {n}", title="CANARY", text="CANARY", channel="CANARY", thread="CANARY") for n in range(3)]
    board.store.engine.commit(source.id, None, Batch(items=[(item, "CANARY") for item in items]), now=NOW)
    ids = [facts.id for facts in board.store.facts(bob)]
    board.marks.pin(bob, ids[:1])
    board.marks.done(bob, ids[1:])
    board.profiles.save(bob, {"topics": {"CANARY": 2.0}, "muted": {"words": ["CANARY"]}})
    board.store.engine.claim_one(source.id, "w", now=NOW, until=NOW)
    board.store.engine.settle(
        source.id, "w", now=NOW, health=Health.FAILING, due_at=NOW, every=9.0, failure="Unavailable", detail="CANARY"
    )
    return source


def methods(room, prefix=""):
    return {prefix + name for name, value in inspect.getmembers(room, inspect.isfunction) if not name.startswith("_")}


def test_every_method_of_an_admin_is_tried():
    rooms = methods(Admin) | methods(People, "people.") | methods(Sources, "sources.") | methods(Defaults, "defaults.")
    assert CALLS.keys() == rooms - {"defaults.parts"}


@pytest.mark.parametrize("name", CALLS)
def test_who_is_no_admin_can_do_nothing(board, ada, bob, shared, name):
    eve = board.store.enroll("eve@example.org").id
    before = list(board.admin.log(ada)), board.admin.people.all(ada)
    for me in (bob, eve, 999):
        with pytest.raises(PermissionError, match="only an admin"):
            CALLS[name](board.admin, me, bob, shared.id)
    assert (list(board.admin.log(ada)), board.admin.people.all(ada)) == before


def test_nothing_that_reaches_a_person_is_in_anything_an_admin_gets(board, ada, bob, private, shared):
    for name, call in CALLS.items():
        told = str(call(board.admin, ada, bob, shared.id))
        assert "CANARY" not in told, name
    assert "CANARY" not in str(board.admin.log(ada))
    assert board.store.sources(bob) == []


SILENT = {
    "log",
    "health",
    "people.all",
    "people.groups",
    "people.export_csv",
    "sources.all",
    "sources.personal",
    "sources.sync_now",
    "defaults.all",
}
"""What changes nothing, or nothing that anybody could mind."""


def test_every_change_through_the_board_writes_one_row(board, ada, bob, shared):
    for name, call in CALLS.items():
        before = board.admin.log(ada)
        if name == "sources.edit":
            board.admin.sources.edit(ada, shared.id, "Other", {"address": "box"})
        else:
            call(board.admin, ada, bob, shared.id)
        rows = board.admin.log(ada)
        assert len(rows) - len(before) == (name not in SILENT), name
        assert (rows[0].verb in VERBS, rows[0].actor, rows[0].at) == (True, "me", NOW)


def test_who_is_erased_is_proved_to_be_gone_and_shared_sources_work_on(board, ada, bob, private):
    board.admin.people.change(ada, bob, admin=True)
    _, given = board.sources.add(bob, "letters", "Given", BOX, audience=Audience.EVERYONE)
    proof = board.admin.people.erase(ada, bob)
    assert proof.login == "bob@example.org"
    assert (proof.before["employees"], proof.before["entries"], proof.before["marks"]) == (1, 3, 3)
    assert not any(proof.after.values())
    assert proof.shared == ["Given"]
    assert (proof.at, proof.seconds > 0) == (NOW, True)
    (left,) = board.admin.sources.all(ada)
    assert left.source.owner is None
    stored = board.store.source(ada, given.id)
    assert board._connections.secrets(stored).options == {"password": "open sesame"}
    with pytest.raises(Invalid):
        board.admin.people.erase(ada, bob)


def test_what_an_admin_gave_to_others_works_on_when_they_erase_themselves(board, ada, bob):
    board.admin.people.change(ada, bob, admin=True)
    _, given = board.sources.add(bob, "letters", "Given", BOX, audience=Audience.EVERYONE)
    person = next(one for one in board.store.employees() if one.id == bob)
    board.privacy.erase(person, "bob@example.org")
    assert board._connections.secrets(board.store.source(ada, given.id)).options == {"password": "open sesame"}
    assert (board.admin.log(ada)[0].actor, board.admin.log(ada)[0].verb) == ("bob@example.org", "person.erase")


def test_a_source_for_a_group_is_tested_read_by_its_members_and_kept_secret(board, ada, bob):
    tried, none = board.admin.sources.add(ada, "letters", "", BOX | {"password": "wrong"}, group="sales")
    assert (tried.failure, none) == ("Unauthorized", None)
    tried, added = board.admin.sources.add(ada, "letters", "", BOX, group="sales", keep_days=7)
    assert (added.source.title, added.source.group, added.source.keep_days) == ("one letter", "sales", 7)
    assert added.source.sealed is None
    assert board.sources.all(bob) == []
    board.admin.people.change(ada, bob, groups=["sales"])
    (seen,) = board.sources.all(bob)
    assert board._connections.secrets(seen).options == {"password": "open sesame"}
    with pytest.raises(KeyError):
        board.act(bob, 1, "reply", text="hello")
    moved = board.admin.sources.edit(ada, added.source.id, "Box", {"address": "elsewhere"})
    assert moved.errors.keys() == {"password"}
    assert board.admin.sources.edit(ada, added.source.id, "Box", {"address": "box"}).ok
    assert board.admin.sources.audience(ada, added.source.id, None).source.audience is Audience.EVERYONE
    for days in (-1, 99_999):
        with pytest.raises(Invalid):
            board.admin.sources.keep(ada, added.source.id, days)
    with pytest.raises(Invalid, match="no name"):
        board.admin.sources.audience(ada, added.source.id, " ")
    for group in ("a|b", "a\x00b", "x" * 201):
        with pytest.raises(Invalid, match="group"):
            board.admin.sources.audience(ada, added.source.id, group)
        with pytest.raises(Invalid, match="group"):
            board.admin.defaults.set(ada, "language", "de", group=group)
    for gone in (board.admin.sources.pause, board.admin.sources.remove):
        with pytest.raises(Invalid, match="no such source"):
            gone(ada, 999)


def test_the_health_of_the_whole_says_what_waits_and_who_works(board, ada, shared):
    board.store.engine.beat("old", now=NOW - timedelta(hours=1))
    board.store.engine.beat("new", now=NOW - timedelta(seconds=3))
    overview = board.admin.health(ada)
    assert {worker.name: worker.alive for worker in overview.workers} == {"old": False, "new": True}
    assert overview.alive == 1
    assert [one.source.title for one in overview.shared] == ["Company letters"]
    assert overview.waiting == timedelta(0)
    assert [one.sealed for one in overview.survey.shared] == [None]


def lines(found):
    return [(line.number, line.login, str(line.deed), line.fault) for line in found.lines]


def test_a_list_of_people_is_tried_before_anything_happens(board, ada, bob):
    document = (
        b"login,name,groups,admin,language\n"
        b"bob@example.org,Robert,sales|support,no,\nzoe,Zo\xc3\xab,,yes,de\nme,,,yes,\n"
    )
    found = board.admin.people.import_csv(ada, document, dry=True)
    assert lines(found) == [(2, "bob@example.org", "change", ""), (3, "zoe", "add", ""), (4, "me", "same", "")]
    assert found.lines[0].changes == {"name": ("Bob", "Robert"), "groups": (frozenset(), {"sales", "support"})}
    assert found.lines[1].changes == {"name": (None, "Zoë"), "admin": (None, True), "language": (None, "de")}
    assert (found.done, found.count(Deed.ADD)) == (False, 1)
    assert len(board.admin.people.all(ada)) == 2
    assert board.admin.people.import_csv(ada, document, dry=False).done
    assert {one.employee.login: one.employee.name for one in board.admin.people.all(ada)}["zoe"] == "Zoë"
    assert board.admin.people.groups(ada) == {"sales": 1, "support": 1}
    again = board.admin.people.import_csv(ada, document, dry=False)
    assert {line.deed for line in again.lines} == {Deed.SAME}
    assert len([row for row in board.admin.log(ada) if row.verb.startswith("person")]) == 2


def test_a_list_with_one_bad_line_changes_nothing_and_names_it(board, ada):
    document = (
        'login,name,groups,admin,language\r\nzoe,"two\r\nlines",,,\r\nzoe,Again,,,\r\n,Nobody,,,\r\n'
        "eve,Eve,,perhaps,\r\nkim,Kim,,,fr\r\njo,Jo,,\r\nfrontdesk,Keeper,,yes,\r\n"
        f"max,{'x' * 300},,,\r\nfine,Fine,,ja,\r\na b,Space,,,\r\n"
    ).encode()
    found = board.admin.people.import_csv(ada, document, dry=False)
    assert lines(found) == [
        (2, "zoe", "refuse", "long"),
        (4, "zoe", "refuse", "twice"),
        (5, "", "refuse", "login"),
        (6, "eve", "refuse", "admin"),
        (7, "kim", "refuse", "language"),
        (8, "", "refuse", "columns"),
        (9, "frontdesk", "refuse", "keeper"),
        (10, "max", "refuse", "long"),
        (11, "fine", "add", ""),
        (12, "a b", "refuse", "login"),
    ]
    assert not found.done
    assert len(found.refused) == 9
    assert [one.employee.login for one in board.admin.people.all(ada)] == ["me"]


@pytest.mark.parametrize(
    "document",
    [
        b"login;name\nzoe;Zo\xc3\xab\n",
        b"\xef\xbb\xbflogin;name\r\nzoe;Zo\xc3\xab\r\n\r\n;\r\n",
        "login;name\nzoe;Zoë\n".encode("cp1252"),
        "login\tname\nzoe\tZoë\n".encode("utf-16"),
        b' LOGIN , Name \nzoe,"Zo\xc3\xab"',
    ],
)
def test_what_spreadsheets_write_is_read(board, ada, document):
    found = board.admin.people.import_csv(ada, document, dry=False)
    assert [line.deed for line in found.lines if line.login] == [Deed.ADD]
    assert next(one.employee.name for one in board.admin.people.all(ada) if one.employee.login == "zoe") == "Zoë"


def test_columns_that_are_not_there_are_left_as_they_are(board, ada, bob):
    board.admin.people.change(ada, bob, groups=["sales"], language="de")
    board.admin.people.import_csv(ada, b"login,admin\nbob@example.org,x\n", dry=False)
    after = next(one.employee for one in board.admin.people.all(ada) if one.employee.id == bob)
    assert (after.name, after.groups, after.language, after.admin) == ("Bob", {"sales"}, "de", True)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (b"", "first line"),
        (b"name\nBob\n", "first line"),
        (b"login,login\na,b\n", "first line"),
        (b"login,shoe size\na,43\n", "no column shoe size"),
        (b'login,name\na,"open\n', "line"),
        (b"login\n" + b"\n".join(b"p%d" % n for n in range(50_002)), "at most"),
        (b"PK\x03\x04\x81\x8d\x8f\x90\x9d", "no text"),
    ],
)
def test_what_is_no_list_of_people_is_refused_with_a_sentence(board, ada, document, told):
    with pytest.raises(Invalid, match=told):
        board.admin.people.import_csv(ada, document, dry=False)


def test_a_list_that_would_leave_no_admin_changes_nothing(board, ada, bob):
    with pytest.raises(LastAdmin):
        board.admin.people.import_csv(ada, b"login,admin\nme,no\nbob@example.org,no\n", dry=False)
    assert board.admin.people.all(ada)[1].employee.admin


def test_the_written_list_reads_as_it_is_and_runs_nothing_in_a_spreadsheet(board, ada):
    evil = Employee(
        id=1, login="=cmd|'/c calc'!A1", name="+1", groups=frozenset({"-a", "b"}), language="de", admin=True
    )
    (line,) = write([evil]).splitlines()[1:]
    assert line == "'=cmd|'/c calc'!A1,'+1,'-a|b,yes,de"
    board.admin.people.add(ada, "zoe", name="-Zoë", groups=["@x", "y"], language="en")
    found = board.admin.people.import_csv(ada, board.admin.people.export_csv(ada).encode(), dry=True)
    assert {line.deed for line in found.lines} == {Deed.SAME}


def test_groups_of_a_provider_come_back_from_a_list_whatever_they_are_called(board, ada, bob):
    groups = {"sales|berlin", "CORP\\sales", "ends\\", "plain"}
    board.store.admin.change_person(OPERATOR, bob, now=board.now(), groups=groups)
    written = board.admin.people.export_csv(ada)
    assert {line.deed for line in board.admin.people.import_csv(ada, written.encode(), dry=True).lines} == {Deed.SAME}
    board.admin.people.import_csv(ada, b"login,groups\nbob@example.org,CORP\\sales | x\n", dry=False)
    after = next(one.employee.groups for one in board.admin.people.all(ada) if one.employee.id == bob)
    assert after == {"CORP\\sales", "x"}


def test_ten_thousand_people_come_in_at_once_and_one_bad_line_among_them_is_named(board, ada):
    many = "login,groups\n" + "".join(f"p{n}@example.org,team {n % 40}|all\n" for n in range(10_000))
    wrong = board.admin.people.import_csv(ada, f"{many}p7@example.org,\n".encode(), dry=False)
    assert [(line.number, line.fault) for line in wrong.refused] == [(10_002, "twice")]
    assert board.admin.people.import_csv(ada, many.encode(), dry=False).done
    assert board.admin.people.groups(ada)["all"] == 10_000


def test_a_person_is_added_once_and_changed_where_it_is_said(board, ada):
    zoe = board.admin.people.add(ada, " zoe ", name=" Zoë ", groups=[" sales ", ""])
    assert (zoe.login, zoe.name, zoe.groups) == ("zoe", "Zoë", {"sales"})
    with pytest.raises(Invalid, match="known"):
        board.admin.people.add(ada, "zoe")
    changed = board.admin.people.change(ada, zoe.id, language="de")
    assert (changed.name, changed.language, changed.groups) == ("Zoë", "de", {"sales"})
    assert board.admin.people.change(ada, zoe.id, language="").language is None
    for wrong in ({"language": "fr"}, {"name": "a\x1b[31m"}, {"groups": ["x" * 201]}):
        with pytest.raises(Invalid):
            board.admin.people.change(ada, zoe.id, **wrong)
    for login in ("", "a b", "frontdesk", "x" * 201, "a\nb"):
        with pytest.raises(Invalid):
            board.admin.people.add(ada, login)
    with pytest.raises(Invalid, match="no such person"):
        board.admin.people.block(OPERATOR, 999)


@pytest.mark.parametrize("end", ["erase", "block"])
def test_nothing_stays_in_memory_of_who_is_erased_or_blocked(board, ada, bob, end):
    kept = weakref.ref(board.listing.desk(bob))
    assert kept() is not None
    getattr(board.admin.people, end)(ada, bob)
    gc.collect()
    assert kept() is None
