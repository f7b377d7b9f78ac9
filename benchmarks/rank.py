"""Ranking end to end beside the same sum in pure Python: ``rank.py [ITEMS]``.

Our side reads the rows that changed from SQLite, brings the columns up to date, computes every
feature, orders, and explains the fifty shown. What the words of a row say is computed once, until
the person writes something. The peer is handed finished features as lists and only adds them up
and sorts. Times are CPU time, the median of several runs in turns.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import islice

import numpy as np

from benchmarks import corpus
from connectors.kit import Item
from dashboard.rank import Ranking, rank
from dashboard.ranking.signals import Signals
from dashboard.relevance import Profile, weigh
from dashboard.store import open_store
from dashboard.store.records import Batch

SHOWN = 50
TURNS = 9
FEATURES = 32


def took(work: Callable[[], object]) -> float:
    """Return the milliseconds of CPU time that some work takes."""
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1e3


def explain(ranking: Ranking) -> None:
    for item in ranking.order[:SHOWN]:
        ranking.why(item)


def added_up(features: list[list[float]], weights: list[float]) -> list[int]:
    """Order items as one would without numpy."""
    scores = [sum(weight * value for weight, value in zip(weights, row, strict=True)) for row in features]
    return sorted(range(len(scores)), key=scores.__getitem__, reverse=True)


def kernel(features: "np.ndarray", weights: "np.ndarray") -> "np.ndarray":
    return np.argsort(-(features @ weights))[:100]


def main(count: int) -> None:
    chance = np.random.default_rng(1)
    matrix = chance.random((count, FEATURES), np.float32)
    factors = chance.random(FEATURES, np.float32)
    lists, plain = matrix.tolist(), factors.tolist()
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/store.db")
        me = store.enroll("me").id
        fields = {"connector": "x", "options": {}, "every": 60, "due_at": corpus.NOW}
        source = store.add_source(me, title="S", **fields).id
        stream = (item for _, item in corpus.items(count))
        while batch := list(islice(stream, 5000)):
            made = Batch(items=[(item, "") for item in batch], cursor=batch[-1].id)
            store.engine.commit(source, None, made, now=corpus.NOW)
        profile = Profile(topics={corpus.WORDS[300]: 1, corpus.WORDS[500]: 2}, me={"me@example.org"})
        signals, now = Signals(), corpus.NOW
        first = took(lambda: signals.update(store.facts(me)))
        print(f"{len(signals):,} items read and put into columns, once a process: {first:.0f} ms")

        times: dict[str, list[float]] = {
            name: [] for name in ("end to end", "own", "still", "profile edit", "pure Python", "kernel", "120")
        }
        few = Signals(store.facts(me)[:120])
        for turn in range(TURNS):

            def look() -> None:
                signals.update(store.facts(me, after=signals.rev))
                explain(rank(signals, profile, now))

            for name, own in (("own", True), ("end to end", False)):
                item = Item(id=f"{name}{turn}", title=f"one more {corpus.WORDS[turn]}", created=now, own=own)
                made = Batch(items=[(item, "")], cursor=item.id)
                store.engine.commit(source, None, made, now=now)
                times[name].append(took(look))

            edited, later = weigh(profile, "topics", corpus.WORDS[900 + turn], 3), now + timedelta(minutes=turn)
            times["still"].append(took(lambda later=later: explain(rank(signals, profile, later))))
            times["profile edit"].append(took(lambda edited=edited: explain(rank(signals, edited, now))))
            times["pure Python"].append(took(lambda: added_up(lists, plain)))
            times["kernel"].append(took(lambda: [kernel(matrix, factors) for _ in range(20)]) / 20)
            times["120"].append(took(lambda: explain(rank(few, profile, now))))
        store.close()
    middle = {name: statistics.median(values) for name, values in times.items()}
    peer = middle["pure Python"]
    print(f"peer, pure Python, {FEATURES} finished features added up and sorted: {peer:.1f} ms")
    for name, what in (
        ("kernel", f"kernel, {FEATURES} finished features to the first 100"),
        ("end to end", "one new row in SQLite to the order and fifty explanations"),
        ("still", "nothing new, only time went by"),
        ("own", "one new row that the person wrote: what their words are is computed anew"),
        ("profile edit", "an edit of the profile to the new order"),
        ("120", "120 items ranked and explained"),
    ):
        print(f"{what}: {middle[name]:.2f} ms; ratio to the peer {peer / middle[name]:.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 10_000)
