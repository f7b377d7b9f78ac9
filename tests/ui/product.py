"""A running Frontdesk for a test: where it answers, where its data is, and when a page of it has come to rest."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

READY_SECONDS = 60
IDLE = "[data-testid='stApp'][data-test-script-state='notRunning']"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@dataclass
class Product:
    """A running Frontdesk: where it answers and where its data is."""

    address: str
    data: Path
    env: dict[str, str]
    process: subprocess.Popen[bytes]

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "dashboard.cli", *words]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, check=False, timeout=60)


@contextmanager
def running(data: Path, *words: str, **settings: str) -> Iterator[Product]:
    """Start the one command with its own data folder and end it, and only it, afterwards."""
    port = free_port()
    env = dict(os.environ, FRONTDESK_DATA=str(data), FRONTDESK_WEB__PORT=str(port), **settings)
    env.pop("FRONTDESK_CONFIG", None)
    log = (data.parent / "frontdesk.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "dashboard.cli", *(words or ("serve",))], env=env, stdout=log, stderr=log
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(READY_SECONDS * 10):
            try:
                urllib.request.urlopen(f"{address}/health", timeout=2).read()
                break
            except OSError:
                assert process.poll() is None, (data.parent / "frontdesk.log").read_text()
                time.sleep(0.1)
        yield Product(address, data, env, process)
    finally:
        process.terminate()
        process.wait(20)
        log.close()
