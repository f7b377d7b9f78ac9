"""Where a conversation stands, where it would stand without one reason, and what came when."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from dashboard.rank import rank
from dashboard.ranking.ordering import OF_ONE, TOP
from dashboard.ranking.signals import Signals
from dashboard.ranking.standing import Place
from dashboard.relevance import Profile, Uses
from dashboard.store.records import Flag

NOW = datetime.fromtimestamp(1_800_000_000, UTC)
BULKY = Flag.BULK | Flag.AUTOMATED

ONE_MORE_REASON = {
    "why.flagged": {"flags": Flag.FLAGGED},
    "why.important": {"importance": 1},
    "why.first.pinned": {"pinned": True},
    "why.unread": {"flags": Flag.UNREAD},
}


def crowd(row, dice, size=120):
    flags = (0, Flag.MENTION, Flag.DIRECT, Flag.UNREAD | Flag.FLAGGED, Flag.BULK, Flag.QUESTION | Flag.DIRECT)
    return [
        row(
            n,
            title=dice.choice(["budget plan", "secret", "travel"]),
            author=dice.choice(["ada@example.org", f"p{n}@example.org"]),
            hours=dice.random() * 200,
            flags=dice.choice(flags),
        )
        for n in range(10, 10 + size)
    ]


def position_without(ranking, item, key):
    # the small reasons are told together in the last one, which has no place of its own
    told = zip(ranking.why(item), ranking.without(item), strict=False)
    (found,) = [position for reason, position in told if reason.key == key]
    return found


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("bulk", [0, Flag.BULK])
@pytest.mark.parametrize("key", ONE_MORE_REASON)
def test_without_a_reason_an_item_would_stand_where_it_stands_when_the_reason_is_really_gone(row, key, bulk, seed):
    dice = random.Random(seed)
    others, hours = crowd(row, dice), dice.random() * 100
    fields = {"flags": 0, **ONE_MORE_REASON[key]}
    with_it = row(1, hours=hours, **fields | {"flags": fields["flags"] | bulk})
    without = row(1, hours=hours, flags=bulk)
    profile = Profile(topics={"budget": 2}, uses=Uses(opened=True))
    before, after = (rank(Signals([*others, one]), profile, NOW) for one in (with_it, without))
    assert position_without(before, 1, key) == after.position(1)
    if key == "why.first.pinned":
        assert before.position(1) != after.position(1)


def test_a_choice_of_the_person_taken_away_is_the_profile_without_it(row):
    others = crowd(row, random.Random(7))
    mine = row(1, title="quarterly harvest", hours=60)
    chosen = rank(Signals([*others, mine]), Profile(topics={"harvest": 3}), NOW)
    plain = rank(Signals([*others, mine]), Profile(), NOW)
    assert position_without(chosen, 1, "why.topic") == plain.position(1)


def test_a_held_item_says_its_place_among_the_held_ones(row):
    others = [row(n, author=f"a{n}@example.org", flags=Flag.BULK, hours=n) for n in range(2, 6)]
    ranking = rank(Signals([*others, row(1, flags=Flag.BULK, pinned=True, hours=9), row(9)]), Profile(), NOW)
    assert ranking.position(1).place is Place.SHOWN
    gone = position_without(ranking, 1, "why.first.pinned")
    assert gone == (Place.HELD, 5, 5)
    assert ranking.position(2) == (Place.HELD, 1, 4)


def test_who_made_room_would_stand_where_its_points_put_it(row):
    loud = Flag.MENTION | Flag.QUESTION | Flag.DIRECT
    rows = [row(n, author="spam@example.org", flags=loud, hours=n / 100) for n in range(1, 20)]
    rows += [row(n, author=f"a{n}@example.org", hours=60) for n in range(3000, 3020)]
    ranking = rank(Signals(rows), Profile(), NOW)
    moved = next(item for item in ranking.order[TOP:] if item < 3000)
    assert position_without(ranking, moved, "why.crowd").number == OF_ONE + 1
    assert ranking.position(moved).number > TOP


def test_what_is_not_ranked_has_no_place_and_no_other_one(row):
    ranking = rank(Signals([row(1, done=NOW.timestamp())]), Profile(), NOW)
    assert ranking.position(1) is None
    assert ranking.without(1) == []


def test_everything_that_came_in_an_hour_is_counted_once_by_kind_and_place(row):
    rows = [
        row(1, hours=0.5),
        row(2, hours=0.6, done=NOW.timestamp()),
        row(3, hours=1.5, flags=Flag.BULK),
        row(4, hours=1.5, kind="chat"),
        row(5, hours=1.6, flags=Flag.OWN),
        row(6, hours=30),
    ]
    edges = [NOW - timedelta(hours=hours) for hours in (3, 2, 1, 0)]
    assert rank(Signals(rows), Profile(), NOW).arrivals(edges) == {
        (1, "chat", Place.SHOWN): 1,
        (1, "mail", Place.HELD): 1,
        (2, "mail", Place.DONE): 1,
        (2, "mail", Place.SHOWN): 1,
    }
