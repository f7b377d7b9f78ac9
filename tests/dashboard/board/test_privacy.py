"""What is known about a person is shown to them alone, given to them whole, and gone when they say so."""

import gc
import json
import weakref
from io import BytesIO
from zipfile import ZipFile

import pytest
from board_letters import NOW, letter

from connectors.kit import Person
from dashboard.board.records import Invalid, Refused
from dashboard.relevance import Profile


def records(board, person):
    with ZipFile(BytesIO(board.privacy.export(person))) as archive:
        (name,) = archive.namelist()
        return [json.loads(line) for line in archive.read(name).decode().splitlines()]


def test_a_person_sees_whom_they_answered_and_what_they_opened(board, ada, bob, letters, arrive):
    board.profiles.save(ada, Profile(me={"ada@example.org"}).model_dump(mode="json"))
    ids = arrive(
        letters,
        letter("a", thread="t", hours=3, channel="Inbox"),
        letter("b", thread="t", hours=2, author=Person("Ada", "ada@example.org"), channel="Inbox"),
    )
    board.marks.seen(ada, [ids["a"]])
    knows = board.privacy.knows(ada)
    assert [met.name for met in knows.items.answered] == ["mira"]
    assert knows.called["mira"] == "Mira"
    assert knows.items.written == 1
    assert knows.traces["seen_at"] == (1, NOW)
    assert board.privacy.knows(bob).items.people == []
    assert board.privacy.forget_seen(ada) == 1
    assert board.privacy.knows(ada).traces["seen_at"] == (0, None)


def test_the_file_holds_everything_kept_about_a_person_and_no_secret(board, ada, bob, letters, arrive):
    ids = arrive(letters, letter("a", title="Grüße"))
    board.marks.done(ada, [ids["a"]])
    board.profiles.save(ada, {"topics": {"budget": 2.0}})
    board.preview.edit(ada, Profile())
    board.store.change_source(ada, letters.id, muted=True)
    board.store.open_login(ada, "hash of a secret", device="Firefox", now=NOW)
    told = records(board, ada)
    assert {line["record"] for line in told} == {
        *("employee", "source", "document", "mark", "step", "item", "muted source", "login"),
    }
    assert "Grüße" in [line.get("title") for line in told if line["record"] == "item"]
    assert "open sesame" not in json.dumps(told)
    assert "hash of a secret" not in json.dumps(told)
    assert {line["record"] for line in records(board, bob)} == {"employee"}


def test_nothing_is_left_of_a_person_who_typed_their_login(board, ada, bob, letters, arrive):
    arrive(letters, letter("a"))
    me = next(person for person in board.store.employees() if person.id == ada)
    for typed in ("", "ADA", "yes"):
        with pytest.raises(Invalid):
            board.privacy.erase(me, typed)
    with pytest.raises(Refused):
        board.privacy.erase(me, me.login)
    assert records(board, ada)
    board.store.enroll("bob@example.org", name="Bob", admin=True)
    board.privacy.erase(me, f" {me.login} ")
    assert records(board, ada) == []
    assert [person.id for person in board.store.employees()] == [bob]


def test_nothing_stays_in_memory_of_a_person_who_erased_themselves(board, bob):
    kept = weakref.ref(board.listing.desk(bob))
    assert kept() is not None
    board.privacy.erase(board.store.employee(bob), "bob@example.org")
    gc.collect()
    assert kept() is None
