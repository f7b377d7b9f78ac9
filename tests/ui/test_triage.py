"""What a browser sends of the keys, read as actions that each count once, and what "later" means."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.ui.parts import inbox
from dashboard.ui.parts.triage import Action, actions, later

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday


def sent(n, verb="done", page="a", ids=("7",), **more):
    return {"page": page, "n": n, "verb": verb, "ids": list(ids), **more}


def test_a_key_pressed_twice_as_fast_as_the_page_answers_counts_once_each():
    messages = [sent(2), sent(1, "pin"), sent(3, "evil")]
    assert actions(messages) == [Action("a", 1, "pin", (7,)), Action("a", 2, "done", (7,))]
    assert actions(None) == []


def test_a_page_opened_anew_counts_from_one_again_and_nothing_is_done_twice():
    old, new = sent(7, page="old"), sent(1, page="new")
    assert [action.page for action in list(inbox.claim(1001, [old, new]))] == ["new", "old"]
    assert list(inbox.claim(1001, [old, new])) == []
    assert [action.n for action in list(inbox.claim(1001, [old, sent(8, page="old")]))] == [8]
    assert len(list(inbox.claim(1002, [old]))) == 1, "another person's page has nothing to do with it"


def test_nobody_keeps_the_others_waiting_with_a_message_of_very_many_actions():
    many = [sent(n) for n in range(1, 2000)]
    taken = list(inbox.claim(1003, many))
    assert 100 < len(taken) < 1000
    assert next(inbox.claim(1003, many[len(taken) :])).n == len(taken) + 1
    for page in range(20_000):
        list(inbox.claim(1004, [sent(1, page=str(page))]))
    assert list(inbox.claim(1003, many[: len(taken)])) == [], "what others send does not make it forgotten"


def test_a_run_that_is_stopped_between_two_actions_leaves_the_second_to_be_sent_again():
    two = [sent(n, page="stopped") for n in (1, 2)]
    assert next(inbox.claim(1006, two)).n == 1
    assert [action.n for action in inbox.claim(1006, two)] == [2]


@pytest.mark.parametrize("message", [5, "done", {"page": "a"}, [sent(10**400)], [sent(1, "mute", ids=())]])
def test_a_message_that_no_page_sends_is_none(message):
    assert list(inbox.claim(1005, message)) == []


@given(
    st.lists(
        st.one_of(
            st.none(),
            st.text(),
            st.dictionaries(
                st.sampled_from(["page", "n", "verb", "ids", "choice"]),
                st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.lists(st.text())),
            ),
        )
    )
)
def test_whatever_a_browser_sends_is_an_action_or_nothing(messages):
    for action in actions(messages):
        assert action.verb in ("open", "why", "done", "snooze", "pin", "unpin", "mute", "back", "undo")


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("choice", "back"),
    [
        ("", "2026-03-05T06:00"),
        ("tomorrow", "2026-03-05T06:00"),
        ("later", "2026-03-04T16:00"),
        ("monday", "2026-03-09T06:00"),
        ("week", "2026-03-11T06:00"),
        ("2026-04-01T09:30", "2026-04-01T09:30"),
    ],
)
def test_later_is_a_time_where_the_person_is(choice, back):
    assert later(choice, NOW, BERLIN).astimezone(BERLIN).isoformat()[:16] == back


def test_tomorrow_is_at_six_also_where_the_clock_is_changed_in_the_night():
    saturday = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert later("tomorrow", saturday, BERLIN).astimezone(UTC).hour == 4
    assert later("monday", saturday + timedelta(days=2), BERLIN).astimezone(BERLIN).isoformat()[:10] == "2026-04-06"


@pytest.mark.parametrize(
    "choice", ["nonsense", "2026-03-04T11:00", "2036-01-01T00:00", "9999-12-31T23:59", "0001-01-01T00:00"]
)
def test_what_is_no_time_to_come_puts_nothing_off(choice):
    assert later(choice, NOW, BERLIN) is None
    assert later(choice, NOW, ZoneInfo("Pacific/Kiritimati")) is None
