"""What was computed of rows is kept as long as it is true, and looks no different from what is computed anew."""

import random

import numpy as np
import pytest

from dashboard.rank import rank
from dashboard.ranking.memory import Memory
from dashboard.ranking.signals import Signals
from dashboard.relevance import Muted, Profile
from dashboard.store.records import Flag

WORDS = "budget invoice plan secret travel holiday contract turbine meeting report margin offer".split()  # noqa: SIM905


def history(row, size):
    """Return rows of which every fifth is one's own, in the order in which they came."""
    dice = random.Random(3)
    return [
        row(
            number,
            title=" ".join(dice.choices(WORDS, k=2)),
            text=" ".join(dice.choices(WORDS, k=6)),
            thread=f"t{dice.randrange(size // 3)}",
            channel=dice.choice(["inbox", "news", "team"]),
            author=f"p{dice.randrange(9)}@example.org",
            flags=Flag.OWN if number % 5 == 0 else dice.choice([0, Flag.DIRECT, Flag.AUTOMATED]),
            hours=(size - number) * 0.3,
        )
        for number in range(1, size + 1)
    ]


def told(signals, profile, now):
    """Return all scores, rounded as far as they must be the same."""
    ranking = rank(signals, profile, now)
    return [(item, round(ranking.score(item), 9)) for item in (*ranking.order, *ranking.held)]


@pytest.mark.parametrize("step", [1, 7, 40])
def test_a_long_list_that_grew_marked_and_edited_ranks_like_one_made_anew(row, now, step):
    rows, signals = history(row, 300), Signals()
    profile = Profile(topics={"budget plan": 2}, muted=Muted(words={"secret"}))
    for start in range(0, len(rows), step):
        signals.update(rows[start : start + step])
        told(signals, profile, now)
    marked = [one._replace(rev=1000 + one.id, seen=now.timestamp(), pinned=one.id == 100) for one in rows[90:120]]
    shorter = rows[150]._replace(rev=2000, terms=rows[3].terms)
    signals.update([*marked, shorter, rows[20]._replace(rev=2001, gone=True)])
    now_there = {one.id: one for one in (*rows, *marked, shorter)}
    del now_there[21]
    assert told(signals, profile, now) == told(Signals(now_there.values()), profile, now)
    other = Profile(me={"p1@example.org"}, topics={"turbine": 1})
    assert told(signals, other, now) == told(Signals(now_there.values()), other, now)


def test_old_columns_rank_the_same_after_newer_rows_came(row, now):
    rows = history(row, 150)
    signals = Signals(rows[:100])
    before = signals.columns.frequency.copy()
    old = signals.columns
    signals.update(rows[100:])
    rank(signals, Profile(topics={"budget": 1}), now)
    assert (old.frequency == before).all()
    assert (signals.columns.frequency != before).any()


def test_the_newest_few_of_a_long_list_do_not_change_what_is_usual(row):
    rows = history(row, 258)
    signals = Signals(rows[:256])
    usual = signals.columns.frequency
    signals.update(rows[256:257])
    assert (signals.columns.frequency == usual).all()
    signals.update(rows[257:])
    assert signals.columns.counted.sum() == 258


def test_words_of_rows_that_are_gone_are_not_found(row, now):
    profile = Profile(topics={"budget": 1})
    signals = Signals([row(1, text="budget"), row(2)])
    signals.update([row(1, rev=9, gone=True)])
    assert [reason.key for reason in rank(signals, profile, now).why(2) if reason.key == "why.topic"] == []
    signals.update([row(3, rev=10, text="budget")])
    assert "why.topic" in {reason.key for reason in rank(signals, profile, now).why(3)}


def test_a_result_is_made_again_only_for_another_key():
    memory, made = Memory(), []
    for key in (b"a", b"a", b"b", b"a"):
        memory.once("name", key, lambda key=key: made.append(key))
    assert made == [b"a", b"b", b"a"]


def test_values_are_computed_for_new_slots_only():
    memory, asked = Memory(), []

    def double(places, slots):
        asked.extend(slots[places].tolist())
        return slots[places, None] * 2.0

    for wanted in ([0, 2], [2, 1], [9]):
        slots = np.array(wanted)
        found = memory.by_slot("double", b"", slots, lambda places, slots=slots: double(places, slots))
        assert found[:, 0].tolist() == [2.0 * slot for slot in wanted]
    assert asked == [0, 2, 1, 9]


def test_words_are_found_wherever_they_stand_and_however_often_one_looks():
    memory, flat = Memory(), np.array([5, 7, 5 | 1 << 31, 5 + (1 << 18), 7], np.uint32)
    assert {word: at.tolist() for word, at in memory.places({5, 8}, flat[:2]).items()} == {5: [0], 8: []}
    assert {word: at.tolist() for word, at in memory.places({7}, flat).items()} == {7: [1, 4]}
    for _ in range(2):
        assert {word: at.tolist() for word, at in memory.places({5, 7, 8}, flat).items()} == {
            5: [0, 2],
            7: [1, 4],
            8: [],
        }
