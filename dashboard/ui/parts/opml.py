"""Feeds in and out as OPML, the format every feed reader knows."""

import streamlit as st

from dashboard.board import Board
from dashboard.board.records import Invalid
from dashboard.i18n import Translator
from dashboard.store.records import Employee
from dashboard.ui.parts.plain import plain


def show(board: Board, person: Employee, t: Translator) -> None:
    """Show an upload and, where there are feeds, a download."""
    with st.expander(t("sources.opml")):
        file = st.file_uploader(t("sources.opml_import"), type=["opml", "xml"], help=t("sources.opml_import_help"))
        if file and st.session_state.get("opml.taken") != file.file_id:
            st.session_state["opml.taken"] = file.file_id
            try:
                added = board.sources.import_opml(person.id, file.getvalue())
                left_out = board.sources.left_out(file.getvalue())
            except Invalid as error:
                st.error(plain(error))
            else:
                st.success(t("sources.opml_imported", count=added), icon=":material/check:")
                if left_out:
                    st.warning(t("sources.opml_left_out", count=left_out), icon=":material/info:")
        if text := board.sources.export_opml(person.id):
            st.download_button(t("sources.opml_export"), text, file_name="feeds.opml", mime="text/x-opml")
