"""Names with how much they matter, one line each: to be chosen in words, taken out, and added to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from dashboard.i18n import Translator
from dashboard.ui.parts.plain import heard, plain

LEVELS: Mapping[float, str] = {
    3.0: "first",
    2.0: "much_more",
    1.0: "more",
    0.5: "little_more",
    0.0: "normal",
    -1.0: "less",
    -2.0: "much_less",
    -3.0: "least",
}
"""The weights that have a name of their own, the largest first."""

_USUAL = 1.0
_CHOICE_WIDTH = 190
_MANY = 30
"""So many lines are shown at first: a profile may have thousands, and each is a widget or three."""


@dataclass(frozen=True)
class Line:
    """One name with its weight: how the profile writes it, what to call it, and where the weight comes from."""

    name: str
    weight: float
    called: str = ""
    mark: str = ""


def level(weight: float, t: Translator) -> str:
    """Say a weight in words, with its number where it is between two that have a name."""
    nearest = min(LEVELS, key=lambda known: (abs(known - weight), -known))
    said = t(f"level.{LEVELS[nearest]}")
    return said if nearest == weight else f"{said} ({t.number(weight, 1)})"


def choose(label: str, weight: float, key: str, t: Translator, change: Callable[[float], None], *, off: bool) -> None:
    """Show a choice of levels; ``off`` is whether "as usual" is one of them."""
    options = sorted({*(known for known in LEVELS if known or off), weight}, reverse=True)
    st.selectbox(
        label,
        options,
        index=options.index(weight),
        key=key,
        format_func=lambda each: level(each, t),
        label_visibility="visible" if off else "collapsed",
        on_change=lambda: change(st.session_state[key]),
    )


def show(lines: Sequence[Line], key: str, t: Translator, change: Callable[[str, float], None]) -> None:
    """Show one line a name: its level, and a button that takes it out."""
    for line in some(lines, key, t):
        with st.container(horizontal=True, vertical_alignment="center", key=f"{key}.{line.name}"):
            title(line.called or line.name, line.mark)
            with st.container(width=_CHOICE_WIDTH):
                choose(
                    t("level.of", name=heard(line.name)),
                    line.weight,
                    f"{key}.{line.name}.level",
                    t,
                    partial(change, line.name),
                    off=False,
                )
            remove(line.name, f"{key}.{line.name}.remove", t, partial(change, line.name, 0.0))


def some(lines: Sequence[Any], key: str, t: Translator) -> Sequence[Any]:
    """Return the first lines, all of them once the person has asked for that."""
    asked = f"{key}.all"
    if len(lines) <= _MANY or st.session_state.get(f"{asked}.asked"):
        return lines

    def ask() -> None:
        st.session_state[f"{asked}.asked"] = True

    st.button(t("level.all", count=len(lines)), key=asked, icon=":material/expand_more:", on_click=ask)
    return lines[:_MANY]


def title(name: str, mark: str = "") -> None:
    """Show a name at the beginning of its line, with where it comes from."""
    st.markdown(plain(name) + (f" :small[{plain(mark)}]" if mark else ""), width="stretch")


def remove(name: str, key: str, t: Translator, do: Callable[[], None]) -> None:
    """Show the button that takes a name out of a list."""
    told = t("level.remove", name=plain(name))
    with st.container(key=f"icon-only-{key}", width="content"):
        st.button(told, icon=":material/close:", key=key, type="tertiary", help=told, on_click=do)


def add(label: str, suggestions: Mapping[str, str], key: str, do: Callable[[str], None]) -> None:
    """Show a field for one more name; ``suggestions`` are known names by how they are shown."""

    def taken() -> None:
        typed = (st.session_state[key] or "").strip()
        st.session_state[key] = None
        if typed:
            do(suggestions.get(typed, typed))

    shown: dict[str, Any] = {"key": key, "placeholder": label, "label_visibility": "collapsed", "on_change": taken}
    if suggestions:
        st.selectbox(label, list(suggestions), index=None, accept_new_options=True, **shown)
    else:
        st.text_input(label, value=None, **shown)


def added(name: str, change: Callable[[str, float], None]) -> None:
    """Give a name that is new the weight that names usually have."""
    change(name, _USUAL)
