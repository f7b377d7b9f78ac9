"""How to back everything up and bring it back, and when that was last done."""

from datetime import timedelta

import streamlit as st

from dashboard.board import Board
from dashboard.i18n import Translator
from dashboard.ui.parts.plain import plain

_OLD = timedelta(days=7)


def show(board: Board, me: int, t: Translator) -> None:
    """Show the last backup that the log knows of, and the commands."""
    last = next(iter(board.admin.log(me, limit=1, verbs=("backup",))), None)
    if last:
        now = board.now()
        text = t("admin.backup_last", ago=t.ago(last.at, now), when=t.moment(last.at), file=plain(last.subject))
        if now - last.at > _OLD:
            st.warning(text, icon=":material/warning:")
        else:
            st.success(text, icon=":material/check:")
    else:
        st.warning(t("admin.backup_never"), icon=":material/warning:")
    st.markdown(t("admin.backup_text"))
