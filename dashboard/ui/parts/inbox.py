"""The list of rows as one component, whose actions arrive exactly once however fast they come."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st

from dashboard.board.records import Row
from dashboard.i18n import Translator
from dashboard.ui.parts import why

_HERE = Path(__file__).parent
_CHIPS = 3
VERBS = ("open", "done", "snooze", "pin")


class Action(NamedTuple):
    """What a person did with a row; ``n`` counts up within one open page."""

    n: int
    verb: str
    id: int


def fresh(sent: Sequence[Mapping[str, Any]] | None, acknowledged: int) -> list[Action]:
    """Return the actions not yet carried out, in their order; the page repeats them until it sees them acknowledged."""
    actions = (Action(int(one["n"]), str(one["verb"]), int(one["id"])) for one in sent or ())
    return sorted(action for action in actions if action.n > acknowledged and action.verb in VERBS)


def row_data(row: Row, t: Translator, now: datetime) -> dict[str, Any]:
    """Return what the component paints of a row: plain texts only."""
    item = row.entry.item
    author = getattr(item.author, "name", "") or getattr(item.author, "address", "") or row.source
    place = item.channel if item.channel and item.channel != author else row.source
    when = item.start or row.entry.at
    return {
        "id": str(row.entry.id),
        "kind": item.kind or "file",
        "kind_name": t(f"kind.{item.kind}"),
        "who": author if place == author else f"{author} · {place}",
        "ago": t.ago(when, now),
        "at": when.isoformat(),
        "date": t.moment(when),
        "title": item.title or row.snippet or t("inbox.untitled"),
        "snippet": row.snippet if item.title else "",
        "count": row.count,
        "unread": bool(item.unread) or (item.unread is None and row.entry.mark.seen_at is None),
        "pinned": row.entry.mark.pinned,
        "why": [why.sentence(one, t) for one in why.telling(row.why)[:_CHIPS]],
    }


def show(key: str, rows: Sequence[Row], t: Translator, now: datetime, act: Callable[[Action], None]) -> None:
    """Show the rows and call ``act`` once for everything the person does with one."""
    component = st.components.v2.component(
        "frontdesk.inbox",
        html='<ul class="rows" role="list"></ul><div class="live" role="status"></div>',
        css=(_HERE / "inbox.css").read_text(encoding="utf-8"),
        js=(_HERE / "inbox.js").read_text(encoding="utf-8"),
    )
    counter = f"{key}.acknowledged"

    def on_actions() -> None:
        for action in fresh(st.session_state[key].get("actions"), st.session_state.get(counter, 0)):
            st.session_state[counter] = action.n
            act(action)

    texts = {name: t(f"inbox.{name}") for name in ("done", "snooze", "pin", "why", "done_said", "snooze_said")}
    data = {
        "items": [row_data(row, t, now) for row in rows],
        "texts": texts,
        "acknowledged": st.session_state.get(counter, 0),
    }
    # In a list: of a mapping Streamlit asks whether a value is a data frame, and loads pandas for that (80 MB, 1 s).
    component(key=key, data=[data], on_actions_change=on_actions)
