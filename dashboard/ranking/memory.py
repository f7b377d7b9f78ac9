"""What was computed of single rows once, kept so that the next look computes only what is new."""

from collections.abc import Callable, Collection
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.floating[Any]]
Words: TypeAlias = npt.NDArray[np.uint32]

_CLASSES = 1 << 18
_MOST_WORDS = 4096


class Memory:
    """Belongs to rows that are only ever added: what is at a place, or in a slot, stays there.

    It holds one result for each name, and forgets it as soon as it is asked for with another key.
    """

    def __init__(self) -> None:
        self._results: dict[str, tuple[bytes, Any]] = {}
        self._places: dict[int, tuple[int, Ints]] = {}

    def once(self, name: str, key: bytes, make: Callable[[], Any]) -> Any:
        """Return what ``make`` returned for this key the last time."""
        known = self._results.get(name)
        if known is None or known[0] != key:
            known = self._results[name] = key, make()
        return known[1]

    def by_slot(self, name: str, key: bytes, slots: Ints, make: Callable[[Ints], Floats]) -> Floats:
        """Return one row of values for each slot; ``make`` is called for those that are not known, by their place."""
        values: Floats = self.once(name, key, lambda: np.empty((0, make(slots[:0]).shape[1])))
        size = int(slots.max(initial=-1)) + 1
        if len(values) < size:
            room = np.full((size + size // 8 - len(values), values.shape[1]), np.nan)
            values = np.concatenate([values, room])
            self._results[name] = key, values
        unknown = np.flatnonzero(np.isnan(values[slots, 0]))
        if len(unknown):
            values[slots[unknown]] = make(unknown)
        return values[slots]

    def places(self, words: Collection[int], flat: Words) -> dict[int, Ints]:
        """Return where each word stands among all words; only those added since the last look are read."""
        if len(self._places) > _MOST_WORDS:
            self._places.clear()
        nothing = (0, np.zeros(0, np.int64))
        known = {word: self._places.get(word, nothing) for word in words}
        since = min((read for read, _ in known.values()), default=len(flat))
        if since < len(flat):
            at, found = _standing(words, flat[since:])
            for word, (read, places) in known.items():
                fresh = at[found == word] + since
                known[word] = len(flat), np.concatenate([places, fresh[fresh >= read]])
            self._places |= known
        return {word: places for word, (_, places) in known.items()}


def _standing(words: Collection[int], flat: Words) -> tuple[Ints, Words]:
    """Return the places at which one of some words stands, and which."""
    likely = np.zeros(_CLASSES, np.bool_)
    wanted = np.array(sorted(words), np.uint32)
    likely[wanted & np.uint32(_CLASSES - 1)] = True
    at = np.flatnonzero(likely[flat & np.uint32(_CLASSES - 1)])
    found = flat[at] & np.uint32(0x7FFF_FFFF)
    return at, found
