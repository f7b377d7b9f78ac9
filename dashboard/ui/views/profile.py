"""What matters to the person, in their own words: everything that decides the order can be read and changed here."""

import json
from typing import Any

import streamlit as st

from dashboard.board import Board
from dashboard.board.records import Invalid
from dashboard.i18n import Translator
from dashboard.relevance import HEAVIEST
from dashboard.store.records import Employee, Kind
from dashboard.ui.parts.plain import plain
from dashboard.ui.parts.weights import lines, weights

_LISTS = ("people", "topics", "projects", "channels")
_MUTED = ("people", "channels", "words")
_STEP, _HEIGHT = 0.5, 110


def show(board: Board, person: Employee, t: Translator) -> None:
    """Show the profile as a form and save what was changed."""
    st.header(t("profile.title"), anchor=False)
    st.markdown(t("profile.intro"))
    profile = board.profiles.read(person.id)
    with st.form("profile", border=False):
        changed = profile | _names(profile, t) | _muted(profile, t) | _kinds(profile, t)
        save = st.form_submit_button(t("profile.save"), type="primary")
    if save:
        try:
            board.profiles.save(person.id, changed)
        except Invalid as error:
            st.error(plain(error), icon=":material/error:")
        else:
            profile = board.profiles.read(person.id)
            st.success(t("profile.saved"), icon=":material/check:")
    st.download_button(
        t("profile.export"),
        json.dumps(profile, indent=2, ensure_ascii=False),
        file_name="frontdesk-profile.json",
        mime="application/json",
        icon=":material/download:",
    )


def _names(profile: dict[str, Any], t: Translator) -> dict[str, Any]:
    own = st.text_area(t("profile.own"), "\n".join(profile["me"]), help=t("profile.own_help"), height=_HEIGHT)
    left, right = st.columns(2)
    weighed = {
        name: column.text_area(
            t(f"profile.{name}"), lines(profile[name]), help=t("profile.weight_help"), height=_HEIGHT
        )
        for name, column in zip(_LISTS, (left, right, left, right), strict=True)
    }
    return {"me": own.splitlines(), **{name: weights(text) for name, text in weighed.items()}}


def _muted(profile: dict[str, Any], t: Translator) -> dict[str, Any]:
    st.subheader(t("profile.muted"), anchor=False)
    typed = {
        name: column.text_area(
            t(f"profile.muted_{name}"), "\n".join(profile["muted"][name]), help=t("profile.line_help"), height=_HEIGHT
        )
        for name, column in zip(_MUTED, st.columns(3), strict=True)
    }
    return {"muted": profile["muted"] | {name: text.splitlines() for name, text in typed.items()}}


def _kinds(profile: dict[str, Any], t: Translator) -> dict[str, Any]:
    st.subheader(t("profile.kinds"), anchor=False)
    grid, known = st.columns(3), profile["kinds"]
    chosen = {
        kind.value: grid[place % 3].slider(
            t(f"kind.{kind}"), -HEAVIEST, HEAVIEST, float(known.get(kind.value, 0.0)), _STEP
        )
        for place, kind in enumerate(Kind)
    }
    return {"kinds": {kind: weight for kind, weight in chosen.items() if weight}}
