"""How often one login may be used: a token bucket that all sources with that login share."""

import re
import threading
import time
from collections.abc import Callable

from cachetools import LRUCache

from connectors.kit.errors import RateLimited

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
PATIENCE = 10.0
"""For how many seconds a request may wait for its turn; a longer wait is given back to the schedule."""


class Bucket:
    """Lets through ``rate`` requests, such as ``"50/m"``: that many at once, then evenly.

    None sets no rate of its own; :meth:`pause` holds in any case. Safe to use from several threads.
    """

    def __init__(self, rate: str | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._size, self._per_second = _read(rate)
        self._clock = clock
        self._lock = threading.Lock()
        self._level, self._at = self._size, clock()
        self._closed_until = 0.0

    def take(self, patience: float = PATIENCE) -> float:
        """Reserve the next turn and return for how many seconds to wait for it.

        Raises RateLimited where that is more than ``patience``; then nothing is reserved.
        """
        with self._lock:
            now = self._clock()
            self._level = min(self._size, self._level + (now - self._at) * self._per_second)
            self._at = now
            turn = 0.0 if self._level >= 1 else (1 - self._level) / self._per_second
            wait = max(turn, self._closed_until - now, 0.0)
            if wait > patience:
                raise RateLimited("too many requests with this login", retry_after=round(wait, 3))
            self._level -= 1
            return wait

    def pause(self, seconds: float) -> None:
        """Let nothing through for a while, because the backend asked for it."""
        with self._lock:
            self._closed_until = max(self._closed_until, self._clock() + seconds)


_buckets: LRUCache[tuple[str, str | None], Bucket] = LRUCache(10_000)
_lock = threading.Lock()


def shared_bucket(login: str, rate: str | None) -> Bucket:
    """Return the one bucket of this process for a login, named by something that is not its secret."""
    with _lock:
        return _buckets.setdefault((login, rate), Bucket(rate))


def _read(rate: str | None) -> tuple[float, float]:
    """Return the size of the bucket and how much flows in per second."""
    if rate is None:
        return 1e12, 1e12
    match = re.fullmatch(r"([1-9]\d*)/(\d*)([smhd])", rate)
    if not match:
        raise ValueError(f"not a rate: {rate!r} (write 5/s, 50/m, 1000/h or 20/10s)")
    return float(match[1]), float(match[1]) / (int(match[2] or 1) * _SECONDS[match[3]])
