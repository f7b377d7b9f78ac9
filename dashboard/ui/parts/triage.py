"""What the keys and buttons of a row do: one plain function, and the times that "later" may mean."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any, NamedTuple

import streamlit as st

from dashboard.board import Board, StoreError
from dashboard.board.marks import Undone
from dashboard.board.mutes import What, spoken
from dashboard.board.records import Invalid, Place
from dashboard.i18n import Translator
from dashboard.store.records import Employee, Entry

VERBS = ("open", "why", "done", "snooze", "pin", "unpin", "mute", "back", "undo")
MUTABLE: tuple[What, ...] = ("thread", "person", "channel", "source")

_MORNING = 6
_LATER = timedelta(hours=3)
_FARTHEST = timedelta(days=366)
_MOST = 500
_HIGHEST = 1 << 53  # what a browser can count to
_LONGEST = 20  # digits of an item's number; of thousands Python makes none
_OPENED, _UNDONE, _FAILED, _WORD = "opened", "undone", "failed", "word"


class Action(NamedTuple):
    """What a person did with rows. ``page`` names one opening of the page, within which ``n`` counts up."""

    page: str
    n: int
    verb: str
    ids: tuple[int, ...] = ()
    choice: str = ""


def heard(sent: Any) -> Sequence[Mapping[str, Any]]:
    """Return as much of a message as is looked at: a page sends the rest again, and no person does so much at once."""
    return [one for one in sent[:_MOST] if isinstance(one, Mapping)] if isinstance(sent, list) else []


def actions(sent: Any) -> list[Action]:
    """Return the actions of a message in their order, those too that were carried out before and are repeated."""
    return sorted(filter(None, map(_read, heard(sent))))


def _read(one: Mapping[str, Any]) -> Action | None:
    """Return an action as a browser sent it, None where it is none: whoever logs in can send anything."""
    try:
        ids = tuple(int(id_) for id_ in list(one["ids"])[:_MOST])
        action = Action(str(one["page"])[:40], int(one["n"]), str(one["verb"]), ids, str(one.get("choice") or "")[:40])
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
        return None
    known = action.verb in VERBS and action.n < _HIGHEST
    return action if known and (action.ids or action.verb == "undo") else None


def carry_out(board: Board, person: Employee, action: Action, zone: tzinfo) -> Undone | None:
    """Do what the person did with rows, each with its whole conversation; return what an undo took back."""
    if action.verb == "undo":
        return board.marks.undo(person.id)
    if action.verb == "mute":
        for what in (what for what in MUTABLE if what == action.choice):
            board.mutes.mute(person.id, action.ids[0], what)
        return None
    if action.verb == "back":
        board.marks.back(person.id, action.ids)
        for entry in action.ids:
            board.mutes.release(person.id, entry)
        return None
    rows = [one for entry in action.ids for one in board.listing.conversation(person.id, entry)]
    if action.verb == "snooze":
        if until := later(action.choice, board.now(), zone):
            board.marks.snooze(person.id, rows, until)
        return None
    _MARKS[action.verb](board, person.id, action.ids if action.verb == "pin" else rows)
    return None


_MARKS: Mapping[str, Callable[[Board, int, Sequence[int]], None]] = {
    "open": lambda board, person, rows: board.marks.seen(person, rows),
    "why": lambda board, person, rows: board.marks.seen(person, rows),
    "done": lambda board, person, rows: board.marks.done(person, rows),
    "pin": lambda board, person, rows: board.marks.pin(person, rows),
    "unpin": lambda board, person, rows: board.marks.unpin(person, rows),
}


def mutable(entry: Entry, source: str) -> dict[What, str]:
    """Return what can be muted of an item beside its conversation, each by its name.

    A feed is often the only channel of its source, and its author, under one name: then the source stands for them.
    """
    named = {what: name for what, name in spoken(entry).items() if name.casefold() != source.casefold()}
    return {**named, "source": source} if source else named


def later(choice: str, now: datetime, zone: tzinfo) -> datetime | None:
    """Return when a snoozed item comes back: by name, or at a local time; None for one that is past or far off."""
    local = now.astimezone(zone)
    morning = local.replace(hour=_MORNING, minute=0, second=0, microsecond=0)
    if choice == "later":
        return now + _LATER
    days = {"": 1, "tomorrow": 1, "week": 7, "monday": 7 - local.weekday()}
    if choice in days:
        return morning + timedelta(days=days[choice])
    try:
        until = datetime.fromisoformat(choice)
        until = until if until.tzinfo else until.replace(tzinfo=zone)
        return until if now < until < now + _FARTHEST else None
    except (OverflowError, ValueError):
        return None


def handler(board: Board, person: Employee, t: Translator) -> Callable[[Action], None]:
    """Return what carries out an action in a view, and remembers what the view has to show for it."""

    def act(action: Action) -> None:
        try:
            undone = carry_out(board, person, action, t.zone)
        except (Invalid, StoreError):
            st.session_state[_FAILED] = True
            return
        st.session_state[_WORD] = action.verb == "back" and _muted(board, person, action.ids)
        if action.verb in ("open", "why") and action.ids:
            st.session_state[_OPENED] = action.ids[0], action.verb == "why"
        if action.verb == "undo":
            st.session_state[_UNDONE] = action, undone

    return act


def _muted(board: Board, person: Employee, ids: Sequence[int]) -> bool:
    """Return whether something that was put back stays out of the list: only a word in it can still mute it."""
    ranking = board.listing.ranking(person.id)
    return any(ranking.place(entry) is Place.MUTED for entry in ids)


def stays_muted() -> bool:
    """Return whether what was put back last stays muted by a word, until something else is done."""
    return bool(st.session_state.get(_WORD, False))


def open_next(entry: int) -> None:
    """Let the list that is shown next open an item."""
    st.session_state[_OPENED] = entry, False


def open_named(name: Any) -> bool:
    """Do the same with the number that an address or a browser gives; return whether it is one."""
    fits = isinstance(name, str) and name.isdecimal() and len(name) < _LONGEST
    if fits:
        open_next(int(name))
    return fits


def opened() -> tuple[int, bool] | None:
    """Return which item is to be shown, and whether at its reasons, until :func:`shown` is called."""
    chosen: tuple[int, bool] | None = st.session_state.get(_OPENED)
    return chosen


def shown() -> None:
    """Say that what was opened is on the page: a run that something new interrupts before that is made again."""
    st.session_state.pop(_OPENED, None)


def undone() -> tuple[Action, Undone | None] | None:
    """Return the last undo of the session, with what it took back, None for nothing."""
    found: tuple[Action, Undone | None] | None = st.session_state.get(_UNDONE)
    return found


def failed() -> bool:
    """Return once whether something was not done in this run: it can be tried again."""
    return bool(st.session_state.pop(_FAILED, False))
