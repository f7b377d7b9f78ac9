"""What a person did with some items changes the order at once, and as if everything had been put in order anew."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.rank import rank
from dashboard.ranking.signals import Signals
from dashboard.ranking.standing import Place
from dashboard.relevance import Hours, Muted, Profile, Uses

NOW, HOUR = 1_800_000_000.0, 3600.0  # the moment of the fixture "now"
MARKS = st.fixed_dictionaries(
    {
        "seen": st.none() | st.just(NOW),
        "done": st.none() | st.just(NOW),
        "snoozed": st.none() | st.sampled_from([NOW - HOUR, NOW, NOW + HOUR]),
        "pinned": st.booleans(),
    }
)
STEPS = st.lists(st.lists(st.tuples(st.integers(0, 99), MARKS), min_size=1, max_size=3), min_size=1, max_size=5)
PROFILES = st.sampled_from(
    [
        Profile(),
        Profile(me={"me@example.org"}, people={"ada@example.org": 2.0}, topics={"budget": 1.0, "secret plan": -2.0}),
        Profile(me={"me myself"}, uses=Uses(opened=True), muted=Muted(words={"travel"}, people={"bob@example.org"})),
        Profile(uses=Uses(written=False), hours=Hours(days=frozenset(), private=frozenset({2}))),
    ]
)


def told(ranking, numbers):
    """Return everything that a page asks an order for."""
    return {
        "order": ranking.order,
        "held": ranking.held,
        "sums": ranking.sums,
        "lists": {place: ranking.census.items(place) for place in Place},
        "kinds": ranking.kinds,
        "by kind": {place: ranking.census.kinds(place) for place in Place},
        "by channel": {place: ranking.census.channels(place) for place in Place},
        "lines": ranking.lines(numbers),
        "items": [ranking.items(number) for number in numbers],
        "positions": [ranking.position(number) for number in numbers],
        "without": [ranking.without(number) for number in numbers],
    }


@settings(max_examples=150, deadline=None)
@given(st.data(), PROFILES, STEPS, st.sampled_from([None, 50.0]), st.sampled_from([(), (2,)]))
def test_the_order_after_marks_is_the_one_made_anew(rows, now, data, profile, steps, hours, muted):
    known = {row.id: row for row in data.draw(rows)}
    signals, numbers = Signals(known.values()), sorted(known)
    if not len(signals):
        return
    given = {"since": now - timedelta(hours=hours) if hours else None, "muted": muted}
    ranking = rank(signals, profile, now, **given)
    there = [number for number in numbers if not known[number].gone]
    for rev, step in enumerate(steps, 100):
        marks = {there[place % len(there)]: mark for place, mark in step}
        known |= {number: known[number]._replace(rev=rev, **mark) for number, mark in marks.items()}
        touched = signals.update(known[number] for number in marks)
        assert touched == set(marks)
        ranking = ranking.after(signals, touched)
        assert told(ranking, numbers) == told(rank(signals, profile, now, **given), numbers)


def test_whoever_makes_room_for_others_does_so_no_longer_than_needed(row, now):
    rows = {n: row(n, author="loud@example.org", hours=0.1 * n) for n in range(1, 12)}
    rows |= {n: row(n, author=f"a{n}@example.org", hours=30.0 + n) for n in range(20, 40)}
    signals = Signals(rows.values())
    ranking = rank(signals, Profile(), now)
    for rev, number in enumerate([1, 20, 2, 21, 3, 4], 100):
        rows[number] = rows[number]._replace(rev=rev, done=NOW)
        ranking = ranking.after(signals, signals.update([rows[number]]))
        assert told(ranking, sorted(rows)) == told(rank(signals, Profile(), now), sorted(rows))


def test_what_was_taken_back_stands_where_it_stood(row, now):
    rows = {n: row(n, hours=float(n), thread=f"t{n // 2}") for n in range(1, 30)}
    signals = Signals(rows.values())
    before = rank(signals, Profile(), now)
    done = before.after(signals, signals.update(rows[n]._replace(rev=50, done=NOW) for n in (4, 5)))
    assert 5 not in done.order
    back = done.after(signals, signals.update(rows[n]._replace(rev=51) for n in (4, 5)))
    assert told(back, sorted(rows)) == told(before, sorted(rows))


def test_only_marks_are_taken_for_marks(row):
    signals = Signals([row(1), row(2)])
    assert signals.update([]) == set()
    assert signals.update([row(1, rev=9, done=NOW)]) == {1}
    assert signals.update([row(1, rev=10, done=NOW, flags=2)]) is None
    assert signals.update([row(3, rev=11)]) is None
    assert signals.update([row(2, rev=12, gone=True)]) is None
    assert signals.update([row(2, rev=12, gone=True)]) == set()
