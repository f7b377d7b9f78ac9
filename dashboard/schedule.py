"""The schedule: when a source is fetched again and how it is called meanwhile. Pure: now and chance are parameters."""

import traceback
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import isfinite
from pathlib import Path

from connectors.kit import About, BadData, Misconfigured, RateLimited, SourceError, Unauthorized, Unavailable
from connectors.kit.contract import duration
from dashboard.store.records import Health, Source
from dashboard.sync import Report

FIRST, LONGEST = 60.0, 6 * 3600.0
"""The back-off in seconds: it doubles from the first and never grows beyond the longest."""
_FASTER, _SLOWER = 0.5, 1.25
_ABSENT = 3
"""How often in a row something must be missing (404, 410) before the source pauses."""
_BUGS = 5
_NOTICED = 3600.0
"""A pause longer than this many seconds is shown to the person."""
_FARTHEST = 366 * 86400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run ended, as the store keeps it; ``every`` is in seconds, ``due_at`` None waits for a person."""

    health: Health
    due_at: datetime | None
    every: float
    failure: str | None = None
    detail: str = ""
    failures: int = 0


def outcome(source: Source, about: About, report: Report, *, now: datetime, chance: float) -> Outcome:
    """Decide what follows from a run of ``source``. ``chance`` is between 0 and 1 and spreads what is due.

    After news a source is fetched twice as often, after silence a little less often, between the
    bounds of its connector. Each kind of error has one consequence; a ``NotBefore`` of the backend
    holds whatever happened.
    """
    if report.stopped:
        return _resumed(source, now)
    ended = _well(source, about, report, now, chance) if report.error is None else _ill(source, report, now, chance)
    if ended.due_at and report.not_before and report.not_before > ended.due_at:
        latest = now + timedelta(seconds=_FARTHEST)
        return replace(ended, due_at=min(report.not_before, latest))
    return ended


def faster(every: float, about: About) -> float:
    """Return the interval after something new came."""
    return max(every * _FASTER, duration(about.fastest).total_seconds())


def slower(every: float, about: About) -> float:
    """Return the interval after nothing came."""
    return min(every * _SLOWER, duration(about.slowest).total_seconds())


def back_off(failures: int, chance: float) -> float:
    """Return the seconds to wait after so many failures in a row: 1, 2, 4 ... minutes, spread by a tenth upwards."""
    return min(FIRST * 2.0 ** min(failures - 1, 20) * (1 + chance / 10), LONGEST)


def _resumed(source: Source, now: datetime) -> Outcome:
    return Outcome(
        health=source.health,
        due_at=now,
        every=source.every,
        failure=source.failure,
        detail=source.detail,
        failures=source.failures,
    )


def _well(source: Source, about: About, report: Report, now: datetime, chance: float) -> Outcome:
    every = (faster if report.news else slower)(source.every, about)
    return Outcome(health=Health.OK, due_at=now + timedelta(seconds=every * (0.95 + chance / 10)), every=every)


def _ill(source: Source, report: Report, now: datetime, chance: float) -> Outcome:
    error = report.error
    assert error is not None  # noqa: S101  the caller asked
    failure, detail = describe(error)
    failures = source.failures + 1 if source.failure == failure else 1
    wait = _wait(source, error, failures, chance)
    health = Health.PAUSED if wait is None else Health.FAILING
    if isinstance(error, RateLimited) and wait is not None and wait <= _NOTICED:
        health = Health.OK if source.health is Health.NEW else source.health
    return Outcome(
        health=health,
        due_at=None if wait is None else now + timedelta(seconds=wait),
        every=source.every,
        failure=failure,
        detail=detail,
        failures=failures,
    )


def _wait(source: Source, error: Exception, failures: int, chance: float) -> float | None:
    """Return the seconds until the next try, None where a person has to do something first."""
    match error:
        case RateLimited(retry_after=asked) if asked is not None:
            return min(max(asked, 0.0), _FARTHEST) + chance if isfinite(asked) else _FARTHEST
        case RateLimited() | Unavailable():
            return back_off(failures, chance)
        case Misconfigured(absent=True) if failures < _ABSENT:
            return back_off(failures, chance)
        case Unauthorized() | Misconfigured():
            return None
        case BadData():
            return source.every
        case _:
            return None if failures >= _BUGS else max(back_off(failures, chance), source.every)


def describe(error: Exception) -> tuple[str, str]:
    """Return the name of a failure and a detail for a technician.

    Of a bug only the place is told: what stands in the message may be the text of a mail.
    """
    if isinstance(error, SourceError):
        known = (Misconfigured, Unauthorized, RateLimited, Unavailable, BadData)
        return next((kind.__name__ for kind in known if isinstance(error, kind)), "Unavailable"), error.detail[:300]
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return "Bug", f"{type(error).__name__}{place}"
