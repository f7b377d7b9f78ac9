"""What matters to the person, in their own words: everything that decides the order can be read and changed here."""

import json

import streamlit as st

from dashboard.board import Board
from dashboard.board.records import Invalid
from dashboard.i18n import Translator
from dashboard.store.records import Employee, Kind
from dashboard.ui.parts.weights import lines, weights

_LISTS = ("people", "topics", "projects", "channels")
_MUTED = ("people", "channels", "words")
_STEP = 0.5


def show(board: Board, person: Employee, t: Translator) -> None:
    """Show the profile as a form and save what was changed."""
    st.header(t("profile.title"), anchor=False)
    st.markdown(t("profile.intro"))
    profile = board.profiles.read(person.id)
    with st.form("profile", border=False):
        own = st.text_area(t("profile.own"), "\n".join(sorted(profile["me"])), help=t("profile.own_help"))
        lists = {
            name: st.text_area(t(f"profile.{name}"), lines(profile[name]), help=t("profile.weight_help"))
            for name in _LISTS
        }
        st.markdown(f"**{t('profile.muted')}**")
        muted = {
            name: st.text_area(
                t(f"profile.muted_{name}"), "\n".join(profile["muted"][name]), help=t("profile.line_help")
            )
            for name in _MUTED
        }
        st.markdown(f"**{t('profile.kinds')}**")
        kinds = {
            kind.value: st.slider(t(f"kind.{kind}"), -3.0, 3.0, float(profile["kinds"].get(kind.value, 0.0)), _STEP)
            for kind in Kind
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
