"""The items of one person, kept up to date row by row, from which the columns are made."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from itertools import chain
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from dashboard.ranking.arrays import Codes, Ragged, written
from dashboard.ranking.columns import Columns, Ints
from dashboard.ranking.memory import Memory
from dashboard.store.records import Facts

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
