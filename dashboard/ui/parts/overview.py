"""What arrived and where it is, how fresh that is, and what to look at: three lines above the list."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import streamlit as st

from dashboard.board.records import EVERYTHING, Filter, Place, Sum, Today
from dashboard.i18n import Translator
from dashboard.store.records import Health, Source
from dashboard.ui.parts import assets

_BREAK = "break"
_LISTS = (Place.SHOWN, Place.HELD, Place.DONE, Place.SNOOZED, Place.MUTED)
_ALWAYS = (Place.SHOWN, Place.HELD)
_NAME, _LONGEST = "frontdesk.overview", 200
_LINES = assets.Part(_NAME, ("times.js", "overview.js"), html=assets.read("overview.html"), css="overview.css")
_TEXTS = ("overview.", "ago.", "in.")


@dataclass(frozen=True, slots=True)
class Look:
    """What a person looks at: one list, the tray of a break instead of it, and what of it."""

    place: Place = Place.SHOWN
    tray: bool = False
    only: Filter = EVERYTHING

    @property
    def name(self) -> str:
        """The same for the address of the page and to compare."""
        return "&".join(f"{name}={value}" for name, value in self.query().items())

    def query(self) -> dict[str, str]:
        """Return the query of the address, without what is so anyway."""
        listed = _BREAK if self.tray else "" if self.place is Place.SHOWN else str(self.place)
        source = "" if self.only.source is None else str(self.only.source)
        told = {"list": listed, "kind": self.only.kind or "", "source": source}
        if self.only.channel is not None:
            told["channel"] = self.only.channel or "-"
        return {name: value for name, value in told.items() if value}


def look(query: Mapping[str, str]) -> Look:
    """Read an address, whatever stands in it; what cannot be meant is passed over."""
    listed, source, channel = query.get("list", ""), query.get("source", ""), query.get("channel")
    tray = listed == _BREAK
    place = Place.HELD if tray else Place(listed) if listed in _LISTS else Place.SHOWN
    number = int(source) if source.isdecimal() and len(source) < 18 else None
    if channel is not None:
        channel = "" if channel == "-" else channel[:_LONGEST]
    return Look(place, tray, Filter(query.get("kind", "")[:20] or None, number, channel))


def sums(total: Sum, at: Look, t: Translator) -> list[dict[str, Any]]:
    """Return the parts of the sum: each a number, what it is called, and where it leads."""
    counts = (total.shown, total.held, total.done, total.snoozed, total.muted)
    return [
        {
            "count": count,
            "text": t(f"overview.{place}"),
            "look": Look(place, only=at.only).query(),
            "on": at.place is place,
        }
        for place, count in zip(_LISTS, counts, strict=True)
        if count or place in _ALWAYS or at.place is place
    ]


def freshness(sources: Sequence[Source], t: Translator) -> list[dict[str, Any]]:
    """Return how each source is, those in trouble first; times in POSIX seconds, None for never."""
    told = [
        {
            "title": source.title,
            "read": source.synced_at.timestamp() if source.synced_at else None,
            "newest": source.newest_at.timestamp() if source.newest_at else None,
            "health": str(source.health),
            "state": t(f"health.{source.health}"),
            "since": source.since.timestamp() if source.since else None,
            "cause": t.find(f"failure.{source.failure}", t("failure.Bug")) if source.failure else "",
            "muted": source.muted,
        }
        for source in sources
    ]
    order = [Health.PAUSED, Health.FAILING, Health.NEW, Health.OK]
    return sorted(told, key=lambda one: order.index(Health(str(one["health"]))))


def choices(today: Today, at: Look, t: Translator) -> dict[str, Any]:
    """Return what can be chosen of the list, with how much there is of each; what is chosen is always among it."""
    kinds = dict(today.kinds)
    if at.only.kind:
        kinds.setdefault(at.only.kind, 0)
    titles = {source.id: source.title for source in today.sources}
    per_source: dict[int, int] = {}
    for (source, _), count in today.channels.items():
        per_source[source] = per_source.get(source, 0) + count
    if at.only.source is not None and at.only.source in titles:
        per_source.setdefault(at.only.source, 0)
    return {
        "kinds": [[kind, t.find(f"kind.{kind}", kind), count] for kind, count in sorted(kinds.items())],
        "all": sum(today.kinds.values()),
        "sources": [[str(source), titles.get(source, ""), count] for source, count in _by_title(per_source, titles)],
        "channels": _channels(today, at, t),
    }


def _by_title(counts: Mapping[int, int], titles: Mapping[int, str]) -> list[tuple[int, int]]:
    return sorted(counts.items(), key=lambda pair: (titles.get(pair[0], "").casefold(), pair[0]))


def _channels(today: Today, at: Look, t: Translator) -> list[list[Any]]:
    """Return the channels of the chosen source, where it has more than one."""
    found = {channel: count for (source, channel), count in today.channels.items() if source == at.only.source}
    if at.only.channel is not None:
        found.setdefault(at.only.channel, 0)
    if len(found) < 2 and at.only.channel is None:
        return []
    named = [[channel or "-", channel or t("overview.no_channel"), count] for channel, count in found.items()]
    return sorted(named, key=lambda one: str(one[1]).casefold())


def show(today: Today, at: Look, t: Translator, now: datetime, choose: Callable[[Look], None]) -> None:
    """Show the lines and call ``choose`` with what the person wants to look at."""

    def on_look() -> None:
        wanted = st.session_state[_NAME].get("look") or {}
        choose(look({str(name): str(value) for name, value in wanted.items()}))

    data = {
        "title": t("today.title"),
        "language": t.language,
        "today": now.astimezone(t.zone).date().isoformat(),
        "arrived": today.total.arrived,
        "sums": sums(today.total, at, t),
        "sources": freshness(today.sources, t),
        "choices": choices(today, at, t),
        "look": at.query(),
    }
    _LINES.show(data, _NAME, texts=assets.texts(t.language, *_TEXTS), on_look_change=on_look)
