"""Defaults that an admin gives to everyone or to a group, and that people may override."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from dashboard.board.admin.csv import checked_group
from dashboard.board.admin.records import Part
from dashboard.board.layers import PARTS, checked_part
from dashboard.store.protocol import Store
from dashboard.store.records import Actor, Default


class Defaults:
    """Precedence, per name: built in, then everyone (group ``""``), then groups, then the person's own."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def parts(self) -> list[Part]:
        """Return everything that a default can be given for."""
        return [Part(name=name, type=kind.type, choices=kind.choices) for name, kind in PARTS.items()]

    def all(self, me: Actor) -> list[Default]:
        """Return every default, those for everyone first."""
        return self._store.admin.all_defaults(me)

    def set(self, me: Actor, name: str, value: Any, *, group: str = "") -> None:
        """Give a value. Raises Invalid with a sentence where there is no such part or the value does not fit."""
        known = checked_group(group)
        self._store.admin.set_default(me, name, checked_part(name, value), group=known, now=self._clock())

    def unset(self, me: Actor, name: str, *, group: str = "") -> None:
        """Take a default away."""
        self._store.admin.set_default(me, name, None, group=group.strip(), now=self._clock())
