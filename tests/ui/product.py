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

from playwright.sync_api import Page

READY_SECONDS = 60
IDLE = "[data-testid='stApp'][data-test-script-state='notRunning']"
RESTS = """async ([idle, quiet, longest]) => {
  const roots = (root) =>
    [root, ...[...root.querySelectorAll("*")].flatMap((one) => (one.shadowRoot ? roots(one.shadowRoot) : []))];
  const ends = (one) => one.playState === "running" && one.effect.getComputedTiming().endTime !== Infinity;
  const began = performance.now();
  let changed = began;
  const watch = new MutationObserver(() => (changed = performance.now()));
  const everything = { attributes: true, characterData: true, childList: true, subtree: true };
  for (let now = began; now - began < longest; now = performance.now()) {
    const all = roots(document);
    for (const root of all) watch.observe(root, everything);
    const moves = all.some((root) => root.getAnimations().some(ends));
    if (!document.querySelector(idle) || moves) changed = now;
    if (now - changed > quiet) return true;
    await new Promise((go) => setTimeout(go, 50));
  }
  return false;
}"""
QUIET_MS, LONGEST_MS = 300, 20_000


def at_rest(page: Page) -> None:
    """Wait until the server has drawn everything, and nothing on the page moves or changes any more."""
    assert page.evaluate(RESTS, [IDLE, QUIET_MS, LONGEST_MS]), "the page never comes to rest"


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
