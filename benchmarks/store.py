"""Ingest, unchanged rows, facts and search of the store beside plain SQLite with FTS5: ``store.py [ITEMS]``.

Every figure is printed with its ratio to the peer, measured in the same run: both take the same
items in batches of the same size, in turns, and answer the same queries in turns.
"""

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

from benchmarks import corpus
from connectors.kit import Item
from dashboard.search import parse
from dashboard.store import open_store
from dashboard.store.records import Batch

BATCH = 5000


class Peer:
    """What one would write first: a table, FTS5 with triggers, and bm25 over all hits."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.executescript("""
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = NORMAL;
            CREATE TABLE items (id INTEGER PRIMARY KEY, source, key, author, title, text, at, UNIQUE (source, key));
            CREATE VIRTUAL TABLE words USING fts5(author, title, text, content='items', content_rowid='id',
                tokenize='unicode61 remove_diacritics 2');
            CREATE TRIGGER added AFTER INSERT ON items BEGIN
                INSERT INTO words(rowid, author, title, text) VALUES (new.id, new.author, new.title, new.text); END;
        """)

    def commit(self, items: Iterable[Item]) -> None:
        rows = [(1, i.id, i.author.name, i.title, i.text, i.received.timestamp()) for i in items]
        self.connection.execute("BEGIN")
        self.connection.executemany(
            "INSERT INTO items (source, key, author, title, text, at) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET title = excluded.title, text = excluded.text"
            " WHERE title <> excluded.title OR text <> excluded.text",
            rows,
        )
        self.connection.execute("COMMIT")

    def search(self, text: str) -> int:
        found = self.connection.execute(
            "SELECT items.id, snippet(words, 2, '[', ']', '', 24) FROM words JOIN items ON items.id = words.rowid"
            " WHERE words MATCH ? ORDER BY rank LIMIT 50",
            (" AND ".join(f'"{word}"' for word in text.split()),),
        )
        return len(found.fetchall())


def cpu(run: Callable[[], object]) -> float:
    """Return the CPU seconds that a call takes."""
    start = time.process_time()
    run()
    return time.process_time() - start


def wall(run: Callable[[], object]) -> float:
    """Return the milliseconds that a call takes."""
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) * 1000


def spread(times: list[float]) -> str:
    """Describe a list of milliseconds."""
    ordered = sorted(times)
    return f"p50 {ordered[len(ordered) // 2]:.2f} p95 {ordered[int(len(ordered) * 0.95)]:.2f} max {ordered[-1]:.1f} ms"


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store, peer = open_store(f"sqlite:///{folder}/store.db"), Peer(Path(folder, "peer.db"))
        me = store.enroll("me").id
        fields = {"connector": "x", "options": {}, "every": 60, "due_at": corpus.NOW}
        sources = [store.add_source(me, title=f"S{n}", **fields).id for n in range(corpus.SOURCES)]

        def commit(number: int, items: Iterable[Item]) -> None:
            batch = Batch(items=[(item, "") for item in items], cursor=number)
            store.engine.commit(sources[number % len(sources)], None, batch, now=corpus.NOW)

        stream = (item for _, item in corpus.items(count))
        ours = theirs = 0.0
        batches = 0
        while items := list(islice(stream, BATCH)):
            ours += cpu(lambda items=items, number=batches: commit(number, items))
            theirs += cpu(lambda items=items: peer.commit(items))
            batches, last = batches + 1, items
        report("searchable rows per CPU second", count / ours, count / theirs)
        again = cpu(lambda: commit(batches - 1, last)), cpu(lambda: peer.commit(last))
        report("unchanged rows per CPU second", len(last) / again[0], len(last) / again[1])

        if count <= 100_000:
            cold = wall(lambda: store.facts(me))
            print(f"facts, 10,000 cold: {cold / count * 10_000:.0f} ms")
        rev = store.rev(me)
        commit(0, [Item(id="one more")])
        print(f"facts, one new: {spread([wall(lambda: store.facts(me, after=rev)) for _ in range(50)])}")
        newest = parse("", now=corpus.NOW)
        print(
            f"newest 50: {spread([wall(lambda: store.search(me, newest, limit=50, snippets=0)) for _ in range(100)])}"
        )

        texts = corpus.queries()
        queries = [parse(text, now=corpus.NOW) for text in texts]
        mine, other = [], []
        for turn in range(2):  # the first turn warms the caches of both
            mine, other = [], []
            for text, query in zip(texts, queries, strict=True):
                mine.append(wall(lambda query=query: store.search(me, query, limit=50)))
                other.append(wall(lambda text=text: peer.search(text)))
            name = "warm" if turn else "cold"
            print(f"search {name}, newest 50 with snippets: {spread(mine)}; peer, best 50: {spread(other)}")
        p95 = [sorted(times)[int(len(times) * 0.95)] for times in (mine, other)]
        print(f"search p95, ratio to the peer: {p95[1] / p95[0]:.1f} times as fast")
        store.close()


def report(what: str, ours: float, theirs: float) -> None:
    print(f"{what}: {ours:,.0f}; peer {theirs:,.0f}; ratio {ours / theirs:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 100_000)
