"""Mail: list rows per CPU second from a real Dovecot against other clients, and a whole mailbox until it is searchable.

Usage: python -m benchmarks.mail [--mails 20000] [--rounds 3]
"""

import argparse
import base64
import email
import email.policy
import imaplib
import importlib.util
import os
import random
import shutil
import ssl
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from threading import Event as Flag
from typing import Any

from benchmarks.corpus import WORDS
from connectors.imap import Imap
from connectors.kit import Event, Http, Run
from connectors.kit.dial import GuardedDial
from connectors.kit.files import Files
from connectors.kit.net.guard import Guard
from connectors.mailbox import Mailbox

USER, PASSWORD = "me@example.org", "secret-of-the-test"
FIELDS = "DATE FROM TO CC SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES LIST-ID CONTENT-TYPE CONTENT-TRANSFER-ENCODING"
START = datetime(2026, 10, 1, tzinfo=UTC)


def generate(folder: Path, count: int) -> int:
    """Write mails as offices get them: 45 % newsletters in text and HTML, 25 % answers, 20 % with a file, 10 % HTML."""
    chance = random.Random(5)
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    earlier: list[tuple[str, str]] = []
    size = 0
    for number in range(count):
        sent = START + timedelta(minutes=3 * number)
        own = f"<{number}.{chance.getrandbits(64):x}@mail.corp{number % 40}.example>"
        title = " ".join(chance.choices(WORDS[:6000], k=chance.randint(3, 9))).capitalize()
        thread = chance.choice(earlier[-200:]) if earlier and chance.random() < 0.4 else None
        subject = f"Re: {thread[1]}" if thread else title
        who = chance.randrange(400)
        head = [f"Return-Path: <user{who}@corp{who % 40}.example>"]
        head += [
            f"Received: from mx{hop}.example (mx{hop}.example [10.0.0.{hop}]) by in{hop}.example with ESMTPS id"
            f" {chance.getrandbits(80):x}\n (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384); {format_datetime(sent)}"
            for hop in range(3)
        ]
        head += [
            "DKIM-Signature: v=1; a=rsa-sha256; d=example; s=s1; b=" + base64.b64encode(chance.randbytes(192)).decode(),
            f"From: {'=?utf-8?q?Ren=C3=A9?=' if who % 9 == 0 else 'Ren'} User{who} <user{who}@corp{who % 40}.example>",
            f"To: Me Myself <{USER}>",
            f"Date: {format_datetime(sent)}",
            f"Message-ID: {own}",
            f"Subject: {_encoded(subject) if chance.random() < 0.1 else subject}",
            "MIME-Version: 1.0",
        ]
        if chance.random() < 0.3:
            head.append("Cc: " + ", ".join(f"User {n} <user{n}@corp.example>" for n in range(chance.randint(1, 5))))
        if thread:
            head += [f"In-Reply-To: {thread[0]}", f"References: {thread[0]}"]
        data = "\n".join([*head, _body(chance)]).encode()
        earlier.append((own, subject.removeprefix("Re: ")))
        new = chance.random() < 0.2
        name = f"{int(sent.timestamp())}.M{number}P1.host" + ("" if new else ":2,S")
        path = folder / ("new" if new else "cur") / name
        path.write_bytes(data)
        os.utime(path, (sent.timestamp(),) * 2)
        size += len(data)
    return size


def _encoded(text: str) -> str:
    return f"=?utf-8?b?{base64.b64encode(f'{text} – „naïve“ ✓'.encode()).decode()}?="


def _text(chance: random.Random, size: int) -> str:
    words = chance.choices(WORDS[:6000], k=size // 6)
    return "\n".join(" ".join(words[at : at + 12]) + "." for at in range(0, len(words), 12))


def _html(chance: random.Random, size: int) -> str:
    cells = (f'<tr><td style="padding:8px">{_text(chance, 300)}</td></tr>' for _ in range(max(1, size // 450)))
    return f"<html><head><style>.a{{color:#333}}</style></head><body><table>{''.join(cells)}</table></body></html>"


def _body(chance: random.Random) -> str:
    kind = chance.random()
    plain = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
    if kind < 0.45:
        return (
            "List-Id: <list.corp.example>\nContent-Type: multipart/alternative; boundary=XX\n\n--XX\n"
            f"{plain}{_text(chance, chance.randint(600, 3000))}\n--XX\nContent-Type: text/html; charset=utf-8\n\n"
            f"{_html(chance, chance.randint(4000, 24000))}\n--XX--\n"
        )
    if kind < 0.70:
        quoted = "\n".join(f"> {line}" for line in _text(chance, chance.randint(200, 3000)).split("\n"))
        return f"{plain}{_text(chance, chance.randint(300, 2500))}\n\nOn Monday someone wrote:\n{quoted}\n"
    if kind < 0.90:
        attached = base64.encodebytes(chance.randbytes(chance.randint(13_000, 35_000))).decode()
        return (
            f"Content-Type: multipart/mixed; boundary=XX\n\n--XX\n{plain}{_text(chance, chance.randint(200, 1500))}\n"
            '--XX\nContent-Type: application/pdf; name="a.pdf"\nContent-Transfer-Encoding: base64\n'
            f'Content-Disposition: attachment; filename="a.pdf"\n\n{attached}\n--XX--\n'
        )
    return f"Content-Type: text/html; charset=utf-8\n\n{_html(chance, chance.randint(3000, 18000))}"


class Stage:
    """A Dovecot with the mails, and a guarded way to it."""

    def __init__(self, server: Any) -> None:
        self.server = server
        context = ssl.create_default_context(cafile=str(server.home / "cert.pem"))
        self.guard = Guard(allow=["127.0.0.0/8"], ports=[server.port, server.tls_port])
        self.dial = GuardedDial(self.guard, tls=context)
        self.source = Imap(host="127.0.0.1", port=server.port, security="plain", user=USER, password=PASSWORD)

    def run(self, cursor: Any = None) -> Run:
        return Run(http=Http(self.guard), dial=self.dial, now=datetime.now(UTC), cursor=cursor or {})

    def ours(self) -> int:
        """Fetch, decode and translate every mail as the engine does, everything but the store."""
        return sum(
            self.source.item(thing) is not None
            for thing in self.source.fetch(self.run())
            if not isinstance(thing, Event)
        )

    def standard(self) -> int:
        """Make the same list row with the standard library: imaplib and the email package's modern policy."""
        client = imaplib.IMAP4("127.0.0.1", self.server.port)
        client.login(USER, PASSWORD)
        count = int(client.select("INBOX", readonly=True)[1][0])
        rows = []
        for first in range(1, count + 1, 500):
            what = f"(UID FLAGS BODY.PEEK[HEADER.FIELDS ({FIELDS})] BODY.PEEK[TEXT]<0.8192>)"
            parts = [part for part in client.fetch(f"{first}:{first + 499}", what)[1] if isinstance(part, tuple)]
            for top, text in zip(parts[::2], parts[1::2], strict=True):
                mail = email.message_from_bytes(top[1] + text[1], policy=email.policy.default)
                body = mail.get_body(("plain", "html"))
                try:
                    words = body.get_content() if body else ""
                except (LookupError, ValueError):
                    words = ""
                rows.append((str(mail["subject"]), str(mail["from"]), mail["date"].datetime, words[:500]))
        client.logout()
        return len(rows)

    def imap_tools(self) -> int:
        """Do the same with imap-tools, which fetches whole mails."""
        from imap_tools import MailBoxUnencrypted  # noqa: PLC0415  only where it is installed

        with MailBoxUnencrypted("127.0.0.1", self.server.port).login(USER, PASSWORD) as box:
            return sum(
                bool(mail.subject or mail.from_ or mail.date or mail.text[:500])
                for mail in box.fetch("ALL", mark_seen=False, bulk=500)
            )


def measured(work: Callable[[], int]) -> tuple[float, float, int]:
    """Return CPU seconds, seconds and how many."""
    cpu, wall = time.process_time(), time.perf_counter()
    count = work()
    return time.process_time() - cpu, time.perf_counter() - wall, count


def rows(stage: Stage, rounds: int) -> None:
    ways = {"frontdesk": stage.ours, "imaplib + email": stage.standard}
    if importlib.util.find_spec("imap_tools"):
        ways["imap-tools"] = stage.imap_tools
    stage.ours()  # the server's own index is warm for everybody
    found: dict[str, list[tuple[float, float, int]]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            found[name].append(measured(way))
    best = {name: statistics.median(count / cpu for cpu, _, count in each) for name, each in found.items()}
    for name, each in found.items():
        wall = statistics.median(count / wall for _, wall, count in each)
        ratio = best["frontdesk"] / best[name]
        print(f"{name:16} {best[name]:8.0f} mails/cpu-s {wall:8.0f} mails/s   frontdesk is {ratio:.1f} times as fast")


def polls(stage: Stage) -> None:
    cursor = next(thing.at for thing in reversed(list(stage.source.fetch(stage.run()))) if hasattr(thing, "at"))
    spent = [measured(lambda: len(list(stage.source.fetch(stage.run(cursor)))))[:2] for _ in range(20)]
    cpu, wall = (statistics.median(each) * 1000 for each in zip(*spent, strict=True))
    print(f"{'poll, nothing new':16} {cpu:8.1f} ms cpu {wall:8.1f} ms, login included")


def searchable(stage: Stage) -> None:
    """Sync the mailbox into a fresh SQLite store and search it."""
    from dashboard.search import parse  # noqa: PLC0415  the rest of this file needs no store
    from dashboard.store import open_store  # noqa: PLC0415
    from dashboard.sync import Pipeline  # noqa: PLC0415

    folder = Path(tempfile.mkdtemp(prefix="mail-bench-"))
    store = open_store(f"sqlite:///{folder / 'frontdesk.db'}")
    now = datetime.now(UTC)
    me = store.enroll(USER)
    source = store.add_source(me.id, connector="imap", title="Mail", options={}, every=300, due_at=now)
    leased = store.engine.claim_one(source.id, "bench", now=now, until=now + timedelta(hours=1))
    pipeline = Pipeline(engine=store.engine, source=leased, worker="bench", run=stage.run(), stop=Flag())
    reports = []

    def work() -> int:
        reports.append(pipeline.sync(stage.source))
        return reports[0].new

    cpu, wall, count = measured(work)
    hits = store.search(me.id, parse(WORDS[300], now=now))
    print(f"{'searchable':16} {count} mails in {wall:.1f} s ({cpu:.1f} cpu-s), {len(hits)} hits")
    if reports[0].error:
        raise reports[0].error
    store.close()
    shutil.rmtree(folder)


def maildir(folder: Path, rounds: int) -> None:
    """Read the same mails without a server."""
    source = Mailbox(path=folder)
    run = Run(http=None, dial=None, files=Files([folder]), now=datetime.now(UTC))  # type: ignore[arg-type]

    def work() -> int:
        return sum(source.item(thing) is not None for thing in source.fetch(run) if not isinstance(thing, Event))

    rate = statistics.median(count / cpu for cpu, _, count in (measured(work) for _ in range(rounds)))
    print(f"{'maildir':16} {rate:8.0f} mails/cpu-s")


def dovecot() -> Iterator[Any]:
    """Yield a running server, none where Dovecot is not installed."""
    program = shutil.which("dovecot")
    if not program:
        print("dovecot is not installed: only the Maildir is measured")
        return
    place = Path(__file__).resolve().parents[1] / "tests/connectors/imap/dovecot.py"
    spec = importlib.util.spec_from_file_location("dovecot", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    server = module.Dovecot(program)
    try:
        yield server
    finally:
        server.stop()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--mails", type=int, default=20_000)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="mail-bench-"))
    try:
        size = generate(folder / "store", chosen.mails)
        print(f"{chosen.mails} mails, {size / 1e6:.0f} MB")
        maildir(folder / "store", chosen.rounds)
        for server in dovecot():
            home = server.home / "mail" / USER
            home.mkdir()
            shutil.move(folder / "store", home / "store")
            if os.geteuid() == 0:
                for path in (home, *home.rglob("*")):
                    shutil.chown(path, "mail", "mail")
            stage = Stage(server)
            rows(stage, chosen.rounds)
            polls(stage)
            searchable(stage)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
