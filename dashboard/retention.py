"""The daily pass of a worker: what is too old goes, and what was gone from its source for long."""

from datetime import datetime, timedelta

import structlog

from dashboard.store.protocol import Engine

DAILY, SOON = 86400.0, 3600.0
"""Seconds between two passes, and until the next one after one that failed."""
GONE, STEPS, HEALTH = timedelta(days=30), timedelta(days=7), timedelta(days=90)
"""How long is kept what is gone from its source, what can be taken back, and how sources were doing."""

log = structlog.get_logger(__name__)


def tidy(engine: Engine, *, now: datetime, days: int) -> None:
    """Remove what is too old; ``days`` is for sources that say nothing themselves, 0 is for good. ``now`` is UTC."""
    expired = engine.expire(now=now, days=days)
    purged = engine.purge(before=now - GONE)
    forgotten = engine.forget(steps_before=now - STEPS, health_before=now - HEALTH)
    tell = log.info if expired or purged or forgotten else log.debug
    tell("removed what is too old", expired=expired, purged=purged, forgotten=forgotten)


def oldest(keep_days: int | None, days: int, *, now: datetime) -> datetime | None:
    """Return before when items of a source are too old to be taken in; None where all are kept."""
    kept = days if keep_days is None else keep_days
    return now - timedelta(days=kept) if kept else None
