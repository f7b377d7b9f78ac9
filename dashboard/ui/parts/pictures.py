"""Pictures as plain HTML in the colours of the page, each with its table; no chart library is loaded.

Streamlit's sanitizer takes SVG out, so bars are boxes. Colours are mixed with the colour of the text:
so they follow light and dark also in drawers, which know no theme of their own.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from html import escape
from pathlib import Path

import streamlit as st

from dashboard.board import Board
from dashboard.board.pictures import Hour, Span
from dashboard.board.records import Place
from dashboard.i18n import Translator
from dashboard.store.records import Employee, Health, Kind

_STYLE = Path(__file__).with_suffix(".css")

_HUES: Mapping[str, str] = {
    Kind.MAIL: "#2f7de1",
    Kind.CHAT: "#1f9e78",
    Kind.NEWS: "#c8871a",
    Kind.EVENT: "#a855c7",
    Kind.TASK: "#d4553f",
    Kind.FILE: "#71809a",
    Kind.NOTE: "#8d9130",
    Kind.CALL: "#1597b3",
    Kind.SOCIAL: "#d95f98",
}
_LABELS = 6
_WELL = (Health.NEW, Health.OK)


def style() -> None:
    """Let the pictures of this run look as they should; once is enough for all of them."""
    st.html(f"<style>{_STYLE.read_text(encoding='utf-8')}</style>")


def flow(board: Board, person: Employee, t: Translator) -> None:
    """Show how many items reached the person in each hour of their day, by kind, and where those stand now."""
    style()
    st.html(day(board.pictures.day(person.id, t.zone), t))


def day(hours: Sequence[Hour], t: Translator) -> str:
    """Return the hours of a day as stacked bars with their legend and table."""
    count = sum(hour.count for hour in hours)
    if not count:
        return f'<p class="fd">{escape(t("pictures.day_none"))}</p>'
    first = next(number for number, hour in enumerate(hours) if hour.count)
    hours = hours[first:]
    kinds = [kind for kind in Kind if any(hour.kinds.get(kind) for hour in hours)]
    places = ", ".join(
        f"{total} {t(f'place.{place}')}" for place in Place if (total := sum(h.places.get(place, 0) for h in hours))
    )
    return (
        f'<div class="fd"><p>{escape(t("pictures.day_sum", arrived=count, places=places))}</p>'
        f"{_bars(hours, kinds, t)}{_legend(hours, kinds, t)}{_day_table(hours, kinds, t)}</div>"
    )


def strip(spans: Sequence[Span], source: str, days: int, t: Translator) -> str:
    """Return how a source did over some days as one coloured line, with the share of time and the table under it.

    The share is of the time in which it was to be read: a pause on purpose counts neither way.
    """
    known = sum((span.length for span in spans if span.health and not _rested(span)), timedelta())
    well = sum((span.length for span in spans if span.health in _WELL), timedelta())
    since = next((span.begin for span in spans if span.health), None)
    share = (
        t("pictures.well_share", share=int(well / known * 100), when=t.moment(since))
        if since and known
        else t("pictures.unknown")
    )
    parts = "".join(
        f'<i class="fd-{_look(span)}" style="flex:{max(span.length.total_seconds(), 1):.0f} 0 0"></i>' for span in spans
    )
    rows = [
        [
            t.moment(span.begin),
            t.moment(span.end) if span is not spans[-1] else t("pictures.now"),
            t(f"health.{span.health}") if span.health else t("pictures.unknown"),
            t.find(f"failure.{span.failure}", span.failure) if span.failure else "",
        ]
        for span in reversed(spans)
    ]
    heads = [t(f"pictures.{name}") for name in ("from", "until", "state", "cause")]
    table = grid(heads, rows, t("pictures.health_of", source=source, days=days), words=True)
    return f'<div class="fd"><div class="fd-strip" aria-hidden="true">{parts}</div>{folded(share, table)}</div>'


def _look(span: Span) -> str:
    return "unknown" if span.health is None or _rested(span) else span.health


def _rested(span: Span) -> bool:
    """Whether the source was stopped on purpose: no trouble, and no time in which it could have worked."""
    return span.health is Health.PAUSED and not span.failure


def folded(title: str, inside: str) -> str:
    """Return HTML that is opened by pressing its title."""
    return f"<details><summary>{escape(title)}</summary>{inside}</details>"


def grid(heads: Iterable[str], rows: Iterable[Sequence[object]], caption: str, *, words: bool = False) -> str:
    """Return a table whose first column names each row; wide ones scroll by themselves. ``words``: no numbers in it."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(str(name))}</th>{"".join(f"<td>{escape(str(cell))}</td>" for cell in cells)}</tr>'
        for name, *cells in rows
    )
    kind = "fd fd-text" if words else "fd"
    said = escape(caption)
    inside = f"<caption>{said}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    table = f'<table class="{kind}">{inside}</table>'
    return f'<div class="fd-wide" tabindex="0" role="region" aria-label="{said}">{table}</div>'


def _bars(hours: Sequence[Hour], kinds: Sequence[str], t: Translator) -> str:
    most = max(hour.count for hour in hours)
    every = -(-len(hours) // _LABELS)
    bars = "".join(f"<div>{''.join(_box(hour, kind, most) for kind in kinds)}</div>" for hour in hours)
    labels = "".join(f"<span>{t.hour(h.begin) if n % every == 0 else ''}</span>" for n, h in enumerate(hours))
    return (
        f'<div class="fd-hours" aria-hidden="true">{bars}</div><div class="fd-axis" aria-hidden="true">{labels}</div>'
    )


def _box(hour: Hour, kind: str, most: int) -> str:
    count = hour.kinds.get(kind, 0)
    return f'<i style="height:{count / most * 100:.1f}%;background:{_colour(kind)}"></i>' if count else ""


def _legend(hours: Sequence[Hour], kinds: Sequence[str], t: Translator) -> str:
    totals = ((kind, sum(hour.kinds.get(kind, 0) for hour in hours)) for kind in kinds)
    return '<ul class="fd-legend">{}</ul>'.format(
        "".join(
            f'<li><i style="background:{_colour(kind)}" aria-hidden="true"></i>{escape(t(f"kind.{kind}"))} {total}</li>'
            for kind, total in totals
        )
    )


def _day_table(hours: Sequence[Hour], kinds: Sequence[str], t: Translator) -> str:
    places = [place for place in Place if any(hour.places.get(place) for hour in hours)]
    heads = [
        t("pictures.hour"),
        *(t(f"kind.{kind}") for kind in kinds),
        t("pictures.together"),
        *(t(f"place.{place}") for place in places),
    ]
    rows = [
        [
            t.hour(hour.begin),
            *(hour.kinds.get(kind, 0) for kind in kinds),
            hour.count,
            *(hour.places.get(place, 0) for place in places),
        ]
        for hour in hours
    ]
    return folded(t("pictures.table"), grid(heads, rows, t("pictures.day")))


def _colour(kind: str) -> str:
    return f"color-mix(in srgb, currentColor 15%, {_HUES[kind]})"
