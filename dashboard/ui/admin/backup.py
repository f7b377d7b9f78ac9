"""How to back everything up and bring it back, and when that was last done."""

import streamlit as st

from dashboard.board import Board
from dashboard.i18n import Translator


def show(board: Board, me: int, t: Translator) -> None:
    """Show the last backup that the log knows of, and the commands."""
    last = next(iter(board.admin.log(me, limit=1, verbs=("backup",))), None)
    if last:
        st.success(t("admin.backup_last", ago=t.ago(last.at, board.now()), when=t.moment(last.at)))
    else:
        st.warning(t("admin.backup_never"), icon=":material/warning:")
    st.markdown(t("admin.backup_text"))
