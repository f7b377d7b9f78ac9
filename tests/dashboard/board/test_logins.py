import pytest

from dashboard.board.devices import device
from dashboard.board.logins import Claimed, Logins, NotAdmitted
from dashboard.settings import Login
from dashboard.store.records import OPERATOR

RULES = Login(header="X-User", trusted_proxies="127.0.0.1/32", idle_minutes=60, absolute_hours=8)


@pytest.fixture
def logins(house, clock):
    return Logins(house.store, RULES, clock)


@pytest.fixture
def ada(logins):
    return logins.enroll(Claimed(login="ada@example.org", name="Ada")).id


def test_a_token_opens_its_login_and_is_kept_nowhere(logins, ada, house):
    token, login = logins.open(ada, "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0")
    assert logins.find(token) == login
    assert (login.device, token in login.key) == ("Firefox, Linux", False)
    assert logins.find(token + "x") is None
    assert logins.find(login.key) is None  # what the database holds opens nothing


def test_no_two_logins_have_one_token(logins, ada):
    assert len({logins.open(ada, "")[0] for _ in range(50)}) == 50


def test_a_login_that_is_not_used_ends_after_its_time(logins, ada, clock):
    token, _ = logins.open(ada, "")
    clock.pass_(minutes=59)
    logins.used(logins.find(token))
    clock.pass_(minutes=59)
    assert logins.find(token)  # it was used an hour ago
    clock.pass_(minutes=1)
    assert logins.find(token) is None  # to be looked up is no use


def test_a_login_that_is_used_all_the_time_ends_as_well(logins, ada, clock):
    token, login = logins.open(ada, "")
    for _ in range(16):
        logins.used(logins.find(token))
        clock.pass_(minutes=30)
    assert logins.find(token) is None
    assert logins.lasting([login.key]) == {}
    assert logins.all(ada) == []


def test_use_is_written_down_once_a_minute(logins, ada, clock):
    token, opened = logins.open(ada, "")
    clock.pass_(seconds=59)
    logins.used(logins.find(token))
    assert logins.find(token).seen_at == opened.seen_at
    clock.pass_(seconds=1)
    logins.used(logins.find(token))
    assert logins.find(token).seen_at == clock()


def test_of_a_login_that_is_over_nothing_is_kept(logins, ada, clock, house):
    logins.open(ada, "")
    clock.pass_(minutes=61)
    _, now = logins.open(ada, "")
    assert house.store.logins(ada) == [now]


def test_logins_end_one_by_one_or_all_at_once(logins, ada):
    keys = [logins.open(ada, "")[1].key for _ in range(4)]
    assert logins.end(ada, keys[0])
    assert not logins.end(ada, keys[0])
    assert logins.end_others(ada, keys[1]) == 2
    assert [login.key for login in logins.all(ada)] == [keys[1]]
    assert logins.end_all(ada) == 1


def test_what_the_provider_says_nothing_about_stays_as_it_is(logins, house):
    house.store.enroll("ada@example.org", name="Ada L.", admin=True, groups=("engineering",))
    before = house.store.employee("ada@example.org")
    assert logins.enroll(Claimed(login="ada@example.org")) == before
    after = logins.enroll(Claimed(login="ada@example.org", name="Ada", groups=frozenset({"x"}), admin=False))
    assert (after.name, after.groups, after.admin) == ("Ada", {"x"}, False)


def test_the_first_person_is_no_admin(logins):
    assert not logins.enroll(Claimed(login="ada@example.org")).admin


@pytest.mark.parametrize("name", ["me", "frontdesk"])
def test_nobody_logs_in_as_the_keeper_or_the_one_person_of_before(logins, name):
    with pytest.raises(NotAdmitted, match="reserved"):
        logins.enroll(Claimed(login=name))


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0", "Firefox, Linux"),
        (
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 "
                "Safari/537.36 Edg/142.0.0.0"
            ),
            "Edge, Windows",
        ),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
                "Version/18.1 Mobile/15E148 Safari/604.1"
            ),
            "Safari, iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Mobile Safari/537.36",
            "Chrome, Android",
        ),
        (
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 "
                "Safari/605.1.15"
            ),
            "Safari, macOS",
        ),
        ("curl/8.5.0", ""),
        ("", ""),
        ("<script>" * 10_000, ""),
    ],
)
def test_a_device_is_told_in_words(agent, words):
    assert device(agent) == words


def test_the_log_says_where_an_admin_logged_in_and_of_nobody_else(logins, ada, house):
    admin = logins.enroll(Claimed(login="root@example.org", admin=True)).id
    logins.open(ada, "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0")
    _, opened = logins.open(admin, "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0")
    told = [(row.actor, row.verb, row.detail) for row in house.store.admin.audit(OPERATOR)]
    assert told == [("root@example.org", "person.sign_in", {"device": "Firefox, Linux"})]
    assert opened.device == "Firefox, Linux"
