"""A process whose worker is killed again and again: ``python mortal.py URL KEYS KILLS``; prints how far each got."""

import os
import random
import signal
import sys
import time
from importlib.metadata import EntryPoint
from pathlib import Path

from connectors.kit.net.guard import Guard
from connectors.kit.registry import GROUP, Registry
from dashboard import worker
from dashboard.connection import Connections
from dashboard.log import set_up
from dashboard.settings import Sync
from dashboard.store import open_store
from dashboard.vault import open_vault

worker.LOOK = worker.BEAT = 0.02
LEASE = Sync().model_copy(update={"lease": 0.3})


def work(url: str, keys: str) -> None:
    store = open_store(url)
    registry = Registry([EntryPoint("counting", "engine_sources:Counting", GROUP)])
    connections = Connections(registry, open_vault(Path(keys)), store.engine, guard=Guard())
    worker.Worker(store.engine, connections, LEASE).run()


def main(url: str, keys: str, kills: int) -> None:
    set_up("error")
    chance = random.Random(7)
    for _ in range(kills):
        child = os.fork()
        if not child:
            try:
                work(url, keys)
            finally:
                os._exit(1)
        time.sleep(chance.uniform(0.1, 0.6))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        sys.stdout.write("killed\n" if os.WIFSIGNALED(status) else "ended\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
