"""Checks on the items of a connector: each obeys the item model, whoever reads them later."""

import copy
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from connectors.kit.item import Attachment, Event, Importance, Item, Kind, Person, Role
from connectors.kit.testing.isolation import watched
from connectors.kit.testing.subject import Subject, require

ID_LENGTH = 512
_TIMES = ("created", "updated", "received", "due", "start", "end")
_TEXTS = ("title", "text", "html")
_LINES = ("url", "thread", "reply_to", "channel")
_FLAGS = ("own", "direct", "mention", "bulk", "automated")
_STATES = ("unread", "flagged", "answered", "done")
_SCHEMES = frozenset(
    ("http", "https", "mailto", "tel", "webcal", "message", "mid", "matrix", "slack", "msteams", "zoommtg")
)


class ItemChecks(Subject):
    """What must hold for every item that a connector brings."""

    def test_a_first_fetch_brings_items(self) -> None:
        require(self.items(), "the first fetch brought no item: the tape proves nothing")

    def test_every_record_translates(self) -> None:
        connector = self.made()
        for record in self.records():
            try:
                item = connector.item(record)
            except Exception as error:
                raise AssertionError(f"item() cannot read {record!r:.300}: {error!r}") from error
            require(item is None or isinstance(item, Item), f"item() returned {type(item).__name__}, not an Item")

    def test_a_fetch_yields_records_and_not_items(self) -> None:
        translated = any(isinstance(record, Item) for record in self.records())
        require(not translated, "fetch yields raw records, and item() translates them")

    def test_ids_are_unique(self) -> None:
        ids = self.first().ids
        twice = sorted({each for each in ids if ids.count(each) > 1})
        require(not twice, f"these ids come more than once: {twice}")

    def test_ids_are_the_same_in_every_run(self) -> None:
        require(self.first().ids == self.first().ids, "a second run gives other ids")

    def test_items_are_the_same_in_every_run(self) -> None:
        require(self.items() == self.items(), "a second run gives other items")

    def test_ids_fit_into_the_store(self) -> None:
        self._each(lambda item: isinstance(item.id, str) and 0 < len(item.id) <= ID_LENGTH and "\0" not in item.id,
                   f"an id is a text of 1 to {ID_LENGTH} characters without NUL")  # fmt: skip

    def test_times_have_a_zone(self) -> None:
        self._have(_TIMES, _aware, "is an aware datetime or None")

    def test_what_ends_has_begun(self) -> None:
        self._each(lambda item: not (item.start and item.end) or item.start <= item.end, "end is before start")

    def test_texts_are_text(self) -> None:
        self._have(_TEXTS, lambda value: isinstance(value, str), "is a str, never None")

    def test_names_of_places_are_text(self) -> None:
        self._have(_LINES, _text_or_none, "is a str or None, never empty")

    def test_an_item_says_something(self) -> None:
        self._each(
            lambda item: item.title or item.text or item.html or item.attachments, "it has neither title nor text"
        )

    def test_text_survives_json_and_utf8(self) -> None:
        for item in self.items():
            told = json.dumps([item.id, *(getattr(item, name) for name in _TEXTS + _LINES)], ensure_ascii=False)
            try:
                again = json.loads(told.encode().decode())
            except UnicodeError as error:
                raise AssertionError(f"{item.id!r} has text that is no Unicode: {error}") from error
            require(again == json.loads(told) and "\\u0000" not in told, f"{item.id!r} has a NUL in its text")

    def test_flags_are_true_or_false(self) -> None:
        self._have(_FLAGS, lambda value: isinstance(value, bool), "is a bool")

    def test_states_are_true_false_or_unknown(self) -> None:
        self._have(_STATES, lambda value: value is None or isinstance(value, bool), "is a bool or None")

    def test_kinds_and_importance_are_known(self) -> None:
        self._each(lambda item: item.kind is None or isinstance(item.kind, Kind), "kind is a Kind or None")
        self._each(lambda item: isinstance(item.importance, Importance), "importance is an Importance")

    def test_people_have_a_name_and_a_role(self) -> None:
        self._each(lambda item: isinstance(item.people, tuple) and all(map(_person, item.people)),
                   "people is a tuple of Person, each with a name or address and a Role")  # fmt: skip
        self._each(lambda item: item.author is None or isinstance(item.author, str) or _person(item.author),
                   "author is a Person, a str or None")  # fmt: skip

    def test_labels_and_attachments_are_tuples(self) -> None:
        self._each(lambda item: _all(item.labels, str), "labels is a tuple of str")
        self._each(lambda item: _all(item.attachments, Attachment), "attachments is a tuple of Attachment")

    def test_links_are_safe_to_open(self) -> None:
        def safe(item: Item) -> bool:
            links = [item.url, *(attachment.url for attachment in item.attachments)]
            return all(urlsplit(link).scheme.lower() in _SCHEMES for link in links if link)

        self._each(safe, "a link is absolute and no script, file or data")

    def test_translating_changes_nothing_and_asks_nobody(self) -> None:
        connector = self.made()
        for record in self.records():
            before = _copied(record)
            with watched() as seen:
                first, second = connector.item(record), connector.item(record)
            require(not seen, f"item() tried {seen}: all input and output belongs into fetch")
            require(first == second, "item() of the same record gives another item")
            require(before is None or before == record, "item() changes the record it is given")

    def test_the_zone_of_the_machine_makes_no_difference(self) -> None:
        here = [asdict(item) for item in self.items()]
        for zone in ("Pacific/Kiritimati", "America/Los_Angeles"):
            with _zone(zone):
                require([asdict(item) for item in self.items()] == here, f"items differ where the machine is in {zone}")

    def test_items_hold_no_secret(self) -> None:
        told = repr([asdict(item) for item in self.items()])
        require(not any(secret in told for secret in self.hidden()), "an item contains a secret of the options")

    def test_events_are_well_formed(self) -> None:
        for event in self.first().events:
            fault = _fault(event)
            require(fault is None, f"{event}: {fault}")

    def _have(self, names: tuple[str, ...], holds: Callable[[Any], object], rule: str) -> None:
        for item in self.items():
            for name in names:
                require(holds(getattr(item, name)), f"{name} {rule}: {item}")

    def _each(self, holds: Callable[[Item], object], rule: str) -> None:
        for item in self.items():
            require(holds(item), f"{rule}: {item}")


def _fault(event: Event) -> str | None:
    """Say what is wrong with the values of an event, None where nothing is."""
    for name in getattr(event, "__slots__", ()):
        value = getattr(event, name)
        if isinstance(value, datetime) and not _aware(value):
            return f"{name} has no time zone"
        if name == "id" and not (isinstance(value, str) and value):
            return "id is not a text"
    return None


def _aware(when: datetime | None) -> bool:
    return when is None or (isinstance(when, datetime) and when.utcoffset() is not None)


def _text_or_none(value: object) -> bool:
    return value is None or (isinstance(value, str) and bool(value))


def _person(person: object) -> bool:
    if not isinstance(person, Person):
        return False
    texts = isinstance(person.name, str) and isinstance(person.address, str)
    return texts and bool(person.name or person.address) and isinstance(person.role, Role)


def _all(values: object, type_: type) -> bool:
    return isinstance(values, tuple) and all(isinstance(value, type_) for value in values)


def _copied(record: Any) -> Any:
    try:
        return copy.deepcopy(record)
    except TypeError:  # a record may hold what cannot be copied
        return None


@contextmanager
def _zone(name: str) -> Iterator[None]:
    """Put the process into another time zone, where the system can do that."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = name
    _zone_changed()
    try:
        yield
    finally:
        os.environ.pop("TZ")
        if before is not None:
            os.environ["TZ"] = before
        _zone_changed()


def _zone_changed() -> None:
    if hasattr(time, "tzset"):
        time.tzset()
