"""Signals follow the store row by row, and what they know does not depend on the way they learned it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.ranking.signals import Signals


def described(signals):
    """Return everything that the columns say, with names instead of numbers."""
    columns, codes = signals.columns, signals.columns.codes
    named = {
        "author": "person", "thread": "thread", "channel": "channel", "kind": "kind", "key": "key",
    }  # fmt: skip
    found = {name: [codes[kind].names[code] for code in getattr(columns, name)] for name, kind in named.items()}
    found["reply"] = [codes["key"].names[code] if code >= 0 else None for code in columns.reply]
    for name in ("id", "rev", "at", "due", "start", "end", "flags", "importance", "length", "seen", "done", "snoozed"):
        found[name] = np.nan_to_num(getattr(columns, name), nan=-1).tolist()
    for name in ("terms", "people"):
        rows = np.arange(len(columns))
        flat, owner = getattr(columns, name).take(rows), getattr(columns, name).owners(rows)
        flat = flat if name == "terms" else np.array([codes["person"].names[code] for code in flat])
        found[name] = [flat[owner == place].tolist() for place in range(len(columns))]
    found["answers"] = columns.answers.tolist()
    return found, columns.frequency.tobytes()


def newest(rows):
    """Return the last revision of each row that still exists."""
    last = {}
    for row in rows:
        if row.id not in last or last[row.id].rev <= row.rev:
            last[row.id] = row
    return [row for row in last.values() if not row.gone]


@settings(max_examples=30)
@given(st.data())
def test_signals_that_grew_equal_signals_made_anew(rows, data):
    history = data.draw(rows)
    grown, left = Signals(), history
    while left:
        size = data.draw(st.integers(1, len(left)))
        grown.update(left[:size])
        left = left[size:]
        assert len(grown) == len(grown.columns)
    assert described(grown) == described(Signals(reversed(newest(history))))
    assert grown.rev == max((row.rev for row in history), default=0)


def test_a_copy_of_rows_out_of_order_is_what_the_rows_have(row):
    terms = Signals([row(n, text=" ".join("abcd"[:n]) + f" word{n}", hours=9 - n) for n in (1, 2, 3)]).columns.terms
    one, two, three = (terms.take(np.array([place])).tolist() for place in range(3))
    assert terms.take(np.array([2, 0])).tolist() == three + one
    assert terms.take(np.array([0, 1, 2])).tolist() == one + two + three
    assert terms.take(np.zeros(0, np.int64)).tolist() == []


def test_an_older_revision_changes_nothing(row):
    signals = Signals([row(1, rev=5, author="new@example.org")])
    signals.update([row(1, rev=4, author="old@example.org")])
    assert [signals.columns.codes["person"].names[code] for code in signals.columns.author] == ["new@example.org"]


def test_rows_that_are_gone_leave_nothing_behind(row):
    signals = Signals([row(n, text="secret plan") for n in range(1, 50)])
    signals.update([row(n, rev=100 + n, gone=True) for n in range(1, 50)])
    assert len(signals) == len(signals.columns) == 0
    assert not signals.columns.frequency.any()


def test_memory_stays_bounded_however_often_a_row_changes(row):
    signals = Signals()
    for rev in range(1, 5000):
        signals.update([row(1, rev=rev, text="budget plan", importance=rev % 2)])
    assert len(signals.columns) == 1
    assert len(signals.columns.terms.flat) < 10_000


def test_columns_that_were_given_out_never_change(row):
    signals = Signals([row(1, hours=2)])
    before = signals.columns
    seen = described(signals)
    signals.update([row(2, hours=1), row(1, rev=9, author="bob@example.org")])
    assert before is not signals.columns
    assert before.id.tolist() == [1]
    assert before.frequency.tobytes() == seen[1]


MARKS = {"seen": 5.0, "done": 6.0, "snoozed": 7.0, "pinned": True}


def test_what_a_person_does_with_a_row_leaves_all_that_was_computed_of_the_rows(row):
    signals = Signals([row(n, people="bob@example.org\nbob", reply_to="k1", text="plan") for n in range(1, 9)])
    before = signals.columns
    answers, frequency, seen = before.answers, before.frequency, described(signals)
    done = row(3, rev=50, people="bob@example.org\nbob", reply_to="k1", text="plan", **MARKS)
    signals.update([done])
    after = signals.columns
    assert after.answers is answers
    assert after.frequency.tobytes() == frequency.tobytes()
    assert [(after.seen[at], after.done[at], after.snoozed[at], after.pinned[at]) for at in [after.row(3)]] == [
        (5.0, 6.0, 7.0, True)
    ]
    assert np.isnan(np.delete(after.done, after.row(3))).all()
    assert np.isnan(before.done).all(), "columns that were given out never change"
    assert described(signals)[0] | {"seen": 0, "done": 0, "snoozed": 0, "rev": 0} == seen[0] | {
        "seen": 0, "done": 0, "snoozed": 0, "rev": 0,
    }  # fmt: skip
    assert signals.rev == 50


@pytest.mark.parametrize(
    "changed",
    [
        {"text": "another plan"},
        {"people": "eve@example.org"},
        {"author": "bob@example.org"},
        {"name": "bob"},
        {"thread": "other"},
        {"channel": "other"},
        {"kind": "chat"},
        {"reply_to": "k2"},
        {"due": 9.0},
        {"flags": 4},
        {"hours": 7.0},
        {"source": 2},
    ],
    ids=str,
)
def test_whatever_else_changes_together_with_a_mark_is_taken_in(row, changed):
    rows = [row(n, text="plan") for n in (1, 2, 3)]
    signals = Signals(rows)
    assert len(signals.columns) == 3
    new = row(2, **{"text": "plan", "rev": 60, **MARKS, **changed})
    signals.update([new])
    assert described(signals) == described(Signals([rows[0], rows[2], new]))


def test_an_answer_is_what_it_names_or_else_the_last_message_of_another(row):
    def talk(n, author, hours, **fields):
        return row(n, thread="a", author=author, hours=hours, **fields)

    talks = [
        talk(1, "ada", 9),
        talk(2, "bob", 8),
        talk(3, "bob", 7),
        talk(4, "eve", 6, reply_to="k1"),
        talk(5, "ada", 5),
    ]
    assert Signals(talks).columns.answers.tolist() == [-1, 0, 0, 0, 3]


def test_an_answer_after_more_than_a_week_is_not_taken_for_one(row):
    late = [row(1, thread="a", author="ada", hours=200), row(2, thread="a", author="bob", hours=1)]
    assert Signals(late).columns.answers.tolist() == [-1, -1]
