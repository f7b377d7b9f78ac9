"""Many people on one process, each acting every few seconds, beside the smallest Streamlit page.

    python -m benchmarks.people [--people 100] [--each 1000] [--every 5] [--seconds 20] [--rounds 3]

Everybody has items of their own in one store and marks the first row of their list as done; each
action is carried out by the page's own reducer, written, and answered with a new order. The peer is
one button and no store. Both serve all their people in turns of some seconds.
"""

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from benchmarks.product import Server, cpu, fill, frontdesk, load, p95, rss, streamlit
from benchmarks.visitor import Visitor

HEADER = "X-Forwarded-User"
SMALLEST = "import streamlit as st\nst.button('Done', key='done')\n"
AIM_MS, AIM_MB = 100, 1.0


async def live(act: Callable[[], Awaitable[float]], every: float, until: float, times: list[float]) -> None:
    """Act again and again, each time after a while that differs, so that people do not act in step."""
    while time.monotonic() < until:
        await asyncio.sleep(random.uniform(0.0, 2.0) * every)
        times.append(await act() * 1000)


async def serve(server: Server, visitors: list[Visitor], name: str, every: float, seconds: float) -> list[float]:
    """Let everybody act for some seconds; return what each action took, in milliseconds."""
    times: list[float] = []
    used, began = cpu(server.web()), time.monotonic()
    acts = [getattr(visitor, name) for visitor in visitors]
    await asyncio.gather(*(live(act, every, began + seconds, times) for act in acts))
    spent = time.monotonic() - began
    print(
        f"    {len(times) / spent:.0f} actions a second, p50 {statistics.median(times):.0f} p95 {p95(times):.0f} ms, "
        f"{(cpu(server.web()) - used) / len(times) * 1000:.0f} ms CPU each, {load()}",
        flush=True,
    )
    return times


async def opened(server: Server, logins: list[str], header: str) -> tuple[list[Visitor], float, float]:
    """Open a page for everybody; return them, and the MB a page took with and without the first."""
    visitors = [Visitor(server, login, header) for login in logins]
    await visitors[0].open()
    before = rss(server.web())
    for visitor in visitors[1:]:
        await visitor.open()
    return visitors, before, (rss(server.web()) - before) / max(1, len(visitors) - 1)


async def measure(ours: Server, theirs: Server, logins: list[str], every: float, seconds: float, rounds: int) -> None:
    mine, base, each = await opened(ours, logins, HEADER)
    other, peer_base, peer_each = await opened(theirs, logins, "")
    full = rss(ours.web())
    second = [Visitor(ours, login, HEADER) for login in logins]
    for visitor in second:
        await visitor.open()
    page = (rss(ours.web()) - full) / len(second)
    for visitor in second:
        await visitor.close()
    acted: list[float] = []
    pressed: list[float] = []
    for _ in range(rounds):
        print("ours", flush=True)
        acted += await serve(ours, mine, "done", every, seconds)
        print("peer", flush=True)
        pressed += await serve(theirs, other, "press", every, seconds)
    lasting = (rss(ours.web()) - base) / max(1, len(logins) - 1)
    print(
        f"{len(logins)} people, an action every {every:g} s: p50 {statistics.median(acted):.0f} "
        f"p95 {p95(acted):.0f} ms (aim {AIM_MS}); peer p50 {statistics.median(pressed):.0f} "
        f"p95 {p95(pressed):.0f} ms; {load()}"
    )
    print(
        f"memory of an open page: {page:.2f} MB (aim {AIM_MB:g}); with the items of its person {each:.2f} MB when "
        f"opened, {lasting:.2f} MB after {len(acted) / len(logins):.0f} actions each; peer {peer_each:.2f} MB; "
        f"with one page {base:.0f} MB, peer {peer_base:.0f} MB"
    )
    for visitor in (*mine, *other):
        await visitor.close()


def main(people: int, each: int, every: float, seconds: float, rounds: int) -> None:
    logins = [f"person{number}@example.org" for number in range(people)]
    rules = {"FRONTDESK_LOGIN__HEADER": HEADER, "FRONTDESK_LOGIN__TRUSTED_PROXIES": "127.0.0.0/8"}
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "data")
        fill(data, logins, each=each, sources=5)
        with frontdesk(data, **rules) as ours, streamlit(SMALLEST) as theirs:
            asyncio.run(measure(ours, theirs, logins, every, seconds, rounds))


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--people", type=int, default=100)
    options.add_argument("--each", type=int, default=1000)
    options.add_argument("--every", type=float, default=5)
    options.add_argument("--seconds", type=float, default=20)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    main(given.people, given.each, given.every, given.seconds, given.rounds)
