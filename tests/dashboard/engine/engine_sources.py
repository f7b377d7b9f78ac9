"""Connectors that the tests of the engine run: they read what a test has put into ``WORLD``."""

import threading
import time
from typing import Any, ClassVar

from pydantic import SecretStr

from connectors.kit import About, Change, Connector, Cursor, Events, Item, OAuth2, Run, action

WORLD: dict[str, Any] = {}
"""What a source named by its option yields: a list, or a function that takes the run."""


class Scripted(Connector):
    """Yields what a test has written."""

    about: ClassVar[About] = About(kind="news", every="15m", fastest="5m", slowest="6h")

    script: str
    token: SecretStr = SecretStr("")

    def fetch(self, run: Run) -> Events:
        script = WORLD[self.script]
        yield from script(run) if callable(script) else script

    def item(self, raw: Any) -> Item | None:
        if raw == "left out":
            return None
        if not isinstance(raw, dict):
            raise TypeError(f"not a record: {raw!r}")
        return Item(**raw)

    @action
    def complete(self, run: Run, item: Item) -> Change:
        return Change(id=item.id, done=True)


class Counting(Connector):
    """Yields numbered records from its cursor on, a few at a time, slowly enough to be killed on the way."""

    about: ClassVar[About] = About(kind="news", every="1h")

    total: int = 1000
    step: int = 10
    pause: float = 0.0

    def fetch(self, run: Run) -> Events:
        for number in range(run.cursor.get("next", 0), self.total):
            yield {"id": str(number), "title": f"record {number}"}
            if (number + 1) % self.step == 0:
                yield Cursor(at={"next": number + 1})
                time.sleep(self.pause)
        yield Cursor(at={"next": self.total})

    def item(self, raw: dict[str, str]) -> Item:
        return Item(**raw)


class Hanging(Connector):
    """Waits until a test lets it go."""

    about: ClassVar[About] = About(kind="news")
    go: ClassVar[threading.Event] = threading.Event()

    def fetch(self, run: Run) -> Events:
        self.go.wait(60)
        yield {"id": "late"}

    def item(self, raw: dict[str, str]) -> Item:
        return Item(**raw)


class Granted(Connector):
    """Is read with the consent of a person."""

    about: ClassVar[About] = About(
        kind="task", base="{server}", auth=OAuth2(authorize="{server}/authorize", token="{server}/token")
    )

    server: str
    client_id: str = "frontdesk"
    client_secret: SecretStr = SecretStr("shared")

    def fetch(self, run: Run) -> Events:
        yield {"id": "1", "title": run.login.token()}

    def item(self, raw: dict[str, str]) -> Item:
        return Item(**raw)
