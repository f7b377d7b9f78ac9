"""Erasing a person happens whole or not at all, also when it is killed on the way."""

import random
import subprocess
import sys
import time

import pytest

from dashboard.store import LastAdmin, open_store
from dashboard.store.records import OPERATOR
from tests.dashboard.store.samples import NOW, add_source, commit, item

ERASE = """
import sys
from dashboard.store import open_store
from dashboard.store.records import OPERATOR
from tests.dashboard.store.samples import NOW

store = open_store(sys.argv[1])
store.employees()
print("go", flush=True)
store.admin.erase_person(OPERATOR, 2, now=NOW)
print("done", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_a_kill_in_the_middle_leaves_everything_or_nothing(address):
    store = open_store(address)
    store.enroll("ada", admin=True)
    bob = store.enroll("bob").id
    source = add_source(store, bob).id
    commit(store, source, *(item(str(n), text="words " * 50) for n in range(1500)))
    store.mark(bob, [facts.id for facts in store.facts(bob)], pinned=True)
    whole = store.admin.held(OPERATOR, bob)
    chance = random.Random(3)
    for _ in range(8):
        process = subprocess.Popen([sys.executable, "-c", ERASE, address], stdout=subprocess.PIPE, text=True)
        process.stdout.readline()
        time.sleep(chance.random() * 0.1)
        process.kill()
        done = "done" in process.stdout.read()
        process.wait()
        process.stdout.close()
        held = store.admin.held(OPERATOR, bob)
        erased = [row.subject for row in store.admin.audit(OPERATOR, verbs=["person.erase"])]
        assert (held, erased) in ((whole, []), (dict.fromkeys(whole, 0), ["bob"]))
        assert not done or not any(held.values())
        if not any(held.values()):
            break
    store.admin.erase_person(OPERATOR, bob, now=NOW)
    assert not any(store.admin.held(OPERATOR, bob).values())
    store.close()


def test_the_last_admin_of_several_people_does_not_leave_either(store, ada, bob):
    with pytest.raises(LastAdmin):
        store.erase(ada)
    assert {one.id for one in store.employees()} == {ada, bob}
    store.erase(bob)
    store.erase(ada)
    assert store.employees() == []
