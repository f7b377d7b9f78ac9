"""What matters to the person, in their own words: everything that decides the order can be read and changed here."""

import json

import streamlit as st

from dashboard.board import Board
from dashboard.board.records import Invalid
from dashboard.i18n import Translator
from dashboard.relevance import HEAVIEST
from dashboard.store.records import Employee, Kind
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
        own = st.text_area(t("profile.own"), "\n".join(profile["me"]), help=t("profile.own_help"), height=_HEIGHT)
        left, right = st.columns(2)
        lists = {
            name: column.text_area(
                t(f"profile.{name}"), lines(profile[name]), help=t("profile.weight_help"), height=_HEIGHT
            )
            for name, column in zip(_LISTS, (left, right, left, right), strict=True)
        }
        st.subheader(t("profile.muted"), anchor=False)
        muted = {
            name: column.text_area(
                t(f"profile.muted_{name}"),
                "\n".join(profile["muted"][name]),
                help=t("profile.line_help"),
                height=_HEIGHT,
            )
            for name, column in zip(_MUTED, st.columns(3), strict=True)
        }
        st.subheader(t("profile.kinds"), anchor=False)
        grid = st.columns(3)
        kinds = {
            kind.value: grid[place % 3].slider(
                t(f"kind.{kind}"), -HEAVIEST, HEAVIEST, float(profile["kinds"].get(kind.value, 0.0)), _STEP
            )
            for place, kind in enumerate(Kind)
        }
        if not st.form_submit_button(t("profile.save"), type="primary"):
            _export(profile, t)
            return
    changed = profile | {name: weights(text) for name, text in lists.items()}
    changed |= {"me": own.splitlines(), "kinds": {kind: weight for kind, weight in kinds.items() if weight}}
    changed["muted"] = profile["muted"] | {name: text.splitlines() for name, text in muted.items()}
    try:
        board.profiles.save(person.id, changed)
    except Invalid as error:
        st.error(str(error))
        return
    st.success(t("profile.saved"), icon=":material/check:")
    _export(changed, t)


def _export(profile: dict[str, object], t: Translator) -> None:
    st.download_button(
        t("profile.export"),
        json.dumps(profile, indent=2, ensure_ascii=False),
        file_name="frontdesk-profile.json",
        mime="application/json",
        icon=":material/download:",
    )
