"""Feeds from the network until they can be searched: Frontdesk beside lemon24/reader, in the same run.

    python -m benchmarks.feeds [--feeds 500] [--workers 8]

The feeds are made up (RSS, Atom and JSON Feed, 20 to 100 entries each) and served by nginx where it is
installed, else by Python. Each side runs in a process of its own: cold (nothing is known), warm (nothing
changed, 304), and its search index. Frontdesk runs its worker with threads, its guard and its SQLite
store, and indexes as it stores; reader fetches first and indexes with update_search.
"""

import argparse
import gzip
import html
import importlib
import json
import os
import random
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from benchmarks.corpus import vocabulary

START = datetime(2026, 11, 1, 12, tzinfo=UTC)
SHAPES = ((0.2, 20, 60, 0), (0.5, 50, 450, 0), (0.2, 50, 300, 1900), (0.1, 100, 200, 2300))
NGINX = """daemon off; pid {d}/pid; worker_processes 1; error_log {d}/error.log; {user}
events {{ worker_connections 1024; }}
http {{ access_log off; etag on; keepalive_requests 1000000;
 types {{ application/xml xml; application/feed+json json; }}
 client_body_temp_path {d}/b; proxy_temp_path {d}/p; fastcgi_temp_path {d}/f;
 uwsgi_temp_path {d}/u; scgi_temp_path {d}/s;
 server {{ listen 127.0.0.1:{port} backlog=1024; root {d}/feeds; gzip_static on; }} }}
"""


class Writer:
    """Writes feeds of words that are as frequent as in a real language."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.words = vocabulary()
        self.weights = [1 / (rank + 3) for rank in range(len(self.words))]

    def sentence(self, size: int) -> str:
        words = self.chance.choices(self.words, self.weights, k=max(3, size // 7))
        return " ".join(words).capitalize() + "."

    def article(self, size: int) -> str:
        parts, length = [], 0
        while length < size:
            text = self.sentence(self.chance.randint(60, 380))
            head, _, rest = text.partition(" ")
            part = self.chance.choice(
                (
                    f'<p><a href="https://example.org/{length}?a=1&amp;b=2">{head}</a> {rest}</p>\n',
                    f"<p>{head} <strong>{rest}</strong></p>\n",
                    f"<ul><li>{head}</li><li>{rest}</li></ul>\n",
                    f'<figure><img src="https://cdn.example.org/{length}.jpg" alt="{head}" /></figure><p>{rest}</p>\n',
                    f"<blockquote>“{rest}” — {head}</blockquote>\n",
                )
            )
            parts.append(part)
            length += len(part)
        return "".join(parts)

    def feed(self, number: int) -> tuple[str, str]:
        share, shape = self.chance.random(), SHAPES[-1]
        for each in SHAPES:
            shape = each
            share -= each[0]
            if share < 0:
                break
        _, count, short, long = shape
        entries = [self.entry(number, n, short, long) for n in range(count)]
        kind = number % 10
        if kind < 6:
            return "xml", rss(f"Feed {number}", entries)
        return ("xml", atom(f"Feed {number}", entries)) if kind < 9 else ("json", json_feed(f"Feed {number}", entries))

    def entry(self, feed: int, number: int, short: int, long: int) -> dict[str, object]:
        return {
            "id": f"{feed}-{number}",
            "url": f"https://site{feed}.example.org/{number}",
            "title": self.sentence(50)[:-1] + self.chance.choice(("", " & more", " – part 2")),
            "at": START - timedelta(minutes=number * 300 + feed),
            "author": self.chance.choice(("Ana Silva", "Jörg Weiß", "Li Wei", "Priya Nair")),
            "labels": self.chance.sample(self.words[:300], self.chance.randint(0, 4)),
            "summary": f"<p>{self.sentence(short)}</p>",
            "content": self.article(long) if long else "",
        }


def rss(title, entries):
    out = [
        (
            '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
            f'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>{title}</title>'
        )
    ]
    for e in entries:
        content = f"<content:encoded><![CDATA[{e['content']}]]></content:encoded>" if e["content"] else ""
        out.append(
            f"<item><title>{html.escape(e['title'])}</title><link>{e['url']}</link>"
            f'<guid isPermaLink="false">{e["id"]}</guid><pubDate>{format_datetime(e["at"])}</pubDate>'
            f"<dc:creator>{e['author']}</dc:creator>{''.join(f'<category>{x}</category>' for x in e['labels'])}"
            f"<description>{html.escape(e['summary'])}</description>{content}</item>\n"
        )
    return "".join([*out, "</channel></rss>"])


def atom(title, entries):
    out = [f'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>{title}</title>']
    for e in entries:
        content = f'<content type="html">{html.escape(e["content"])}</content>' if e["content"] else ""
        labels = "".join(f'<category term="{label}"/>' for label in e["labels"])
        out.append(
            f'<entry><title type="html">{html.escape(html.escape(e["title"]))}</title><link href="{e["url"]}"/>'
            f"<id>{e['id']}</id><updated>{e['at'].isoformat()}</updated><author><name>{e['author']}</name></author>"
            f"{labels}"
            f'<summary type="html">{html.escape(e["summary"])}</summary>{content}</entry>\n'
        )
    return "".join([*out, "</feed>"])


def json_feed(title, entries):
    items = [
        {
            "id": e["id"],
            "url": e["url"],
            "title": e["title"],
            "content_html": e["content"] or e["summary"],
            "date_published": e["at"].isoformat(),
            "authors": [{"name": e["author"]}],
            "tags": e["labels"],
        }
        for e in entries
    ]
    return json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": title, "items": items}, ensure_ascii=False
    )


def write(folder: Path, count: int) -> list[str]:
    writer, names, size = Writer(7), [], 0
    folder.mkdir()
    for number in range(count):
        kind, text = writer.feed(number)
        path = folder / f"f{number}.{kind}"
        path.write_text(text, encoding="utf-8")
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
        names.append(path.name)
        size += path.stat().st_size
    print(f"{count} feeds, {size / 1e6:.1f} MB")
    return names


def serve(folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    if nginx := shutil.which("nginx"):
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(NGINX.format(d=folder, port=port, user=user))
        command = [nginx, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    else:
        command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "-d", str(folder / "feeds")]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return server, port
        time.sleep(0.05)
    raise SystemExit("the server does not answer")


class Meter:
    """Measures phases of its own process: wall clock, CPU time of all threads, and the peak of memory."""

    def __init__(self) -> None:
        self.phases: dict[str, dict[str, float]] = {}

    def __call__(self, name, work):
        wall, cpu = time.perf_counter(), time.process_time()
        count = work()
        self.phases[name] = {
            "wall": time.perf_counter() - wall,
            "cpu": time.process_time() - cpu,
            "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "count": count,
        }


def frontdesk(urls: list[str], folder: Path, workers: int) -> Meter:
    # Each side imports only what it needs: memory is compared.
    from dashboard import log  # noqa: PLC0415
    from dashboard.opening import open_house  # noqa: PLC0415
    from dashboard.settings import Network, Sync, load  # noqa: PLC0415
    from dashboard.worker import Worker  # noqa: PLC0415

    log.set_up()  # as for every process of Frontdesk
    settings = load(data=folder / "frontdesk", network=Network(allow=("127.0.0.0/8",)), sync=Sync(threads=workers))
    house = open_house(settings)
    person = house.store.enroll("bench").id
    far = datetime(2999, 1, 1, tzinfo=UTC)
    ids = [
        house.store.add_source(
            person, connector="feeds", title=url, options={"address": url}, every=1800, due_at=far
        ).id
        for url in urls
    ]
    meter = Meter()

    def refresh():
        worker = Worker(house.store.engine, house.connections, settings.sync)
        thread = threading.Thread(target=worker.run)
        thread.start()
        while True:
            time.sleep(0.25)
            due = house.store.engine.next_due()
            if due is None or due > begun:
                sources = house.store.sources(person)
                if all(source.synced_at and source.synced_at >= begun for source in sources):
                    break
        worker.stop()
        thread.join()
        if ill := [source.detail for source in sources if source.failure]:
            raise SystemExit(f"{len(ill)} sources failed: {ill[0]}")
        return sum(source.items for source in sources)

    for name in ("cold", "warm"):
        begun = datetime.now(UTC)
        for source in ids:  # not measured: a settled source is due by itself
            house.store.change_source(person, source, due_at=begun)
        meter(name, refresh)
    meter("search", lambda: 0)
    return meter


def reader(urls: list[str], folder: Path, workers: int) -> Meter:
    with suppress(ImportError):  # reader's own feedparser wants the module under its old name
        sys.modules.setdefault("sgmllib", importlib.import_module("feedparser_sgmllib"))
    from reader import make_reader  # noqa: PLC0415

    found = make_reader(str(folder / "reader.sqlite"))
    for url in urls:
        found.add_feed(url)
    meter = Meter()

    def refresh():
        for result in found.update_feeds_iter(workers=workers, scheduled=False):
            if isinstance(result.value, Exception):
                raise result.value
        return found.get_entry_counts().total

    def index():
        found.enable_search()
        found.update_search()
        return 0

    meter("cold", refresh)
    meter("warm", refresh)
    meter("search", index)
    return meter


def report(ours: dict[str, dict[str, float]], theirs: dict[str, dict[str, float]]) -> None:
    print(f"{'':28}{'Frontdesk':>22}{'reader':>22}{'ratio':>10}")
    for name, phases in (("cold until searchable", ("cold", "search")), ("warm (304)", ("warm",))):
        for unit in ("cpu", "wall"):
            a, b = (sum(side[phase][unit] for phase in phases) for side in (ours, theirs))
            print(f"{name + ', ' + unit:28}{a:>20.2f} s{b:>20.2f} s{b / a:>9.1f}x")
    a, b = (max(phase["rss"] for phase in side.values()) for side in (ours, theirs))
    print(f"{'peak memory':28}{a:>19.0f} MB{b:>19.0f} MB{b / a:>9.1f}x")
    print(f"{'entries':28}{ours['cold']['count']:>22.0f}{theirs['cold']['count']:>22.0f}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--feeds", type=int, default=500)
    arguments.add_argument("--workers", type=int, default=8)
    arguments.add_argument("--side", choices=("frontdesk", "reader"), help=argparse.SUPPRESS)
    arguments.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.side:
        urls = (given.folder / "urls").read_text().split()
        print(json.dumps(globals()[given.side](urls, given.folder, given.workers).phases))
        return
    from dashboard.serve import WORKER_ENVIRONMENT  # noqa: PLC0415  not in the process of the peer

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        names = write(folder / "feeds", given.feeds)
        server, port = serve(folder)
        (folder / "urls").write_text("\n".join(f"http://127.0.0.1:{port}/{each}" for each in names))
        try:
            sides = []
            for side in ("frontdesk", "reader"):
                command = [
                    sys.executable,
                    "-m",
                    "benchmarks.feeds",
                    "--side",
                    side,
                    "--folder",
                    name,
                    "--workers",
                    str(given.workers),
                ]
                environment = os.environ | (WORKER_ENVIRONMENT if side == "frontdesk" else {})
                done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
                sides.append(json.loads(done.stdout.splitlines()[-1]))
        finally:
            server.terminate()
            server.wait()
        report(*sides)


if __name__ == "__main__":
    main()
