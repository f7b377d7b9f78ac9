"""How often something comes from each source, and which of them has fallen silent."""

from typing import NamedTuple

import numpy as np

from dashboard.ranking.columns import DAY, Floats, Ints

SPAN = 14 * DAY
"""How far back from its last item the usual pace of a source is looked at, in seconds."""
_ENOUGH = 10
_TIMES_USUAL, _TIMES_LONGEST = 3.0, 1.5


class Silence(NamedTuple):
    """When the last item of a source came, and how long it usually is between two, in POSIX seconds and seconds."""

    since: float
    usual: float


def silent(at: Floats, source: Ints, now: float) -> dict[int, Silence]:
    """Return the sources that have been silent for much longer than they ever are, by their number.

    That is three times the usual gap of the two weeks before, and half as long again as the longest:
    nights and weekends are no alarm. Sources that are younger or seldom give anything are left out.
    """
    found = {}
    for number in np.unique(source).tolist():
        times = np.sort(at[source == number])
        last = float(times[-1])
        lately = times[times >= last - SPAN]
        if times[0] > last - SPAN or len(lately) < _ENOUGH:
            continue
        gaps = np.diff(lately)
        usual = SPAN / len(lately)
        if now - last > max(_TIMES_USUAL * usual, _TIMES_LONGEST * float(gaps.max())):
            found[number] = Silence(last, usual)
    return found
