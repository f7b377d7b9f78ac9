"""Many open tabs for a long time: whether the process that serves them grows.

    python -m benchmarks.tabs [--tabs 200] [--people 50] [--minutes 30] [--each 1000]

Every tab is a web socket and a stream of events of its own. Now and then something new is written for
somebody, whose tabs are told and look again, and people act. Memory is compared from the end of the
warm-up, a fifth of the time, to the end, as the median of the samples of a minute.
"""

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.people import HEADER
from benchmarks.product import Server, cpu, fill, frontdesk, load, p95, recent, rss
from benchmarks.visitor import Visitor
from dashboard.store import open_store
from dashboard.store.protocol import Store
from dashboard.store.records import Batch

WARM = 0.2
NEWS_EVERY = 3.0
ACT_EVERY = 60.0
SAMPLE_EVERY = 5.0


class Tab:
    """One tab: a page, and an ear that lets it look again when it is told of something new."""

    def __init__(self, server: Server, login: str) -> None:
        self._server = server
        self._login = login
        self._page = Visitor(server, login, HEADER)
        self._turn = asyncio.Lock()
        self.told = 0
        self.looks: list[float] = []

    async def live(self) -> None:
        """Open the page and stay until cancelled."""
        await self._page.open()
        await asyncio.gather(self._listen(), self._act())

    async def _listen(self) -> None:
        while True:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._server.port)
            request = f"GET /events HTTP/1.1\r\nHost: 127.0.0.1:{self._server.port}\r\n{HEADER}: {self._login}\r\n\r\n"
            writer.write(request.encode())
            try:
                first = True
                while line := await reader.readline():
                    if line.startswith(b"event: rev"):
                        self.told += 1
                        if not first:  # the first one says where things stand
                            await self._look()
                        first = False
            finally:
                writer.close()

    async def _look(self) -> None:
        async with self._turn:
            self.looks.append(await self._page.look_again() * 1000)

    async def _act(self) -> None:
        while True:
            await asyncio.sleep(random.uniform(0, 2) * ACT_EVERY)
            async with self._turn:
                if self._page.rows:
                    await self._page.done()

    async def close(self) -> None:
        await self._page.close()


async def write(store: Store, people: list[int]) -> None:
    """Write something new for one person after another, as a worker does."""
    number = 0
    while True:
        await asyncio.sleep(NEWS_EVERY)
        number += 1
        now, source = datetime.now(UTC), store.sources(random.choice(people))[0]
        (_, item), *_ = recent(1, seed=10_000_000 + number)
        new = replace(item, id=f"new{number}", received=now)
        await asyncio.to_thread(store.engine.commit, source.id, None, Batch(items=[(new, "")]), now=now)


async def watch(server: Server, minutes: float) -> list[tuple[float, float]]:
    """Take samples of the memory of the page's process; print one a minute."""
    samples: list[tuple[float, float]] = []
    began, shown = time.monotonic(), 0.0
    while (gone := time.monotonic() - began) < minutes * 60:
        samples.append((gone, rss(server.web())))
        if gone >= shown:
            print(f"    minute {gone / 60:4.1f}: {samples[-1][1]:.0f} MB, {load()}", flush=True)
            shown += 60
        await asyncio.sleep(SAMPLE_EVERY)
    return samples


async def measure(server: Server, store: Store, logins: list[str], tabs: int, minutes: float) -> None:
    pages = [Tab(server, logins[number % len(logins)]) for number in range(tabs)]
    before, used = rss(server.web()), cpu(server.web())
    people = [person.id for person in store.employees() if person.login in logins]
    lives = [asyncio.create_task(page.live()) for page in pages]
    news = asyncio.create_task(write(store, people))
    samples = await watch(server, minutes)
    for task in (*lives, news):
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    for page in pages:
        await page.close()
    warm = [size for at, size in samples if WARM * minutes * 60 <= at < WARM * minutes * 60 + 60]
    end = [size for at, size in samples if at >= minutes * 60 - 60]
    first, last = statistics.median(warm), statistics.median(end)
    looks = [taken for page in pages for taken in page.looks] or [0.0]
    print(
        f"{tabs} tabs of {len(logins)} people, {minutes:g} minutes: {before:.0f} MB before, {first:.0f} MB "
        f"after warming up, {last:.0f} MB at the end: {100 * (last - first) / first:+.1f} %; "
        f"{sum(page.told for page in pages):,} times told, {len(looks):,} looks, p95 {p95(looks):.0f} ms, "
        f"{(cpu(server.web()) - used) / minutes / 60 * 100:.0f} % of a core; {load()}"
    )


def main(tabs: int, people: int, minutes: float, each: int) -> None:
    logins = [f"person{number}@example.org" for number in range(people)]
    rules = {"FRONTDESK_LOGIN__HEADER": HEADER, "FRONTDESK_LOGIN__TRUSTED_PROXIES": "127.0.0.0/8"}
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "data")
        fill(data, logins, each=each, sources=5)
        store = open_store(f"sqlite:///{data}/frontdesk.db")
        with frontdesk(data, **rules) as server:
            asyncio.run(measure(server, store, logins, tabs, minutes))
        store.close()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--tabs", type=int, default=200)
    options.add_argument("--people", type=int, default=50)
    options.add_argument("--minutes", type=float, default=30)
    options.add_argument("--each", type=int, default=1000)
    given = options.parse_args()
    main(given.tabs, given.people, given.minutes, given.each)
