"""What a page asks for: what changed, items, conversations, marks, documents."""

import threading
from datetime import timedelta

import pytest

from dashboard.store.records import Mark
from tests.dashboard.store.samples import NOW, add_source, commit, item


def test_only_what_changed_is_told_again(store, ada, source):
    commit(store, source, item("1"), item("2"))
    rev = store.rev(ada)
    assert store.facts(ada, after=rev) == []
    commit(store, source, item("2", title="Other"), item("3"))
    assert {facts.key for facts in store.facts(ada, after=rev)} == {"2", "3"}
    rev = store.rev(ada)
    [first] = [facts.id for facts in store.facts(ada) if facts.key == "1"]
    store.mark(ada, [first], seen_at=NOW)
    [seen] = store.facts(ada, after=rev)
    assert (seen.key, seen.seen, seen.rev) == ("1", NOW.timestamp(), store.rev(ada))


def test_old_items_can_be_left_out(store, ada, source):
    commit(store, source, item("new"), item("old", received=NOW - timedelta(days=99)))
    assert [facts.key for facts in store.facts(ada, since=NOW - timedelta(days=90))] == ["new"]


def test_items_come_in_the_order_asked_for(store, ada, source):
    commit(store, source, *(item(str(n)) for n in range(5)))
    ids = [facts.id for facts in store.facts(ada)]
    asked = [ids[3], 12345, ids[0], ids[3], -1, 2**80]
    assert [entry.id for entry in store.entries(ada, asked)] == [ids[3], ids[0], ids[3]]
    assert store.entries(ada, []) == []
    assert store.raw(ada, 2**80) is None
    assert store.thread(ada, -(2**80)) == []
    assert store.source(ada, 2**80) is None
    assert store.mark(ada, [2**80], pinned=True) == {}


def test_a_conversation_is_told_from_its_beginning(store, ada, source):
    other = add_source(store, ada, "Other").id
    commit(store, source, *(item(str(n), thread="t", received=NOW - timedelta(hours=n)) for n in range(4)), item("x"))
    commit(store, other, item("elsewhere", thread="t"))
    by_key = {facts.key: facts.id for facts in store.facts(ada)}
    commit(store, source, gone=["2"])
    assert [entry.item.id for entry in store.thread(ada, by_key["1"])] == ["3", "1", "0"]
    assert [entry.item.id for entry in store.thread(ada, by_key["x"])] == ["x"]


def test_a_mark_can_be_taken_back_with_what_it_was_before(store, ada, source):
    commit(store, source, item("1"), item("2"))
    ids = [facts.id for facts in store.facts(ada)]
    store.mark(ada, ids[:1], seen_at=NOW, pinned=True)
    before = store.mark(ada, ids, done_at=NOW, snoozed_until=NOW + timedelta(days=1))
    assert before == {ids[0]: Mark(seen_at=NOW, pinned=True), ids[1]: Mark()}
    [entry] = store.entries(ada, ids[:1])
    assert entry.mark == Mark(seen_at=NOW, done_at=NOW, snoozed_until=NOW + timedelta(days=1), pinned=True)
    store.mark(ada, ids, done_at=None, snoozed_until=None)
    assert store.entries(ada, ids[:1])[0].mark == Mark(seen_at=NOW, pinned=True)
    with pytest.raises(TypeError):
        store.mark(ada, ids, liked=True)


def test_a_change_of_something_done_is_visible(store, ada, source):
    commit(store, source, item())
    [facts] = store.facts(ada)
    store.mark(ada, [facts.id], done_at=NOW)
    rev = store.rev(ada)
    commit(store, source, item(text="there is more"))
    [again] = store.facts(ada, after=rev)
    assert again.done == NOW.timestamp()


def test_documents_are_kept_by_name(store, ada):
    assert store.document(ada, "profile") is None
    for value in ({"people": ["ü"]}, [], 0, False, ""):
        store.keep(ada, "profile", value)
        assert store.document(ada, "profile") == value
    store.keep(ada, "profile", None)
    assert store.document(ada, "profile") is None


def test_an_employee_is_enrolled_once_and_brought_up_to_date(store):
    first = store.enroll("x@example.org", name="X", groups=["a", "b"], language="de")
    again = store.enroll("x@example.org", name="Y", admin=True, groups=["b", "c"])
    assert again.id == first.id
    assert store.employees() == [again]
    assert (again.name, again.admin, again.groups, again.language) == ("Y", True, {"b", "c"}, "de")


def test_removing_a_source_removes_everything_of_it(store, ada, source):
    commit(store, source, item())
    [facts] = store.facts(ada)
    store.mark(ada, [facts.id], pinned=True)
    rev = store.rev(ada)
    assert store.remove_source(ada, source) is True
    assert store.remove_source(ada, source) is False
    assert store.facts(ada) == []
    assert store.rev(ada) > rev
    assert [record["record"] for record in store.export(ada)] == ["employee"]


def test_the_store_can_be_used_again_after_it_was_closed(store, ada):
    store.close()
    assert store.employees()[0].id == ada


def test_a_reader_never_misses_a_change_with_a_smaller_revision(store, ada):
    """Several writers at once; whoever follows the revisions has seen everything in the end."""
    sources = [add_source(store, ada, f"S{n}").id for n in range(4)]

    def write(source):
        for number in range(15):
            commit(store, source, item(f"{source}/{number}"))

    writers = [threading.Thread(target=write, args=(source,)) for source in sources]
    for writer in writers:
        writer.start()
    seen, after = set(), 0
    while True:
        busy = any(writer.is_alive() for writer in writers)
        newest = store.rev(ada)
        seen |= {facts.key for facts in store.facts(ada, after=after)}
        after = newest
        if not busy:
            break
    assert seen == {f"{source}/{number}" for source in sources for number in range(15)}


def test_what_is_read_together_is_of_one_moment(store, ada, source):
    commit(store, source, item("1"))
    with store.together(), store.together():
        before = store.rev(ada), store.facts(ada)
        writer = threading.Thread(target=commit, args=(store, source, item("2")))
        writer.start()
        writer.join()
        assert (store.rev(ada), store.facts(ada)) == before
    assert {facts.key for facts in store.facts(ada)} == {"1", "2"}
    with pytest.raises(RuntimeError, match="in between"), store.together():
        raise RuntimeError("in between")
    commit(store, source, item("3"))
    assert len(store.facts(ada)) == 3


def test_what_was_marked_keeps_its_mark_unless_it_is_to_be_marked_again(store, ada, source):
    commit(store, source, item("1"), item("2"))
    one, two = sorted(facts.id for facts in store.facts(ada))
    store.mark(ada, [one], done_at=NOW)
    later = NOW + timedelta(hours=1)
    store.mark(ada, [one, two], again=False, done_at=later)
    assert [entry.mark.done_at for entry in store.entries(ada, [one, two])] == [NOW, later]
    store.mark(ada, [one], done_at=later)
    assert store.entries(ada, [one])[0].mark.done_at == later


def test_an_item_can_be_named_without_being_read(store, ada, source):
    commit(store, source, item("1", title="Minutes"))
    [facts] = store.facts(ada)
    assert store.title(ada, facts.id) == "Minutes"
    assert store.title(ada, facts.id + 1) is None
