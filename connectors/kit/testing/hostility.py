"""Checks with records that a broken or evil backend could send: each costs only itself."""

import copy
import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from connectors.kit.item import Item
from connectors.kit.recording.tape import Player, Tape
from connectors.kit.testing.subject import Fetched, Subject, require
from connectors.kit.testing.taped import TapedSubject

_LONG = "x" * 100_000
_WRONG: tuple[Any, ...] = (None, 7, -1.5, True, "", "\0\ud800", _LONG, [], [None], {}, {"x": []})
_MISSING: Any = object()
_REPLACEMENTS: tuple[Any, ...] = (_MISSING, None, 7, [], "\0")
_MOST_REPLIES = 300


class HostileRecordChecks(Subject):
    """What :meth:`Connector.item` does with a record that is not what it should be."""

    def test_a_damaged_record_is_no_crash(self) -> None:
        connector = self.made()
        for record in self.records():
            for damaged in damaged_versions(record):
                try:
                    item = connector.item(damaged)
                except Exception:  # noqa: S112  this record is unreadable, and that is all
                    continue
                except SystemExit as error:
                    raise AssertionError(f"item() ends the process at {damaged!r:.200}") from error
                require(
                    item is None or isinstance(item, Item), f"item() made {type(item).__name__} of {damaged!r:.200}"
                )


class HostileReplyChecks(TapedSubject):
    """What a fetch does with a reply in which one record is not what it should be."""

    def test_a_damaged_record_costs_only_itself(self) -> None:
        first = self.first()
        damages = list(self._damages(first))
        for position, key, value in damages[:: len(damages) // _MOST_REPLIES + 1]:
            player = self.player(self._damaged(position, key, value))
            fetched = self._forgiving(player)
            if player.surprises:
                continue  # the damaged value led to a request of its own, which no tape can answer
            what = f"a record {'without' if value is _MISSING else f'with {value!r} as'} {key!r}"
            require(fetched.error is None, f"{what} ends the whole fetch: {fetched.error!r}")
            missing = set(first.items) - set(fetched.items) - self._made_of(first, position)
            require(not missing, f"{what} also lost {sorted(missing)}")

    def _forgiving(self, player: Player) -> Fetched:
        """Fetch as the engine does: a record that cannot be translated is left out."""
        connector, fetched = self.made(), Fetched()
        try:
            for thing in connector.fetch(self.run({}, player)):
                with suppress(Exception):
                    fetched.take(connector, thing)
        except Exception as error:
            fetched.error = error
        return fetched

    def _damages(self, first: Fetched) -> Iterator[tuple[tuple[Any, ...], Any, Any]]:
        for position, node in _nodes([each["reply"].get("json") for each in self.recording().exchanges]):
            if any(_holds(record, node) for record in first.records):
                yield from ((position, key, value) for key in node for value in _REPLACEMENTS)

    def _made_of(self, first: Fetched, position: tuple[Any, ...]) -> set[str]:
        """Return the ids of the items that the record at ``position`` has a part in."""
        node = _at([each["reply"].get("json") for each in self.recording().exchanges], position)
        return {item.id for record, item in first.sources if _holds(record, node)}

    def _damaged(self, position: tuple[Any, ...], key: Any, value: Any) -> Tape:
        exchanges = copy.deepcopy(list(self.recording().exchanges))
        node = _at([each["reply"].get("json") for each in exchanges], position)
        if value is _MISSING:
            del node[key]
        else:
            node[key] = value
        return Tape(exchanges, self.recording().now)


def damaged_versions(record: Any) -> Iterator[Any]:
    """Yield versions of a record with one part missing, of a wrong type, or far too long."""
    if isinstance(record, Mapping):
        for key in list(record):
            without = dict(record)
            del without[key]
            yield _like(record, without)
            yield from (_like(record, dict(record) | {key: wrong}) for wrong in _WRONG)
    elif dataclasses.is_dataclass(record) and not isinstance(record, type):
        for part in dataclasses.fields(record):
            yield from (dataclasses.replace(record, **{part.name: wrong}) for wrong in _WRONG if part.init)
    elif isinstance(record, tuple | list):
        for position in range(len(record)):
            for wrong in _WRONG:
                parts = [*record[:position], wrong, *record[position + 1 :]]
                yield record._make(parts) if hasattr(record, "_make") else type(record)(parts)
    elif isinstance(record, bytes):
        yield from (b"", record[: len(record) // 2], record[::-1], b"\0\xff" * 1000, record + b"x" * 100_000)
    elif isinstance(record, str):
        yield from ("", record[: len(record) // 2], record[::-1], "\0\ud800" * 1000, record + _LONG)


def _like(record: Mapping[Any, Any], values: dict[Any, Any]) -> Any:
    """Make a mapping of the type that the connector's library gave."""
    if type(record) is dict:
        return values
    try:
        return type(record)(values)  # type: ignore[call-arg]
    except Exception:
        return values


def _nodes(value: Any, position: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Mapping[Any, Any]]]:
    """Yield every JSON object with the keys that lead to it."""
    if isinstance(value, Mapping):
        yield position, value
    parts = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from _nodes(part, (*position, key))


def _at(value: Any, position: tuple[Any, ...]) -> Any:
    for key in position:
        value = value[key]
    return value


def _holds(record: Any, node: Mapping[Any, Any]) -> bool:
    """Whether a record is this JSON object, contains all of it, or has it as a part."""
    if len(node) < 2:
        return False
    if isinstance(record, Mapping):
        if all(key in record and record[key] == value for key, value in node.items()):
            return True
        parts: list[Any] = list(record.values())
    elif isinstance(record, tuple | list):
        parts = list(record)
    elif dataclasses.is_dataclass(record) and not isinstance(record, type):
        parts = [getattr(record, part.name) for part in dataclasses.fields(record)]
    else:
        return False
    return any(part == node for part in parts)
