"""The list of rows as one component, whose actions arrive exactly once however fast they come."""

import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypedDict, Unpack

import streamlit as st
from cachetools import LRUCache

from dashboard.board.marks import Undone
from dashboard.board.records import Place, Reason, Row, Version
from dashboard.i18n import Translator
from dashboard.store.records import Step
from dashboard.ui.parts import assets, triage, why
from dashboard.ui.parts.delivery import Delivery

_SCRIPTS = ("times.js", "ring.js", "inbox_rows.js", "inbox_menus.js", "inbox_post.js", "inbox.js")
_LIST = assets.Part("frontdesk.inbox", _SCRIPTS, html=assets.read("inbox.html"), css="inbox.css")
_CHIPS = 3
_PAGES = 200
_BOOT = secrets.token_hex(4)
_RECENT = timedelta(minutes=1)
_LINKS = ("http://", "https://")
_TITLE = 160
_MARKS = str.maketrans("", "", "\x02\x03")  # around what a search found
_TEXTS = ("inbox.", "ago.", "in.", "kind.")
_FIRST = "why.first."
_SAID_BETTER = {
    "why.first.soon": "why.soon",
    "why.first.due": ("why.due", "why.overdue"),
    "why.ask": "why.first.ask",
    "why.direct": "why.invited",
    "why.person": ("why.first.ask", "why.first.call"),
}
"""Of two reasons that say the same, the one on the left gives way to those on the right."""

_acknowledged: dict[int, LRUCache[str, int]] = {}  # by person: nobody can push out what others did
_lock = threading.Lock()


def claim(person: int, sent: Any) -> Iterator[triage.Action]:
    """Yield the actions that nobody has carried out, each taken as it is yielded: a page repeats them until told so.

    What was taken is known for the whole process, so that a page that was opened anew, with its
    session gone, can send what it is not sure of. Streamlit may stop a run between two actions,
    whose page is gone: the rest is not taken then.
    """
    for action in triage.actions(sent):
        with _lock:
            known = _acknowledged.setdefault(person, LRUCache(_PAGES))
            if action.n <= known.get(action.page, 0):
                continue
            known[action.page] = action.n
        yield action


def acknowledged(person: int, pages: Iterable[str]) -> dict[str, int]:
    """Return up to which number the actions of each page were taken."""
    with _lock:
        known = _acknowledged.get(person) or LRUCache(1)
        return {page: known.get(page, 0) for page in pages}


def _pages(sent: Any) -> set[str]:
    """Return which openings of the page a message has actions of."""
    return {str(one.get("page"))[:40] for one in triage.heard(sent)}


def chips(reasons: Sequence[Reason], t: Translator) -> list[str]:
    """Return in a few words what speaks for a row, each thing once, the weightiest first."""
    told = why.telling(reasons)
    keys = {reason.key for reason in told}
    kept = [reason for reason in told if not keys & set(_words(_SAID_BETTER.get(reason.key, ())))]
    return [why.sentence(reason, t) for reason in kept[:_CHIPS]]


def row_data(row: Row, t: Translator, place: Place | None = Place.SHOWN) -> dict[str, Any]:
    """Return what the component paints of a row: plain texts only, and times in POSIX seconds.

    Without a ``place`` the rows are of several lists, and each says where it is.
    """
    where = [t(f"place.{row.place or 'old'}")] if place is None and row.place is not Place.SHOWN else []
    ordered = place is Place.SHOWN
    place = place or row.place
    item, mark = row.entry.item, row.entry.mark
    author = getattr(item.author, "name", "") or getattr(item.author, "address", "") or row.source
    origin = item.channel if item.channel and item.channel != author else row.source
    url = item.url or ""
    said_in_title = row.snippet and (not item.title or row.snippet.translate(_MARKS) == item.title)
    data = {
        "id": str(row.entry.id),
        "kind": item.kind or "file",
        "who": author if origin == author else f"{author} · {origin}",
        "at": (item.start or row.entry.at).timestamp(),
        "title": row.snippet if said_in_title else item.title or t("inbox.untitled"),
        "snippet": "" if said_in_title else row.snippet,
        "count": row.count,
        "unread": bool(item.unread) or (item.unread is None and mark.seen_at is None),
        "pinned": mark.pinned,
        "first": ordered and any(reason.key.startswith(_FIRST) for reason in row.why),
        "why": where + chips(row.why, t),
        "url": url if url.lower().startswith(_LINKS) else "",
        "names": triage.mutable(row.entry, row.source),
        "back": place in (Place.SNOOZED, Place.MUTED) or (place is Place.DONE and mark.done_at is not None),
        "left": place not in (Place.SHOWN, Place.HELD),
    }
    return {name: value for name, value in data.items() if value not in (False, "", [])}


class Extras(TypedDict, total=False):
    """What a list is beside its rows.

    ``view`` names what is looked at: another one is put in its order at once, where else nothing
    jumps under the fingers. ``last`` is what the person did last: it is offered to be taken back
    where that was just now. ``failed`` says that something was not done. With ``versions`` the rows
    are only those that :func:`delivery` does not know. With a ``rev`` it rings as a bell does.
    """

    person: int
    view: str
    place: Place | None
    last: Step | None
    failed: bool
    versions: Mapping[int, Version]
    rev: int


def begin(key: str) -> None:
    """Forget what a page has of a list: it is built anew."""
    st.session_state.pop(f"{key}.delivery", None)


def delivery(key: str) -> Delivery:
    """Return what the page has of a list."""
    found: Delivery = st.session_state.setdefault(f"{key}.delivery", Delivery())
    return found


def show(
    key: str,
    rows: Sequence[Row],
    t: Translator,
    now: datetime,
    act: Callable[[triage.Action], None],
    **extras: Unpack[Extras],
) -> None:
    """Show the rows and call ``act`` once for everything the person does with them."""
    person, place, last = extras.get("person", 0), extras.get("place", Place.SHOWN), extras.get("last")
    if "versions" not in extras:
        begin(key)
    pages = f"{key}.pages"

    def on_actions() -> None:
        told = st.session_state[key].get("actions")
        sent = told.get("actions") if isinstance(told, Mapping) else None
        st.session_state[pages] = list(_pages(sent))
        _hear(key, told)
        for action in claim(person, sent):
            act(action)

    taken_back = triage.undone()
    data = {
        "key": key,
        "view": extras.get("view", ""),
        "boot": _BOOT,
        "list": delivery(key).message(rows, lambda row: row_data(row, t, place), extras.get("versions")),
        "rev": extras.get("rev"),
        "language": t.language,
        "acknowledged": acknowledged(person, st.session_state.get(pages, ())),
        "last": {"verb": last.verb, "title": last.subject} if last and now - last.at < _RECENT else None,
        "undone": _undone(taken_back) if taken_back else None,
        "failed": extras.get("failed", False),
    }
    _LIST.show(data, key, texts=assets.texts(t.language, *_TEXTS), on_actions_change=on_actions)


def _hear(key: str, told: Any) -> None:
    """Take in what a page says it has of the list, whatever it sends."""
    of, seen, lost = (told.get(name) for name in ("of", "seen", "lost")) if isinstance(told, Mapping) else (None,) * 3
    if of != delivery(key).name:
        return
    if lost:
        begin(key)
    elif isinstance(seen, int):
        delivery(key).seen(seen)


def _undone(taken_back: tuple[triage.Action, Undone | None]) -> dict[str, Any]:
    action, found = taken_back
    told: dict[str, Any] = {"page": action.page, "n": action.n, "verb": ""}
    if found is None:
        return told
    title = found.entry.item.title if found.entry else found.step.subject
    ids = [str(entry) for entry in found.step.entries]
    return told | {"verb": found.step.verb, "title": title[:_TITLE], "ids": ids, "count": len(ids)}


def _words(keys: str | Iterable[str]) -> Iterable[str]:
    return (keys,) if isinstance(keys, str) else keys
