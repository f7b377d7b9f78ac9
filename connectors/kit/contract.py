"""What a connector is: a pydantic model of its own options with ``fetch`` and ``item``."""

import re
from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self, TypeVar

from pydantic import BaseModel, ConfigDict

from connectors.kit.auth import Auth, Login
from connectors.kit.dial import Dial
from connectors.kit.errors import BadData
from connectors.kit.files import Files
from connectors.kit.item import Event, Events, Item, Kind
from connectors.kit.web import Http, Reply

_TRIED = 100  # so many records that cannot be read are enough to say that none can
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
ACTIONS = frozenset(
    ("mark_read", "mark_unread", "flag", "unflag", "archive", "reply", "complete", "reopen", "accept", "decline")
)
"""Every action a connector may offer; each has an icon, a key and a translation."""

_Method = TypeVar("_Method", bound=Callable[..., Any])


def duration(text: str) -> timedelta:
    """Read ``"90s"``, ``"15m"``, ``"6h"`` or ``"1d"``. Raises ValueError for anything else."""
    match = re.fullmatch(r"(\d+)([smhd])", text)
    if not match:
        raise ValueError(f"not a duration: {text!r} (write 90s, 15m, 6h or 1d)")
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


def action(method: _Method) -> _Method:
    """Mark a method as something a person may do with an item; its name is one of :data:`ACTIONS`.

    It takes ``run``, the item, and then whatever the person is asked for (``text: str``). It may
    return a :data:`~connectors.kit.item.Event` that is the visible effect, saved at once.
    """
    if method.__name__ not in ACTIONS:
        raise TypeError(f"unknown action {method.__name__!r}; the known ones are {', '.join(sorted(ACTIONS))}")
    method.__frontdesk_action__ = True  # type: ignore[attr-defined]
    return method


@dataclass(frozen=True, kw_only=True)
class About:
    """The facts of a connector that hold for all its sources.

    ``every`` is how often a source is polled at first; between ``fastest`` and ``slowest`` the
    engine adapts it to how often something new comes. ``rate`` (``"50/m"``) is shared by all
    requests with one login. ``base`` is where relative addresses of ``run.http`` begin and may
    name an option in braces (``"{server}"``).
    """

    kind: Kind | str
    every: str = "15m"
    fastest: str = "1m"
    slowest: str = "1d"
    rate: str | None = None
    base: str | None = None
    auth: Auth | None = None

    def __post_init__(self) -> None:
        Kind(self.kind)
        if not duration(self.fastest) <= duration(self.every) <= duration(self.slowest):
            raise ValueError("every must lie between fastest and slowest")


@dataclass(kw_only=True)
class Run:
    """What the engine hands to one fetch, check or action: the only way to the outside.

    ``cursor`` is what the last :class:`~connectors.kit.item.Cursor` carried, ``{}`` at first.
    ``now`` is aware UTC, the same for the whole run. ``since`` is how far back a first fetch
    should go. ``login`` has the current token where a protocol other than HTTP needs it.
    ``files`` opens local files below the folders that an admin allows.
    """

    http: Http
    dial: Dial
    files: Files = field(default_factory=Files)
    now: datetime
    cursor: Any = field(default_factory=dict)
    since: datetime | None = None
    login: Login | None = None


class Connector(BaseModel):
    """One backend. Subclass it, make its options fields, and write ``fetch`` and ``item``.

    The fields become the form, their types the validation; a ``SecretStr`` is stored encrypted
    and shown to nobody. Every method marked with :func:`action` becomes a button.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    about: ClassVar[About]

    @abstractmethod
    def fetch(self, run: Run) -> Events:
        """Yield raw records, newest first where the backend allows it, and events between them.

        Whatever stands before a ``Cursor`` is committed with it. All input and output goes
        through ``run``, which raises the errors of :mod:`connectors.kit.errors`.
        """
        raise NotImplementedError

    @abstractmethod
    def item(self, raw: Any) -> Item | None:
        """Translate one record without any input or output; None leaves it out on purpose.

        An exception costs only this record: it is counted and shown as unreadable.
        """
        raise NotImplementedError

    def discover(self, run: Run) -> Self:  # noqa: ARG002  the default has nothing to look for
        """Return the connector with what can be found out instead of being asked for, such as the name of a server.

        Called once, before :meth:`check` of new options; what it fills in is saved with them. Send no
        secret here: where it would go to is only being looked for.
        """
        return self

    def check(self, run: Run) -> str | None:
        """Try the options before they are saved; may return what the account or place calls itself.

        A source is called so where the person gives it no other name.

        The default fetches until the first record that can be read. Raises BadData where none of
        the first 100 can. Override it where a cheaper call exists.
        """
        faults: list[Exception] = []
        left_out = False
        for record in self.fetch(run):
            if isinstance(record, Event):
                if faults:
                    continue
                return None
            try:
                if self.item(record) is not None:
                    return None
                left_out = True
            except Exception as error:  # it costs only this record, as in a fetch
                faults.append(error)
                if len(faults) == _TRIED:
                    break
        if faults and not left_out:
            raise BadData(f"no record can be read: {type(faults[0]).__name__}: {faults[0]}"[:300]) from faults[0]
        return None

    def explain(self, reply: Reply) -> None:
        """Raise the right error for a reply that says no with a good status; called for every reply."""

    @classmethod
    def actions(cls) -> Mapping[str, Callable[..., Any]]:
        """Return the actions this connector offers, by name."""
        found = ((name, getattr(cls, name, None)) for name in sorted(ACTIONS))
        return {name: method for name, method in found if method and hasattr(method, "__frontdesk_action__")}
