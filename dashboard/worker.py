"""The worker: takes the sources that are due and runs each in a thread, with no browser open anywhere."""

import os
import random
import secrets
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from math import inf
from queue import Empty, SimpleQueue
from time import monotonic, sleep

import structlog

from connectors.kit import About, Kind, Unavailable
from connectors.kit.contract import Connector
from dashboard.connection import Connections
from dashboard.retention import DAILY, SOON, oldest, tidy
from dashboard.schedule import Outcome, outcome
from dashboard.settings import Sync
from dashboard.store.protocol import Engine, LeaseLost, StoreError
from dashboard.store.records import Health, Source
from dashboard.sync import Pipeline, Report

LOOK, BEAT = 1.0, 5.0
"""Seconds between two looks for due sources, and between two signs of life."""
BACK = 60.0
"""By how many seconds a clock has to be put back for what is due by it to be looked at."""
_MOST = 8
"""How many times its threads a worker may have while sources hang."""
_UNKNOWN = About(kind=Kind.NOTE)

log = structlog.get_logger(__name__)


def utc_now() -> datetime:
    """Return the time: aware, in UTC."""
    return datetime.now(UTC)


class Task:
    """One leased source on its way through the worker; ``began`` is None while it waits for a thread.

    ``holder`` is the name of its lease, another for each claim: a thread that was given up and
    comes back after all can write no more.
    """

    __slots__ = ("began", "holder", "source", "stop")

    def __init__(self, source: Source, holder: str) -> None:
        self.source = source
        self.holder = holder
        self.stop = threading.Event()
        self.began: float | None = None

    def age(self) -> float:
        """Return for how many seconds it has been running."""
        return monotonic() - self.began if self.began is not None else 0.0


class Worker:
    """Runs due sources until :meth:`stop`. Several may share one database: a lease keeps them apart.

    ``keep_days`` is how long items of sources are kept that say nothing themselves, 0 for good.
    """

    def __init__(
        self,
        engine: Engine,
        connections: Connections,
        settings: Sync,
        *,
        keep_days: int = 0,
        clock: Callable[[], datetime] = utc_now,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        self._engine = engine
        self._connections = connections
        self._lease = timedelta(seconds=settings.lease)
        self._settings = settings
        self._keep_days = keep_days
        self._clock = clock
        self._chance = chance
        self._claims = count(1)
        self._queue: SimpleQueue[Task] = SimpleQueue()
        self._tasks: dict[int, Task] = {}
        self._lock = threading.Lock()
        self._threads = 0
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._more = False
        self._renewed = self._beaten = 0.0
        self._offset = inf
        self._tidied: float | None = None
        self._database_down = False

    def run(self) -> None:
        """Work until :meth:`stop` is called; then let running fetches come to their end for a short while."""
        log.info("worker started", worker=self.name, threads=self._settings.threads)
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                self._turn()
                self._reached()
            except StoreError as error:
                self._unreachable(error)
            self._wake.wait(LOOK)
        self._end()
        log.info("worker stopped", worker=self.name)

    def stop(self) -> None:
        """Ask the worker to end; safe in a signal handler and from any thread."""
        self._stopping.set()
        self._wake.set()

    def once(self, source: int) -> Report | None:
        """Fetch one source now, due or not, paused or not; return what came of it.

        Returns None where another worker has it, or it is gone.
        """
        now, holder = self._clock(), self._holder()
        leased = self._engine.claim_one(source, holder, now=now, until=now + self._lease)
        if leased is None:
            return None
        task = Task(leased, holder)
        task.began = monotonic()
        self._tasks[source] = task
        renewing = threading.Thread(target=self._hold, args=(task,), daemon=True)
        renewing.start()
        try:
            return self._run(task)
        finally:
            self._forget(task)

    def _hold(self, task: Task) -> None:
        """Renew the lease of one task while it runs."""
        while self._tasks.get(task.source.id) is task and not task.stop.wait(self._settings.lease / 3):
            self._renew()

    def _turn(self) -> None:
        """Do once what a worker does all the time: sign of life, leases, new work."""
        now = monotonic()
        sign = now - self._beaten >= BEAT
        if sign:
            self._rewind(now)
            self._engine.beat(self.name, now=self._clock())
            self._beaten = now
        if now - self._renewed >= self._settings.lease / 3:
            self._renew()
            self._renewed = now
        if self._tidied is None or now - self._tidied >= DAILY:
            self._tidied = now
            threading.Thread(target=self._tidy, name="frontdesk-tidy", daemon=True).start()
        self._take(orphans=sign)

    def _rewind(self, now: float) -> None:
        """Where the clock was put back, now or before this worker began, let nothing wait for the time it showed."""
        since, offset = self._offset, self._clock().timestamp() - now
        if since - offset > BACK and (found := self._engine.rewind(now=self._clock(), lease=self._lease)):
            log.warning("the clock was put back; what it would have kept waiting is due", sources=found)
        self._offset = offset

    def _take(self, *, orphans: bool) -> None:
        """Lease as many due sources as keep all threads busy until the next look.

        ``orphans`` also looks for the sources of a worker that died, which no next due time tells of.
        """
        room = 4 * self._settings.threads - self._waiting()
        now = self._clock()
        self._more = False
        if room <= 0 or not (orphans or ((due := self._engine.next_due()) and due <= now)):
            self._grow()
            return
        holder = self._holder()
        claimed = self._engine.claim(holder, now=now, until=now + self._lease, limit=room)
        self._more = len(claimed) >= room
        for source in claimed:
            task = Task(source, holder)
            with self._lock:
                self._tasks[source.id] = task
            self._queue.put(task)
        self._grow()

    def _tidy(self) -> None:
        """Make the daily pass; leases are renewed meanwhile."""
        try:
            tidy(self._engine, now=self._clock(), days=self._keep_days)
        except StoreError as error:
            self._tidied = monotonic() - DAILY + SOON
            log.warning("what is too old could not be removed; trying again in an hour", detail=str(error))

    def _holder(self) -> str:
        return f"{self.name}/{next(self._claims)}"

    def _waiting(self) -> int:
        with self._lock:
            return sum(task.began is None for task in self._tasks.values())

    def _grow(self) -> None:
        """Have enough threads: one for each waiting source, and one more for each that hangs."""
        with self._lock:
            hanging = sum(task.age() > self._settings.patience for task in self._tasks.values())
            most = min(self._settings.threads + hanging, _MOST * self._settings.threads)
            wanted = min(len(self._tasks), most)
            missing, self._threads = max(wanted - self._threads, 0), max(wanted, self._threads)
        for _ in range(missing):
            threading.Thread(target=self._work, name="frontdesk-sync", daemon=True).start()

    def _work(self) -> None:
        """Take tasks until there are none for a while; one thread."""
        while True:
            try:
                task = self._queue.get(timeout=10 * LOOK)
            except Empty:
                with self._lock:
                    if self._queue.empty():
                        self._threads -= 1
                        return
                continue
            task.began = monotonic()
            try:
                self._run(task)
            except BaseException:  # a thread that dies would take the source with it
                log.exception("a run broke", source=task.source.id)
            self._forget(task)
            if self._more and self._queue.qsize() < self._settings.threads:
                self._wake.set()

    def _run(self, task: Task) -> Report | None:
        """Run one source from its lease to its outcome; None where that cannot be said."""
        source = task.source
        about = _UNKNOWN
        try:
            connector = self._connections.connector(source)
            about = connector.about
            report = self._fetch(task, connector)
        except LeaseLost:
            log.info("another worker has taken over", source=source.id)
            return None
        except StoreError as error:
            self._unreachable(error)
            return None
        except Exception as error:  # one of the five, or a bug before the first record
            report = Report(error=error)
        self._close(task, about, report)
        return report

    def _fetch(self, task: Task, connector: Connector) -> Report:
        if task.stop.is_set():
            return Report(stopped=True)
        run = self._connections.run(task.source, connector, now=self._clock())
        pipeline = Pipeline(
            engine=self._engine,
            source=task.source,
            worker=task.holder,
            run=run,
            stop=task.stop,
            oldest=oldest(task.source.keep_days, self._keep_days, now=run.now),
        )
        report = pipeline.sync(connector)
        return self._late() if report.stopped and task.age() > self._settings.deadline else report

    def _late(self) -> Report:
        return Report(error=Unavailable(f"not finished after {self._settings.deadline:.0f} seconds"))

    def _close(self, task: Task, about: About, report: Report) -> None:
        """Settle how a run ended and tell it."""
        ended = outcome(task.source, about, report, now=self._clock(), chance=self._chance())
        tell(task.source, ended, report)
        self._settle(task, ended)

    def _settle(self, task: Task, ended: Outcome) -> None:
        try:
            self._engine.settle(
                task.source.id,
                task.holder,
                now=self._clock(),
                health=ended.health,
                due_at=ended.due_at,
                every=ended.every,
                failure=ended.failure,
                detail=ended.detail,
                failures=ended.failures,
            )
        except StoreError as error:
            self._unreachable(error)

    def _renew(self) -> None:
        until = self._clock() + self._lease
        with self._lock:
            tasks = list(self._tasks.values())
        for task in tasks:
            late = task.age() - self._settings.deadline
            if late > self._settings.lease:  # it does not even look whether it should stop
                self._close(task, _UNKNOWN, self._late())
                self._forget(task)
            elif not self._engine.renew(task.source.id, task.holder, until=until) or late > 0:
                task.stop.set()

    def _forget(self, task: Task) -> None:
        with self._lock:
            if self._tasks.get(task.source.id) is task:
                del self._tasks[task.source.id]

    def _end(self) -> None:
        with self._lock:
            tasks = list(self._tasks.values())
        for task in tasks:
            task.stop.set()
        until = monotonic() + self._settings.grace
        while self._tasks and monotonic() < until:
            sleep(0.02)

    def _unreachable(self, error: StoreError) -> None:
        if not self._database_down:
            log.error("the database cannot be used; trying again", detail=str(error))
        self._database_down = True

    def _reached(self) -> None:
        if self._database_down:
            log.info("the database can be used again")
        self._database_down = False


def tell(source: Source, ended: Outcome, report: Report) -> None:
    """Write one line when a source begins to fail and one when it is well again."""
    about = {"source": source.id, "connector": source.connector}
    if ended.failure and ended.failure != source.failure:
        log.warning("source fails", **about, failure=ended.failure, detail=ended.detail, exc_info=report.error)
    elif source.failure and not ended.failure:
        log.info("source is well again", **about, after=source.failures)
    if ended.health is Health.PAUSED and source.health is not Health.PAUSED:
        log.warning("source pauses until a person looks at it", **about, failure=ended.failure)
    log.debug("source fetched", **about, new=report.new, changed=report.changed, unreadable=report.unreadable)
