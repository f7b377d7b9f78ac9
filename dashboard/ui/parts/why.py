"""Why an item stands where it stands: sentences, bars that add up to the score, and what would change the place."""

from collections.abc import Sequence
from datetime import timedelta
from html import escape

import streamlit as st

from dashboard.board.pictures import Standing
from dashboard.board.records import Place, Reason
from dashboard.i18n import Translator
from dashboard.ui.parts import pictures

_ORDINARY = {"why.other", "why.form", "why.renown", "why.recency", "why.listed"}
_UNSENT = {"why.less.contact": "why.unsent_contact", "why.renown": "why.unsent_renown"}
"""Of what has no sender these are said otherwise: they would speak of a person."""
_ONE_MESSAGE = ("why.lively", 1)
_SPANS = ("hours", "minutes")
_FIRST = "why.first."
_SET_BY_PERSON = {f"why.{name}" for name in ("person", "topic", "project", "channel", "kind", "source")}
_SET_BY_PERSON |= {"why.less.person", "why.first.ask", "why.first.call"}
_CHANGES = 3
_DIGITS = 2


def sentence(reason: Reason, t: Translator) -> str:
    """Say a reason in the language of the person."""
    length = {unit: reason.args[unit] for unit in _SPANS if unit in reason.args}
    args = dict(reason.args, time=t.span(timedelta(**length)))
    if args.get("name") == "":
        return t(_UNSENT.get(reason.key, reason.key), **{**args, "name": t("why.nobody")})
    return t(reason.key, **args)


def telling(reasons: Sequence[Reason]) -> list[Reason]:
    """Return what speaks for an item, without what is true of nearly every item."""
    plain = [one for one in reasons if one.key not in _ORDINARY and (one.key, one.args.get("count")) != _ONE_MESSAGE]
    return [reason for reason in plain if reason.points > 0]


def show(reasons: Sequence[Reason], standing: Standing | None, t: Translator) -> None:
    """Show every reason with its bar and points, their sum, and which single reason would move the item."""
    if standing is None or not reasons:
        st.markdown(t("why.place_none"))
        return
    pictures.style()
    st.html(table(reasons, standing, t) + changes(reasons, standing, t))


def table(reasons: Sequence[Reason], standing: Standing, t: Translator) -> str:
    """Return the reasons as an HTML table in which each row has its bar; the last row is their sum."""
    points = rounded([reason.points for reason in reasons])
    scale = _Scale(reasons)
    rows = [
        f'<tr><th scope="row">{_said(reason, t)}</th><td><div class="fd-cell">{scale.bar(reason)}'
        f"<output>{_number(shown, t)}</output></div></td></tr>"
        for reason, shown in zip(reasons, points, strict=True)
    ]
    return (
        f'<table class="fd fd-why"><caption>{escape(_place(standing, t))}</caption>'
        f'<thead><tr><th scope="col">{t("why.column_reason")}</th><th scope="col">{t("why.column_points")}</th></tr>'
        f"</thead><tbody>{''.join(rows)}</tbody>"
        f'<tfoot><tr><th scope="row">{t("why.sum")}</th><td><div class="fd-cell">'
        f"<output>{_number(sum(points), t)}</output></div></td></tr></tfoot></table>"
    )


def rounded(points: Sequence[float], digits: int = _DIGITS) -> list[float]:
    """Round numbers so that what is shown adds up to their rounded sum: those nearest to the next step take it."""
    step = 10**digits
    floors = [int(value * step // 1) for value in points]
    missing = round(sum(points) * step) - sum(floors)
    nearest = sorted(range(len(points)), key=lambda n: floors[n] - points[n] * step)
    up = set(nearest[:missing])
    return [(floor + (n in up)) / step for n, floor in enumerate(floors)]


class _Scale:
    """How long a bar is and where zero lies; one that puts an item before all is cut, to leave room for the others."""

    def __init__(self, reasons: Sequence[Reason]) -> None:
        ordinary = [reason.points for reason in reasons if not reason.key.startswith(_FIRST)]
        least, most = min(0.0, *ordinary, 0.0), max(0.0, *ordinary, 0.0)
        if len(ordinary) < len(reasons):
            most = max(most, -least, 1.0)
        self._length = (most - least) or 1.0
        self._most = most
        self._zero = -least / self._length * 100

    def bar(self, reason: Reason) -> str:
        """Return the bar of a reason; its points stand beside it, so it is hidden from screen readers."""
        first = reason.key.startswith(_FIRST)
        width = min(abs(reason.points), self._most if first else abs(reason.points)) / self._length * 100
        left = self._zero - width if reason.points < 0 else self._zero
        kind = "fd-less" if reason.points < 0 else "fd-cut" if first else ""
        style = f"left:{left:.2f}%;width:{width:.2f}%"
        return (
            f'<div class="fd-bar" style="--zero:{self._zero:.2f}%" aria-hidden="true">'
            f'<i class="{kind}" style="{style}"></i></div>'
        )


def _said(reason: Reason, t: Translator) -> str:
    text = escape(sentence(reason, t))
    if reason.key not in _SET_BY_PERSON:
        return text
    return f'<a href="profile" title="{escape(t("why.yours"))}">{text}</a>'


def _number(points: float, t: Translator) -> str:
    return t.number(points, _DIGITS, sign=True)


def _place(standing: Standing, t: Translator) -> str:
    key = "why.place_held" if standing.now.place is Place.HELD else "why.place"
    return t(key, number=standing.now.number, of=standing.now.of)


def changes(reasons: Sequence[Reason], standing: Standing, t: Translator) -> str:
    """Return, as HTML, which single reasons would move the item most were they gone."""
    here = standing.now
    moves = [
        (reason, there)
        for reason, there in zip(reasons, standing.without, strict=False)  # the small ones, told together, move nothing
        if (there.place, there.number) != (here.place, here.number)
    ]
    moves.sort(key=lambda move: (move[1].place is here.place, -abs(move[1].number - here.number)))
    if not moves:
        return f'<p class="fd">{escape(t("why.steady"))}</p>'
    lines = [_change(reason, there.place is not here.place, there.number, t) for reason, there in moves[:_CHANGES]]
    return f'<div class="fd"><p>{t("why.change")}</p><ul>{"".join(lines)}</ul></div>'


def _change(reason: Reason, leaves: bool, number: int, t: Translator) -> str:
    text = t("why.without_held" if leaves else "why.without", reason=sentence(reason, t), number=number)
    return f"<li>{escape(text)}</li>"
