"""Actions: what a person does with an item is done at its source at once, and seen at once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.kit import BadData, Change, Gone, Item, Misconfigured, Read
from dashboard.connection import Connections
from dashboard.store.protocol import Engine
from dashboard.store.records import Batch, Source, Tally


def perform(  # noqa: PLR0917  who, where, what, with what
    connections: Connections,
    engine: Engine,
    source: Source,
    item: Item,
    action: str,
    arguments: Mapping[str, Any] | None = None,
    *,
    now: datetime,
) -> Tally:
    """Do ``action`` with an item at its source and save the visible effect that the connector returns.

    A running fetch of the same source goes on undisturbed. Raises one of the five errors where the
    source refuses; then nothing has changed here.
    """
    connector = connections.connector(source)
    method = type(connector).actions().get(action)
    if method is None:
        raise Misconfigured(f"{source.connector} offers no {action}")
    effect = method(connector, connections.run(source, connector, now=now), item, **(arguments or {}))
    if effect is None:
        return Tally()
    if not isinstance(effect, Change | Gone | Read):
        raise BadData(f"{source.connector}.{action} returned {type(effect).__name__}, which is no effect")
    gone = (effect.id,) if isinstance(effect, Gone) else ()
    events = () if isinstance(effect, Gone) else (effect,)
    return engine.commit(source.id, None, Batch(gone=gone, events=events), now=now)
