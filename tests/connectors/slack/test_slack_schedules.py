"""Random days in a Slack workspace: wherever a fetch dies, the desk ends up as the workspace is."""

import random
from datetime import timedelta
from threading import Event

import pytest

from connectors.kit.net.guard import Guard
from connectors.kit.net.rate import Bucket
from connectors.kit.opening import open_run
from connectors.slack import conversation
from dashboard.store import open_store
from dashboard.store.records import Health
from dashboard.sync import Pipeline

STEPS = 3
"""How much may happen between two fetches."""


class Day:
    """What may happen between two fetches, drawn at random."""

    def __init__(self, seed: int, office, channel: str) -> None:
        self.random = random.Random(seed)
        self.office, self.workspace, self.channel = office, office.workspace, channel
        self.number = 0

    @property
    def messages(self) -> dict:
        return self.workspace.messages[self.channel]

    def roots(self) -> list[str]:
        """Messages of the channel itself that will be on its newest page, where changes are looked for."""
        roots = [ts for ts, one in self.messages.items() if one.get("thread_ts", ts) == ts]
        return [ts for ts in roots[STEPS - conversation.PAGE :] if self.messages[ts].get("subtype") != "tombstone"]

    def step(self) -> None:
        roots = self.roots()
        happens = self.random.choice([self.post, self.post, self.reply, self.edit, self.delete, self.withdraw])
        if roots or happens == self.post:
            happens(roots)

    def post(self, _: list[str]) -> None:
        self.number += 1
        self.workspace.post(self.channel, self.random.choice((self.office.ada, self.office.mina)), f"m{self.number}")

    def reply(self, roots: list[str]) -> None:
        self.number += 1
        self.workspace.post(self.channel, self.office.bob, f"r{self.number}", thread=self.random.choice(roots))

    def edit(self, roots: list[str]) -> None:
        self.number += 1
        self.workspace.edit(self.channel, self.random.choice(roots), f"e{self.number}")

    def delete(self, roots: list[str]) -> None:
        self.workspace.delete(self.channel, self.random.choice(roots))

    def withdraw(self, roots: list[str]) -> None:
        replies = [
            ts for ts, one in self.messages.items() if one.get("thread_ts", ts) != ts and one["thread_ts"] in roots
        ]
        if replies:
            self.workspace.delete(self.channel, self.random.choice(replies))

    def truth(self) -> list[str]:
        return [one["text"] for one in self.messages.values() if one.get("subtype") != "tombstone"]


@pytest.mark.parametrize("seed", range(30))
def test_nothing_is_lost_doubled_or_kept_too_long(office, mina, monkeypatch, seed):
    monkeypatch.setattr(conversation, "PAGE", 7)
    day = Day(seed, office, office.workspace.channel("general", office.mina, office.ada, office.bob))
    for _ in range(12):
        for _ in range(day.random.randint(0, STEPS)):
            day.step()
        mina.fetch(cursors=day.random.choice((None, None, 1, 2)))
    mina.fetch()
    assert mina.desk.texts == day.truth()


@pytest.mark.parametrize("seed", range(6))
def test_the_same_holds_in_the_store_of_the_engine(office, tmp_path, monkeypatch, seed):
    monkeypatch.setattr(conversation, "PAGE", 7)
    day = Day(seed, office, office.workspace.channel("general", office.mina, office.ada, office.bob))
    store = open_store(f"sqlite:///{tmp_path / 'desk.db'}")
    person = store.enroll("mina@example.org").id
    source = store.add_source(person, connector="slack", title="", options={}, every=60.0, due_at=office.now)
    for _ in range(12):
        for _ in range(day.random.randint(0, STEPS)):
            day.step()
        sync(store, source.id, office)
    sync(store, source.id, office)
    ids = [fact.id for fact in store.facts(person) if not fact.gone]
    kept = sorted(store.entries(person, ids), key=lambda entry: entry.item.created)
    assert [entry.item.text for entry in kept] == day.truth()
    assert {entry.item.unread for entry in kept if entry.item.own} <= {False}
    store.close()


def sync(store, source: int, office) -> None:
    connector, now = office.connector(), office.now
    claimed = store.engine.claim_one(source, "worker", now=now, until=now + timedelta(hours=1))
    run = open_run(connector, now=now, cursor=claimed.cursor, guard=Guard(allow=["127.0.0.0/8"]), bucket=Bucket())
    pipeline = Pipeline(engine=store.engine, source=claimed, worker="worker", run=run, stop=Event())
    report = pipeline.sync(connector)
    assert report.error is None
    assert report.unreadable == 0
    store.engine.settle(source, "worker", now=now, health=Health.OK, due_at=now, every=60.0)
