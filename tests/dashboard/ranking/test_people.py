"""A person is meant by their address or by their name, whoever else shares either."""

from datetime import UTC, datetime

from dashboard.rank import rank
from dashboard.ranking.signals import Signals
from dashboard.ranking.standing import Place
from dashboard.relevance import Profile, mute
from dashboard.store.records import Flag

NOW = datetime.fromtimestamp(1_800_000_000, UTC)


def keys(ranking, item):
    return {reason.key for reason in ranking.why(item)}


def test_people_are_weighed_by_their_name_as_well_as_by_their_address(row):
    rows = [row(1, author="tom@example.org", name="tom okafor"), row(2, author="eve@example.org", name="eve")]
    ranking = rank(Signals(rows), Profile(people={"Tom  Okafor": 2}), NOW)
    assert ranking.order[0] == 1
    assert "why.person" in keys(ranking, 1)
    assert "why.person" not in keys(ranking, 2)


def test_what_the_address_weighs_goes_before_what_the_name_weighs(row):
    profile = Profile(people={"tom okafor": 2, "tom@example.org": -1})
    rows = [row(1, author="tom@example.org", name="tom okafor"), row(2, author="eve@example.org")]
    assert rank(Signals(rows), profile, NOW).order == [2, 1]


def test_a_name_weighs_nothing_on_what_others_send_from_the_same_address(row):
    rows = [row(n, author="notifications@example.org", name=name) for n, name in ((1, "eve"), (2, "tom okafor"))]
    ranking = rank(Signals(rows), Profile(people={"tom okafor": 2}), NOW)
    assert "why.person" in keys(ranking, 2)
    assert "why.person" not in keys(ranking, 1)


def test_a_name_that_comes_later_is_matched_too(row):
    signals = Signals([row(1)])
    rank(signals, Profile(people={"tom okafor": 2}), NOW)
    signals.update([row(2, rev=2, author="tom@example.org", name="tom okafor")])
    assert "why.person" in keys(rank(signals, Profile(people={"tom okafor": 2}), NOW), 2)


def test_people_are_muted_by_their_name(row):
    ranking = rank(Signals([row(name="tom okafor")]), mute(Profile(), "people", "Tom Okafor"), NOW)
    assert ranking.place(1) is Place.MUTED


def test_a_person_is_known_by_their_own_name(row):
    asked = row(2, author="vip@example.org", people="her@example.org\nme myself", flags=Flag.QUESTION)
    profile = Profile(me={"Me Myself"}, people={"vip@example.org": 1})
    ranking = rank(Signals([row(1, name="me myself"), asked]), profile, NOW)
    assert ranking.place(1) is Place.OWN
    assert "why.first.ask" in keys(ranking, 2)
