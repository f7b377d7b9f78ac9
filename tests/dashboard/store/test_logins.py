from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_login_is_found_by_its_key_alone(store, ada):
    opened = store.open_login(ada, "k1", device="Firefox, Linux", now=NOW)
    assert store.find_logins(["k1", "k2"]) == [opened]
    assert store.find_logins([]) == []


def test_a_person_sees_their_own_logins_the_last_used_first(store, ada, bob):
    for number, person in enumerate((ada, ada, bob)):
        store.open_login(person, f"k{number}", device="", now=NOW + number * HOUR)
    store.see_login("k0", now=NOW + 9 * HOUR)
    assert [login.key for login in store.logins(ada)] == ["k0", "k1"]
    assert store.logins(ada)[0].opened_at == NOW


def test_one_login_ends_or_all_others_and_never_those_of_somebody_else(store, ada, bob):
    for number, person in enumerate((ada, ada, ada, bob)):
        store.open_login(person, f"k{number}", device="", now=NOW)
    assert store.end_logins(ada, only="k3") == 0
    assert store.end_logins(ada, only="k0") == 1
    assert store.end_logins(ada, but="k1") == 1
    assert [login.key for login in store.logins(ada)] == ["k1"]
    assert store.end_logins(bob) == 1


def test_what_is_too_old_or_unused_is_removed(store, ada):
    store.open_login(ada, "old", device="", now=NOW - 9 * HOUR)
    store.see_login("old", now=NOW)
    store.open_login(ada, "unused", device="", now=NOW - 3 * HOUR)
    store.open_login(ada, "fresh", device="", now=NOW)
    assert store.expire_logins(opened_before=NOW - 8 * HOUR, seen_before=NOW - 2 * HOUR) == 2
    assert [login.key for login in store.logins(ada)] == ["fresh"]


def test_a_key_opened_anew_is_the_login_of_whom_it_was_opened_for_last(store, ada, bob):
    store.open_login(ada, "k", device="", now=NOW)
    store.open_login(bob, "k", device="", now=NOW)
    assert [login.person for login in store.find_logins(["k"])] == [bob]


def test_who_is_blocked_or_erased_has_no_login(store, ada, bob):
    for person in (ada, bob):
        store.open_login(person, f"k{person}", device="", now=NOW)
    with store._database.writing() as connection:
        connection.execute(sa.text("update employees set blocked = true where login like 'ada%'"))
    assert [login.person for login in store.find_logins([f"k{ada}", f"k{bob}"])] == [bob]
    store.erase(bob)
    assert store.find_logins([f"k{bob}"]) == []


def test_a_person_is_found_by_id_and_by_login(store, ada):
    assert store.employee(ada) == store.employee("ada@example.org")
    assert store.employee(ada).groups == {"engineering"}
    assert store.employee("nobody") is None
    assert store.employee(10**9) is None


def test_a_provider_ends_its_session_or_all_of_a_person_and_nothing_that_it_did_not_open(store, ada, bob):
    def opened(key, person=ada, **provided):
        store.open_login(person, key, device="", now=NOW, **provided)

    opened("own")
    opened("s1", subject="a", session="1")
    opened("s2", subject="a", session="2")
    opened("unsaid", subject="a")
    opened("bob", bob, subject="b", session="3")
    assert store.end_provided("a", "1") == 2  # and the one of which it never said the session
    assert {login.key for login in store.find_logins(["own", "s1", "s2", "unsaid", "bob"])} == {"bob", "own", "s2"}
    assert store.end_provided(None, "3") == 1
    assert store.end_provided("a", None) == 1
    assert store.end_provided("a", None) == store.end_provided(None, "9") == 0
    assert [login.key for login in store.logins(ada)] == ["own"]


def test_nobody_without_a_name_at_the_provider_is_ended_with_those_who_have_none(store, ada):
    store.open_login(ada, "own", device="", now=NOW)
    assert store.end_provided(None, None) == 0
    assert store.login_hint("own") is None
    store.open_login(ada, "own", device="", now=NOW, hint=b"x")
    assert store.login_hint("own") == b"x"
