"""Run the benchmarks one after another, each in a process of its own: ``python -m benchmarks [NAME ...]``."""

import subprocess
import sys
import time

ALL = {
    "rank": ("10000",),
    "store": ("100000",),
    "feeds": (),
    "mail": (),
    "page": (),
    "people": (),
    "tabs": ("--minutes", "3"),
    "start": (),
}
"""Every benchmark with what it is given; ``-m benchmarks.store 1000000`` asks for a million items and some minutes,
``-m benchmarks.tabs`` for half an hour."""


def main(names: list[str]) -> int:
    """Run those that are named, or all; return how many failed."""
    failed = 0
    for name in names or ALL:
        if name not in ALL:
            print(f"There is no benchmark {name}. There are: {', '.join(ALL)}")
            return 2
        print(f"\n── {name} {'─' * (70 - len(name))}", flush=True)
        began = time.monotonic()
        failed += subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *ALL[name]], check=False).returncode != 0
        print(f"({time.monotonic() - began:.0f} s)", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
