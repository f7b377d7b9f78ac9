"""What can be done with an item at its source: buttons for what the connector offers, and a box for an answer."""

import streamlit as st

from dashboard.board import Board
from dashboard.board.records import Opened, Refused
from dashboard.i18n import Translator
from dashboard.store.records import Employee

_ICONS = {
    "mark_read": "drafts",
    "mark_unread": "mark_email_unread",
    "flag": "flag",
    "unflag": "outlined_flag",
    "archive": "archive",
    "complete": "task_alt",
    "reopen": "restart_alt",
    "accept": "check",
    "decline": "close",
}
_REPLY = "reply"


def show(board: Board, person: Employee, found: Opened, t: Translator) -> None:
    """Show every action of the item's source; nothing is sent before the person presses a button."""
    entry = found.entry.id
    with st.container(horizontal=True):
        for action in (action for action in found.actions if action in _ICONS):
            if st.button(t(f"action.{action}"), icon=f":material/{_ICONS[action]}:", key=f"act.{entry}.{action}"):
                _do(board, person, entry, action, t)
    if _REPLY in found.actions:
        with st.form(f"reply.{entry}", clear_on_submit=True):
            text = st.text_area(t("action.reply"), key=f"reply.{entry}.text")
            if st.form_submit_button(t("action.send"), icon=":material/send:") and text.strip():
                _do(board, person, entry, _REPLY, t, text=text)


def _do(board: Board, person: Employee, entry: int, action: str, t: Translator, **arguments: str) -> None:
    try:
        with st.spinner(t("action.doing")):
            board.act(person.id, entry, action, **arguments)
    except Refused as error:
        st.error(t.find(f"failure.{error.failure}", t("failure.Bug")), icon=":material/error:")
        if error.detail:
            st.text(error.detail)
    else:
        st.success(t(f"action.{action}_done"), icon=":material/check:")
