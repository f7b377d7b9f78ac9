"""Who and what reaches a person is told as it is in their items."""

from dashboard.ranking.known import known
from dashboard.ranking.signals import Signals
from dashboard.relevance import Profile
from dashboard.store.records import Flag

NOW = 1_800_000_000.0
ME = Profile(me=frozenset({"me@example.org"}))


def told(*rows, profile=ME):
    return known(Signals(rows).columns, profile, NOW)


def test_the_people_are_those_who_wrote_most_often_first_without_programs_and_oneself(row):
    rows = [row(n, author="ada@example.org", hours=9 - n) for n in (1, 2, 3)] + [row(4, author="bob@example.org")]
    rows += [row(5, author="shop@example.org", flags=Flag.BULK), row(6, author="me@example.org"), row(7, author="")]
    assert told(*rows).people == [("ada@example.org", 3, 3), ("bob@example.org", 1, 4)]


def test_a_channel_of_the_same_name_in_two_sources_is_one_choice(row):
    rows = [
        row(1, channel="Sales", hours=3),
        row(2, channel=" sales", source=2),
        row(3, channel="ops"),
        row(4, channel=""),
    ]
    assert [(met.name, met.times) for met in told(*rows).channels] == [("sales", 2), ("ops", 1)]


def test_what_a_person_wrote_tells_whom_they_answered_and_where(row):
    rows = [
        row(1, author="ada@example.org", thread="t", channel="sales", hours=5),
        row(2, author="me@example.org", thread="t", channel="sales", hours=4),
        row(3, author="bob@example.org", thread="u", hours=3),
    ]
    seen = told(*rows)
    assert (seen.written, seen.since) == (1, NOW - 4 * 3600)
    assert [met.name for met in seen.answered] == ["ada@example.org"]
    assert [met.name for met in seen.wrote_in] == ["sales"]


def test_nothing_is_known_of_somebody_whom_nothing_reached():
    assert told() == ([], [], 0, None, [], [])
