"""All conversations with their points as of one moment, and over them those that the person has marked since."""

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from dashboard.ranking.columns import Bools, Columns, Floats, Ints
from dashboard.ranking.scoring import Scored


class Layers:
    """Numbers every conversation: first those underneath, then those over them, which take the place of their thread's.

    A mark changes one conversation, so only that is scored again; all others have at the same moment the points
    that they had.
    """

    def __init__(self, under: Scored, over: Scored | None = None, covered: Bools | None = None) -> None:
        """``covered`` are the threads whose conversations underneath are no more."""
        self.under = under
        self._layers = (under,) if over is None else (under, over)
        self.columns: Columns = self._layers[-1].talks.columns
        self.threads = under.talks.history.threads
        self.last: Ints = _joined([layer.talks.last for layer in self._layers])
        self.thread: Ints = self.columns.thread[self.last]
        self.points: Floats = _joined([layer.points for layer in self._layers])
        self.urgent: Bools = _joined([layer.urgent for layer in self._layers])
        self.quiet: Bools = _joined([layer.quiet for layer in self._layers])
        self.chosen: Bools = _joined([layer.chosen for layer in self._layers])
        self.there = np.ones(len(self.last), np.bool_)
        """Which conversations are still there."""
        if covered is not None:
            self.there[: len(under.talks)] = ~covered[under.talks.thread]

    def __len__(self) -> int:
        return len(self.last)

    @property
    def layers(self) -> list[tuple[Scored, int]]:
        """Each layer with the number of its first conversation."""
        return [(layer, first * len(self.under.talks)) for first, layer in enumerate(self._layers)]

    def layer(self, group: int) -> tuple[Scored, int]:
        """Return the layer that a conversation is in, and the number of its first one."""
        return self.layers[group >= len(self.under.talks)]

    def newest_author(self, group: int) -> str:
        """Return who wrote the newest message of a conversation."""
        return str(self.columns.codes["person"].names[self.columns.author[self.last[group]]])

    @cached_property
    def of_thread(self) -> Ints:
        """The conversation of each thread, -1 for none."""
        groups = np.full(self.threads, -1, np.int64)
        there = np.flatnonzero(self.there)
        groups[self.thread[there]] = there
        return groups


def _joined(arrays: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)
