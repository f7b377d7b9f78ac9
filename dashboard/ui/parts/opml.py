"""Feeds in and out as OPML, the format every feed reader knows."""

from hashlib import sha256

import streamlit as st

from dashboard.board import Board
from dashboard.board.records import Invalid
from dashboard.i18n import Translator
from dashboard.store.records import Employee
from dashboard.ui.parts import upload
from dashboard.ui.parts.plain import plain
from dashboard.ui.parts.refusal import sentence

_TAKEN = "opml.taken"
_SHOWN, _LONGEST = 20, 200
"""So many feeds that were left out are named, with so many characters each."""


def show(board: Board, person: Employee, t: Translator) -> None:
    """Show an upload and, where there are feeds, a download."""
    with st.expander(t("sources.opml"), expanded=_TAKEN in st.session_state):  # also where the page moved below it
        st.markdown(t("sources.opml_import_help"))
        document = upload.show(t("sources.opml_import"), ".opml,.xml,text/x-opml", "opml.file", t)
        if document is None:
            st.session_state.pop(_TAKEN, None)
        else:
            _take(board, person, document, t)
        if text := board.sources.export_opml(person.id):
            st.download_button(t("sources.opml_export"), text, file_name="feeds.opml", mime="text/x-opml")


def _take(board: Board, person: Employee, document: bytes, t: Translator) -> None:
    """Add what a list names, once however often the page runs, and say what came of it while the file is chosen."""
    name = sha256(document).hexdigest()
    try:
        if st.session_state.get(_TAKEN, ("",))[0] != name:
            with st.spinner(t("sources.opml_adding")):
                st.session_state[_TAKEN] = name, board.sources.import_opml(person.id, document)
        left_out = board.sources.left_out(document)
    except Invalid as error:
        st.error(sentence(error, t), icon=":material/error:")
        return
    st.success(t("sources.opml_imported", count=st.session_state[_TAKEN][1]), icon=":material/check:")
    if left_out:
        named = [f"- {plain(f'{feed.title}: {feed.address}'[:_LONGEST])}" for feed in left_out[:_SHOWN]]
        more = [f"- {t('sources.opml_left_out_more', number=len(left_out) - _SHOWN)}"] if len(left_out) > _SHOWN else []
        told = t("sources.opml_left_out", count=len(left_out))
        st.warning("\n".join([told, "", *named, *more]), icon=":material/info:")
