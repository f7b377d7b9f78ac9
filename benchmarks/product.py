"""A Frontdesk with a filled store and a plain Streamlit beside it, each started as its users start it."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from benchmarks import corpus
from connectors.kit import Item
from dashboard.board import SINGLE
from dashboard.store import open_store
from dashboard.store.records import Batch
from dashboard.ui.flags import WEB_FLAGS

ROOT = Path(__file__).resolve().parents[1]
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""How Chromium is started so that it does nothing by itself."""
OURS = (sys.executable, "-m", "dashboard.cli")
DAYS = 90
SOURCES = 20
_BATCH = 5000


def recent(count: int, *, seed: int = 0) -> Iterator[tuple[int, Item]]:
    """Yield items of the last ninety days, up to this minute, the oldest first, each with the number of its source."""
    now, step = datetime.now(UTC), timedelta(days=DAYS) / count
    for number, (source, item) in enumerate(corpus.items(count, first=seed)):
        yield source % SOURCES, replace(item, received=now - step * (count - number))


def fill(data: Path, people: Iterable[str] = (SINGLE,), *, each: int, sources: int = SOURCES) -> None:
    """Make a store in which every one of these people has so many items in sources of their own."""
    data.mkdir(parents=True, exist_ok=True)
    store = open_store(f"sqlite:///{data}/frontdesk.db")
    now = datetime.now(UTC)
    for number, login in enumerate(people):
        person = store.enroll(login, admin=login == SINGLE).id
        fields = {"connector": "feeds", "options": {"address": "http://127.0.0.1:9/"}, "every": 9e9, "due_at": None}
        own = [store.add_source(person, title=f"Source {n}", **fields).id for n in range(sources)]
        stream = recent(each, seed=number * each)
        while batch := list(islice(stream, _BATCH)):
            for place, source in enumerate(own):
                items = [(item, "") for at, item in batch if at % sources == place]
                store.engine.commit(source, None, Batch(items=items), now=now)
    store.close()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass(frozen=True)
class Server:
    """A running page: where it answers and the process that was started."""

    address: str
    port: int
    process: subprocess.Popen[bytes]

    def web(self) -> int:
        """Return the id of the process that answers: the one that was started, or the child of it."""
        tree = [self.process.pid, *children(self.process.pid)]
        pages = ("dashboard.ui", "streamlit")
        return next((pid for pid in tree if any(page in _command(pid) for page in pages)), self.process.pid)


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def children(pid: int) -> list[int]:
    """Return the processes that a process has started and that still run."""
    return [int(child) for file in Path(f"/proc/{pid}/task").glob("*/children") for child in file.read_text().split()]


def rss(pid: int) -> float:
    """Return the memory of a process in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def cpu(pid: int) -> float:
    """Return the CPU seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load() -> str:
    """Return how busy the machine is, to stand beside every absolute time."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def answers(address: str, process: subprocess.Popen[bytes], *, path: str = "/_stcore/health") -> None:
    """Wait until a page answers; ends the program where it never does."""
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(address + path, timeout=2).read()
        except OSError:
            time.sleep(0.02)
        else:
            return
    sys.exit(f"{address} did not come up")


@contextmanager
def started(command: list[str], port: int, env: dict[str, str], *, wait: bool = True) -> Iterator[Server]:
    """Start a command that serves on a port, and end it, and only it, afterwards."""
    quiet = None if os.environ.get("BENCH_LOUD") else subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=quiet, stderr=quiet)
    address = f"http://127.0.0.1:{port}"
    try:
        if wait:
            answers(address, process)
        yield Server(address, port, process)
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def frontdesk(
    data: Path, *words: str, port: int = 0, wait: bool = True, by: Iterable[str] = OURS, **settings: str
) -> Iterator[Server]:
    """Start Frontdesk on a data folder, without a worker unless ``words`` say otherwise."""
    port = port or free_port()
    env = dict(os.environ, FRONTDESK_DATA=str(data), FRONTDESK_WEB__PORT=str(port), **settings)
    env.pop("FRONTDESK_CONFIG", None)
    with started([*by, *(words or ("serve", "--no-worker"))], port, env, wait=wait) as server:
        yield server


@contextmanager
def streamlit(script: str, *, port: int = 0, flags: bool = True, wait: bool = True) -> Iterator[Server]:
    """Start a plain Streamlit page, with the same options as ours unless ``flags`` is false."""
    port = port or free_port()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "peer.py")
        file.write_text(script, encoding="utf-8")
        command = [sys.executable, "-m", "streamlit", "run", str(file), f"--server.port={port}"]
        own = {"server.headless": True, "browser.gatherUsageStats": False, "server.address": "127.0.0.1"}
        given = own | (WEB_FLAGS if flags else {})
        command += [f"--{name}={v if isinstance(v, str) else json.dumps(v)}" for name, v in given.items()]
        with started(command, port, dict(os.environ), wait=wait) as server:
            yield server


def chromium() -> str:
    """Return the path of the browser; ends the program where there is none."""
    return shutil.which("chromium") or sys.exit("Chromium is needed: apt install chromium")


def p95(values: list[float]) -> float:
    """Return the value that one in twenty exceeds."""
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]
