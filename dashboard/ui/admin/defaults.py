"""Defaults for everyone or a group: what people start with until they decide for themselves."""

from collections.abc import Mapping
from datetime import time
from typing import Any

import streamlit as st

from dashboard.board import Board
from dashboard.board.admin import Part
from dashboard.board.records import MOST_ALERTS, Choice
from dashboard.i18n import Translator
from dashboard.store.records import Default
from dashboard.ui.admin import audience
from dashboard.ui.admin.attempt import attempt
from dashboard.ui.admin.written import lines, weights
from dashboard.ui.parts.plain import plain

_HEIGHT, _GONE = 140, "default.gone"
_WEEK = range(7)


def show(board: Board, me: int, t: Translator) -> None:
    """Show who decides over whom, every default there is, and a form for one."""
    st.markdown(t("admin.defaults_text"))
    _taken_back(board, me, t)
    parts = {part.name: part for part in board.admin.defaults.parts()}
    given = board.admin.defaults.all(me)
    for default in given:
        with st.container(border=True):
            _row(board, me, default, t)
    with st.expander(t("admin.default_add"), icon=":material/add:", expanded=not given):
        _form(board, me, parts, given, t)


def _row(board: Board, me: int, default: Default, t: Translator) -> None:
    name, group = default.name, default.group
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(width="stretch", gap=None):
            whom = t("admin.for_group", group=group) if group else t("admin.for_everyone")
            st.markdown(f"**{_named(name, t)}** · {plain(whom)}")
            st.caption(plain(_told(default.value, t)))
        with st.popover(t("sources.remove")):
            st.markdown(t("admin.default_sure"))
            if st.button(t("sources.remove_yes"), key=f"default.{name}.{group}", type="primary"):
                with attempt(t):
                    board.admin.defaults.unset(me, name, group=group)
                    st.session_state[_GONE] = default


def _taken_back(board: Board, me: int, t: Translator) -> None:
    """Offer the default that was just removed again, until the next one is."""
    gone: Default | None = st.session_state.get(_GONE)
    if gone is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.success(f"{_named(gone.name, t)}: {t('admin.default_removed')}", icon=":material/check:")
        if st.button(t("admin.undo"), key="default.undo", icon=":material/undo:"):
            with attempt(t, t("admin.default_saved")):
                board.admin.defaults.set(me, gone.name, gone.value, group=gone.group)
                del st.session_state[_GONE]


def _named(name: str, t: Translator) -> str:
    return t(f"admin.part.{name.replace('.', '_')}")


def _told(value: Any, t: Translator) -> str:
    """Return a value in one line."""
    if not isinstance(value, Mapping):
        return t(f"admin.language_{value}")
    if "start" in value:
        days = ", ".join(t(f"weekday.{day}") for day in sorted(value.get("days", ())))
        return f"{value['start'][:5]}–{value['end'][:5]}, {days}"
    if "first" in value:
        return (
            t("notify.told", what=t("notify.first"), budget=value["budget"]) if value["first"] else t("notify.nothing")
        )
    told = (f"{t.find(f'kind.{name}', name)}: {weight:g}" for name, weight in value.items() if weight is not True)
    return ", ".join((*told, *(name for name, weight in value.items() if weight is True)))


def _form(board: Board, me: int, parts: Mapping[str, Part], given: list[Default], t: Translator) -> None:
    name = st.selectbox(
        t("admin.default_part"), list(parts), key="default.part", format_func=lambda one: _named(one, t)
    )
    group = audience.choose(board, me, t, key="default")
    known = next((one.value for one in given if (one.name, one.group) == (name, group)), None)
    with st.form(f"default.{name}.{group}", border=False):
        value = _value(parts[name], known, t)
        pressed = st.form_submit_button(t("admin.save"), type="primary", disabled=group is None)
    if pressed:
        with attempt(t, t("admin.default_saved")):
            board.admin.defaults.set(me, name, value, group=group or "")


def _value(part: Part, known: Any, t: Translator) -> Any:
    if part.type == "choice":
        choices = list(part.choices)
        index = choices.index(known) if known in choices else 0
        return st.radio(_named(part.name, t), choices, index, format_func=lambda one: t(f"admin.language_{one}"))
    if part.type == "notify":
        return _notify(Choice(**known or {}), t)
    if part.type == "hours":
        return _hours(known or {}, t)
    if part.choices:
        return _sliders(part, known or {}, t)
    if part.type == "names":
        names = [name for name, on in (known or {}).items() if on]
        text = st.text_area(_named(part.name, t), "\n".join(names), help=t("admin.line_help"), height=_HEIGHT)
        return {name.strip(): True for name in text.splitlines() if name.strip()}
    text = st.text_area(_named(part.name, t), lines(known or {}), help=t("admin.weight_help"), height=_HEIGHT)
    return weights(text)


def _notify(known: Choice, t: Translator) -> dict[str, Any]:
    texts = {False: t("notify.nothing"), True: t("notify.first")}
    first = st.radio(t("admin.part.notify"), list(texts), int(known.first), format_func=texts.__getitem__)
    return {"first": first, "budget": st.number_input(t("notify.budget"), 1, MOST_ALERTS, known.budget, width=160)}


def _sliders(part: Part, known: Mapping[str, float], t: Translator) -> dict[str, float]:
    grid = st.columns(3)
    chosen = {
        name: grid[place % 3].slider(t(f"kind.{name}"), -3.0, 3.0, float(known.get(name, 0.0)), 0.5)
        for place, name in enumerate(part.choices)
    }
    return {name: weight for name, weight in chosen.items() if weight}


def _hours(known: Mapping[str, Any], t: Translator) -> dict[str, Any]:
    left, right = st.columns(2)
    start = left.time_input(t("admin.hours_start"), time.fromisoformat(str(known.get("start", "08:00"))))
    end = right.time_input(t("admin.hours_end"), time.fromisoformat(str(known.get("end", "18:00"))))
    days = st.multiselect(
        t("admin.hours_days"),
        list(_WEEK),
        sorted(known.get("days", _WEEK[:5])),
        format_func=lambda day: t(f"weekday.{day}"),
        placeholder=t("admin.hours_days"),
    )
    zone = st.text_input(t("admin.hours_zone"), str(known.get("zone", t.zone)))
    return {"start": f"{start:%H:%M}", "end": f"{end:%H:%M}", "days": days, "zone": zone}
