"""Connectors that the tests of the board add: one that works, one that refuses, one that has a bug."""

from typing import Any, ClassVar, Self

from pydantic import SecretStr

from connectors.kit import About, Change, Connector, Events, Item, Run, Unauthorized, action

SENT: list[tuple[str, str]] = []
OPENED: list[str] = []
"""The boxes that got a password."""


class Letters(Connector):
    """Letters from a box that needs a password."""

    about: ClassVar[About] = About(kind="mail", every="15m")

    address: str
    password: SecretStr
    folder: str = "in"

    def fetch(self, run: Run) -> Events:
        OPENED.append(self.address)
        if self.password.get_secret_value() != "open sesame":
            raise Unauthorized("the box stays shut")
        yield {"id": "1", "title": "First letter"}

    def item(self, raw: dict[str, Any]) -> Item:
        return Item(**raw)

    def discover(self, run: Run) -> Self:
        looked = self.address == "look for it"
        return self.model_copy(update={"address": "box", "folder": "found"}) if looked else self

    def check(self, run: Run) -> str:
        next(iter(self.fetch(run)))
        return "one letter"

    @action
    def reply(self, run: Run, item: Item, text: str) -> Change:
        SENT.append((item.id, text))
        return Change(id=item.id, answered=True)


class Buggy(Connector):
    """Never works."""

    about: ClassVar[About] = About(kind="news")

    def fetch(self, run: Run) -> Events:
        raise ZeroDivisionError("division by zero")

    def item(self, raw: Any) -> Item:
        raise NotImplementedError


class Feeds(Connector):
    """Stands for the feeds that an OPML list names."""

    about: ClassVar[About] = About(kind="news")

    address: str

    def fetch(self, run: Run) -> Events:
        yield from ()

    def item(self, raw: Any) -> Item:
        return Item(id=str(raw))
