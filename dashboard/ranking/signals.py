"""One person's items as columns: what the ranking computes with, kept up to date row by row."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import chain
from typing import Any, TypeAlias
from zlib import crc32

import numpy as np
import numpy.typing as npt

from dashboard.ranking.arrays import Codes, Ragged, Sparse, written
from dashboard.ranking.memory import Memory
from dashboard.store.records import Facts

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.floating[Any]]
Bools: TypeAlias = npt.NDArray[np.bool_]
Words: TypeAlias = npt.NDArray[np.uint32]

BUCKETS = 1 << 18
"""Into how many classes words are hashed where they are counted."""

DAY = 86_400.0
_ANSWER_WITHIN = 7 * DAY
_ANSWER_LOOKS_BACK = 6

_PLAIN: dict[str, Any] = {
    **dict.fromkeys(("id", "rev", "source", "flags", "importance", "length"), np.int64),
    **dict.fromkeys(("at", "due", "start", "end", "seen", "done", "snoozed"), np.float64),
    "pinned": np.bool_,
}
_MARKS = ("rev", "seen", "done", "snoozed", "pinned")
"""What changes when a person does something with an item; nothing that is computed once for all rows reads it."""
_FEW = 64
_LISTS: dict[str, Any] = {"terms": np.uint32, "people": np.int64}
_TYPES: dict[str, Any] = {
    **_PLAIN,
    **dict.fromkeys(("author", "name", "thread", "channel", "kind", "key", "reply", "content"), np.int64),
    **{f"{name}_{part}": np.int64 for name in _LISTS for part in ("start", "count")},
    "alive": np.bool_,
}


def bucket(terms: Words) -> Ints:
    """Return the class in which each hashed word is counted."""
    return (terms & np.uint32(BUCKETS - 1)).astype(np.int64)


def different(numbers: Ints) -> Ints:
    """Return the different ones of some numbers from 0 on, ascending; faster than ``np.unique``."""
    ascending = np.sort(numbers)
    return ascending[np.diff(ascending, prepend=-1) > 0]


@dataclass(eq=False)
class Columns:
    """All rows in the order of their time; a name is a number of the :class:`Codes` beside it.

    ``reply`` is the key that a row answers, ``name`` the author's own. ``terms`` are hashed words with the title bit,
    ``people`` the others an item names. ``content`` is a checksum of ``terms``, ``slot`` a number that
    belongs to this revision of a row alone. Times are POSIX seconds, NaN for none.
    """

    id: Ints
    source: Ints
    at: Floats
    due: Floats
    start: Floats
    end: Floats
    flags: Ints
    importance: Ints
    length: Ints
    done: Floats
    snoozed: Floats
    seen: Floats
    pinned: Bools
    rev: Ints
    author: Ints
    name: Ints
    thread: Ints
    channel: Ints
    kind: Ints
    key: Ints
    reply: Ints
    terms: Ragged
    people: Ragged
    content: Ints
    slot: Ints
    codes: dict[str, Codes]
    memory: Memory

    def __len__(self) -> int:
        return len(self.id)

    @cached_property
    def _by_id(self) -> Ints:
        return np.argsort(self.id)

    def row(self, item: int) -> int | None:
        """Return the row of an item, None where there is none."""
        row = int(self.rows([item])[0])
        return row if row >= 0 else None

    def rows(self, items: Sequence[int]) -> Ints:
        """Return the row of each item, -1 where there is none."""
        wanted = np.array([item if abs(item) < 1 << 63 else -1 for item in items], np.int64)
        if not len(self):
            return np.full(len(wanted), -1, np.int64)
        place = np.searchsorted(self.id, wanted, sorter=self._by_id)
        rows = self._by_id[np.minimum(place, len(self) - 1)]
        return np.where(self.id[rows] == wanted, rows, -1)

    @cached_property
    def counted(self) -> Bools:
        """The rows whose words are counted: all but the newest one in a hundred, so that the usual seldom changes."""
        step = 1 << max(len(self).bit_length() - 8, 0)
        counted = np.zeros(len(self), np.bool_)
        counted[self._by_id[: len(self) // step * step]] = True
        return counted

    def contents(self, rows: Ints) -> bytes:
        """Return what is equal for equal words of equal items, whatever else became of them."""
        return self.id[rows].tobytes() + self.content[rows].tobytes()

    @cached_property
    def usual(self) -> bytes:
        """What is equal where the same rows are counted, with the same words."""
        return sha256(self.contents(np.flatnonzero(self.counted)) + b"|" + self.contents(self.openings)).digest()

    @property
    def frequency(self) -> Floats:
        """In how many of the counted rows each class of words occurs."""
        return self._frequency("frequency", np.flatnonzero(self.counted)).dense()

    def _frequency(self, name: str, rows: Ints) -> Sparse:
        found: Sparse = self.memory.once(
            name,
            self.contents(rows),
            lambda: Sparse.of(np.bincount(bucket(self.terms.take(rows)), minlength=BUCKETS).astype(np.float32), 0),
        )
        return found

    @cached_property
    def _of_place(self) -> tuple[Ints, Ints]:
        rows = np.flatnonzero(self.terms.count)
        rows = rows[np.argsort(self.terms.start[rows])]
        return rows, self.terms.start[rows]

    def having(self, words: Iterable[int]) -> dict[int, Ints]:
        """Return for each hashed word the rows that have it."""
        rows, start = self._of_place
        found = {}
        for word, places in self.memory.places(set(words), self.terms.flat).items():
            number = np.searchsorted(start, places, "right") - 1
            some, row = places[number >= 0], rows[number[number >= 0]]  # the others are in rows that are no more
            found[word] = row[some < (self.terms.start + self.terms.count)[row]]
        return found

    @cached_property
    def by_thread(self) -> Ints:
        """Every row, conversation by conversation, each in the order of time."""
        return np.argsort(self.thread, kind="stable")

    @cached_property
    def first(self) -> Ints:
        """The first row of each thread, -1 for a thread without rows."""
        first = np.full(len(self.codes["thread"]), -1, np.int64)
        first[self.thread[::-1]] = np.arange(len(self))[::-1]
        return first

    @cached_property
    def answers(self) -> Ints:
        """The row that each row answers: the one it names, else the last by another author in its thread.

        The latter is looked for among the last six rows and the last seven days; -1 where there is none.
        """
        order, found = self.by_thread, np.full(len(self), -1, np.int64)
        for back in range(_ANSWER_LOOKS_BACK, 0, -1):
            later, earlier = order[back:], order[:-back]
            fits = (
                (self.thread[later] == self.thread[earlier])
                & (self.author[later] != self.author[earlier])
                & (self.at[later] - self.at[earlier] < _ANSWER_WITHIN)
            )
            found[later[fits]] = earlier[fits]
        row_of = np.full(len(self.codes["key"]) + 1, -1, np.int64)
        row_of[self.key] = np.arange(len(self))
        return np.where(row_of[self.reply] >= 0, row_of[self.reply], found)

    @cached_property
    def posts(self) -> Floats:
        """How many rows each thread has."""
        return np.bincount(self.thread, minlength=len(self.codes["thread"])).astype(np.float64)

    @cached_property
    def _voices(self) -> tuple[Ints, Ints]:
        """Every pair of a thread and somebody who wrote in it."""
        size = len(self.codes["person"])
        return np.divmod(different(self.thread * size + self.author), max(size, 1))

    @cached_property
    def people_in(self) -> Floats:
        """How many people wrote in each thread."""
        return np.bincount(self._voices[0], minlength=len(self.codes["thread"])).astype(np.float64)

    @cached_property
    def threads_of(self) -> Floats:
        """In how many threads each author wrote."""
        return np.bincount(self._voices[1], minlength=len(self.codes["person"])).astype(np.float64)

    @cached_property
    def posts_of(self) -> Floats:
        """How many rows each author wrote."""
        return np.bincount(self.author, minlength=len(self.codes["person"])).astype(np.float64)

    @cached_property
    def threads_in(self) -> Floats:
        """How many threads began in each channel."""
        channel = self.channel[self.first[self.first >= 0]]
        return np.bincount(channel, minlength=len(self.codes["channel"])).astype(np.float64)

    @cached_property
    def openings(self) -> Ints:
        """The counted rows that are the first of their thread."""
        first = np.sort(self.first[self.first >= 0])
        return first[self.counted[first]]

    @property
    def opening_frequency(self) -> Floats:
        """In how many of the counted first rows each class of words occurs."""
        return self._frequency("opening frequency", self.openings).dense()

    @cached_property
    def answered(self) -> Floats:
        """How often anybody answered each author."""
        rows = self.answers[self.answers >= 0]
        rows_by = self.author[np.flatnonzero(self.answers >= 0)]
        others = self.author[rows] != rows_by
        return np.bincount(self.author[rows[others]], minlength=len(self.codes["person"])).astype(float)


class Signals:
    """The rows of one person, replaced as they change.

    ``update`` is for one thread at a time; the :class:`Columns` it leads to never change.
    """

    def __init__(self, rows: Iterable[Facts] = ()) -> None:
        self.rev = 0
        """The newest revision seen: the next question to the store is for rows after it."""
        self._codes = {name: Codes() for name in ("person", "thread", "channel", "kind", "key")}
        self._slots: dict[int, int] = {}
        self._data = {name: np.empty(0, dtype) for name, dtype in _TYPES.items()}
        self._size = 0
        self._flat = {name: np.empty(0, dtype) for name, dtype in _LISTS.items()}
        self._used = dict.fromkeys(_LISTS, 0)
        self._memory = Memory()
        self._columns: Columns | None = None
        self.update(rows)

    def __len__(self) -> int:
        return len(self._slots)

    def update(self, rows: Iterable[Facts]) -> set[int] | None:
        """Take in new and changed rows and forget those that are gone; an older revision changes nothing.

        Return the items of which nothing but the person's own mark can have changed, None where
        something else has as well.
        """
        newest: dict[int, Facts] = {}
        for row in rows:
            if row.id not in newest or newest[row.id].rev <= row.rev:
                newest[row.id] = row
        self.rev = max([self.rev, *(row.rev for row in newest.values())])
        fresh = [row for row in newest.values() if not self._knows(row)]
        if len(fresh) <= _FEW and all(map(self._only_marked, fresh)):
            self._mark(fresh)
            return {row.id for row in fresh}
        self._columns = None
        self._drop([self._slots.pop(row.id) for row in fresh if row.id in self._slots])
        self._add([row for row in fresh if not row.gone])
        return None

    def _only_marked(self, row: Facts) -> bool:
        """Whether nothing but the person's own mark can be new in a row."""
        slot = self._slots.get(row.id)
        if slot is None or row.gone:
            return False
        codes, source = self._codes, row.source
        told = {
            "author": codes["person"].find(row.author),
            "name": codes["person"].find(row.name),
            "thread": codes["thread"].find((source, row.thread or f"\0{row.key}")),
            "channel": codes["channel"].find((source, row.channel)),
            "kind": codes["kind"].find(str(row.kind)),
            "key": codes["key"].find((source, row.key)),
            "content": crc32(row.terms),
            "reply": codes["key"].find((source, row.reply_to)) if row.reply_to else -1,
        }
        plain = {name: getattr(row, name) for name in _PLAIN if name not in _MARKS}
        named = [codes["person"].find(name) for name in row.people.split("\n")] if row.people else []
        start, count = self._data["people_start"][slot], self._data["people_count"][slot]
        return self._flat["people"][start : start + count].tolist() == named and all(
            np.array_equal(self._data[name][slot], np.array(value, _TYPES[name]), equal_nan=True)
            for name, value in (told | plain).items()
        )

    def _mark(self, rows: list[Facts]) -> None:
        """Take in what a person did; what was computed of the columns before holds for those after."""
        if not rows:
            return
        slots = [self._slots[row.id] for row in rows]
        before = self._columns
        marked = copy(before) if before else None
        for name in _MARKS:
            self._data[name][slots] = np.array([getattr(row, name) for row in rows], _TYPES[name])
            if marked:
                setattr(marked, name, self._data[name][marked.slot])
        self._columns = marked

    def _knows(self, row: Facts) -> bool:
        slot = self._slots.get(row.id)
        return row.gone if slot is None else bool(self._data["rev"][slot] >= row.rev)

    def _drop(self, slots: list[int]) -> None:
        if slots:
            self._data["alive"][slots] = False

    def _add(self, rows: list[Facts]) -> None:
        if not rows:
            return
        self._make_room()
        slots = np.arange(self._size, self._size + len(rows))
        for name, values in self._encode(rows).items():
            self._data[name] = written(self._data[name], self._size, values)
        self._size += len(rows)
        self._slots.update(zip((row.id for row in rows), slots.tolist(), strict=True))

    def _make_room(self) -> None:
        """Forget replaced rows for good once they are the larger part."""
        if self._size < 2 * len(self._slots) + 1000:
            return
        slots = np.flatnonzero(self._data["alive"][: self._size])
        self._memory = Memory()
        for name in _LISTS:
            ragged = Ragged(self._flat[name], self._data[f"{name}_start"], self._data[f"{name}_count"])
            self._flat[name] = ragged.take(slots)
            self._used[name] = len(self._flat[name])
            count = self._data[f"{name}_count"][slots]
            self._data[f"{name}_start"][slots] = np.cumsum(count) - count
        self._data = {name: values[slots] for name, values in self._data.items()}
        self._size = len(slots)
        self._slots = dict(zip(self._data["id"].tolist(), range(self._size), strict=True))

    def _encode(self, rows: list[Facts]) -> dict[str, npt.NDArray[Any]]:
        table = dict(zip(Facts._fields, zip(*rows, strict=True), strict=True))
        data = {name: np.array(table[name], _TYPES[name]) for name in _PLAIN}
        data |= self._numbered(table)
        names = [named.split("\n") if named else () for named in table["people"]]
        people = self._codes["person"].add(list(chain.from_iterable(names)))
        data |= self._append("people", people, map(len, names))
        data |= self._append(
            "terms", np.frombuffer(b"".join(table["terms"]), "<u4"), [len(terms) // 4 for terms in table["terms"]]
        )
        return data | {"alive": np.ones(len(rows), np.bool_)}

    def _numbered(self, table: Mapping[str, Sequence[Any]]) -> dict[str, Ints]:
        """Return the columns of names as numbers; a thread, a channel and a key are each their source's own."""
        source, keys = table["source"], table["key"]
        person, thread, channel, kind, key = (self._codes[name].add for name in self._codes)
        threads = [named or f"\0{own}" for named, own in zip(table["thread"], keys, strict=True)]
        answered = np.array(list(map(bool, table["reply_to"])), np.bool_)
        reply = np.full(len(source), -1, np.int64)
        reply[answered] = key([pair for pair in zip(source, table["reply_to"], strict=True) if pair[1]])
        return {
            "author": person(table["author"]),
            "name": person(table["name"]),
            "thread": thread(list(zip(source, threads, strict=True))),
            "channel": channel(list(zip(source, table["channel"], strict=True))),
            "kind": kind(list(map(str, table["kind"]))),
            "key": key(list(zip(source, keys, strict=True))),
            "content": np.fromiter(map(crc32, table["terms"]), np.int64, len(source)),
            "reply": reply,
        }

    def _append(self, name: str, flat: npt.NDArray[Any], counts: Iterable[int]) -> dict[str, npt.NDArray[Any]]:
        count, used = np.fromiter(counts, np.int64), self._used[name]
        self._flat[name] = written(self._flat[name], used, flat)
        self._used[name] = used + len(flat)
        return {f"{name}_start": used + np.cumsum(count) - count, f"{name}_count": count}

    @property
    def columns(self) -> Columns:
        """Everything known, in the order of time."""
        if self._columns is None:
            stored = {name: values[: self._size] for name, values in self._data.items()}
            order = np.flatnonzero(stored["alive"])
            order = order[np.lexsort((stored["id"][order], stored["at"][order]))]
            data: dict[str, Any] = {name: values[order] for name, values in stored.items()}
            lists: dict[str, Any] = {
                name: Ragged(flat[: self._used[name]], data.pop(f"{name}_start"), data.pop(f"{name}_count"))
                for name, flat in self._flat.items()
            }
            del data["alive"]
            self._columns = Columns(**data, **lists, slot=order, codes=self._codes, memory=self._memory)
        return self._columns
