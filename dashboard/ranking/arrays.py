"""What columns are made of: names as small numbers, rows of different length, arrays that grow."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import filterfalse
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]


class Codes:
    """Gives every different name a small number, in the order of first meeting."""

    def __init__(self) -> None:
        self.names: list[Any] = []
        self._numbers: dict[Hashable, int] = {}

    def __len__(self) -> int:
        return len(self.names)

    def add(self, names: Sequence[Hashable]) -> Ints:
        """Return the number of each name, a new one where it was not met before."""
        fresh = list(filterfalse(self._numbers.__contains__, dict.fromkeys(names)))
        self._numbers.update(zip(fresh, range(len(self.names), len(self.names) + len(fresh)), strict=True))
        self.names += fresh
        return np.fromiter(map(self._numbers.__getitem__, names), np.int64, len(names))

    def find(self, name: Hashable) -> int:
        """Return the number of a name, -1 where it was never met."""
        return self._numbers.get(name, -1)

    def where(self, test: Callable[[Any], bool]) -> Ints:
        """Return the numbers of all names that pass a test."""
        return np.array([number for number, name in enumerate(self.names) if test(name)], np.int64)


@dataclass
class Ragged:
    """Rows of different length in one array: row ``i`` is ``flat[start[i] : start[i] + count[i]]``."""

    flat: npt.NDArray[Any]
    start: Ints
    count: Ints

    def take(self, rows: Ints) -> npt.NDArray[Any]:
        """Return the entries of some rows one after another; not copied where they lie so already."""
        start, count = self.start[rows], self.count[rows]
        if len(rows) and np.array_equal(start[1:], start[:-1] + count[:-1]):
            return self.flat[start[0] : start[-1] + count[-1]]
        begin = np.repeat(start - (np.cumsum(count) - count), count)
        return self.flat[begin + np.arange(len(begin))]

    def owners(self, rows: Ints) -> Ints:
        """Return for each entry that :meth:`take` gives at which place in ``rows`` its row is."""
        return np.repeat(np.arange(len(rows)), self.count[rows])


@dataclass(frozen=True)
class Sparse:
    """An array of which most is one value: what is remembered of every person must be small."""

    size: int
    usual: float
    places: npt.NDArray[np.int32]
    values: npt.NDArray[np.float32]

    @classmethod
    def of(cls, array: npt.NDArray[np.float32], usual: float) -> "Sparse":
        """Keep what differs from the usual value."""
        places = np.flatnonzero(array != np.float32(usual))
        return cls(len(array), usual, places.astype(np.int32), array[places])

    def dense(self) -> npt.NDArray[np.float32]:
        """Return the array."""
        array = np.full(self.size, self.usual, np.float32)
        array[self.places] = self.values
        return array


def written(array: npt.NDArray[Any], at: int, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the array with values written from a place on, a copy with a quarter more where it has no room."""
    if len(array) < at + len(values):
        array = np.concatenate([array[:at], np.empty(max(at // 4, len(values), 64), array.dtype)])
    array[at : at + len(values)] = values
    return array
