"""What can be done with an item at its source: buttons for what the connector offers, and a box for an answer."""

import streamlit as st

from dashboard.board import Board
from dashboard.board.records import Opened, Refused
from dashboard.i18n import Translator
from dashboard.store.records import Employee
from dashboard.ui.parts import detail, triage
from dashboard.ui.parts.plain import plain

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
    offered = [action for action in found.actions if action in _ICONS]
    if offered:
        st.caption(t("action.at_source", source=plain(found.source)))
        with st.container(horizontal=True, gap="xsmall"):
            for action in offered:
                if st.button(t(f"action.{action}"), icon=f":material/{_ICONS[action]}:", key=f"act.{entry}.{action}"):
                    _do(board, person, entry, action, t)
    if _REPLY in found.actions:
        _reply(board, person, found, t)


def _reply(board: Board, person: Employee, found: Opened, t: Translator) -> None:
    """Show the box of an answer. What is typed outlives a reload: the frame of the page keeps boxes of such a key."""
    entry = found.entry.id
    author = found.entry.item.author
    to = getattr(author, "name", "") or getattr(author, "address", "") or str(author or found.source)
    with st.container(key=f"draft-reply-{entry}"), st.form(f"reply.{entry}", clear_on_submit=False):
        text = st.text_area(t("action.reply_to", name=plain(to)), key=f"reply.{entry}.text", height=120)
        pressed = st.form_submit_button(t("action.send"), icon=":material/send:")
    if st.session_state.pop(f"reply.{entry}.sent", False):
        st.success(t("action.reply_done"), icon=":material/check:")
    elif pressed and text.strip() and _do(board, person, entry, _REPLY, t, text=text):
        del st.session_state[f"reply.{entry}.text"]
        st.session_state[f"reply.{entry}.sent"] = True
        triage.open_next(entry)
        st.rerun()


def _do(board: Board, person: Employee, entry: int, action: str, t: Translator, **arguments: str) -> bool:
    """Do it at the source and say what came of it; return whether it was done."""
    try:
        with st.spinner(t("action.doing")):
            board.act(person.id, entry, action, **arguments)
    except Refused as error:
        st.error(t.find(f"failure.{error.failure}", t("failure.Bug")), icon=":material/error:")
        detail.show(error.detail, t)
        return False
    st.success(t(f"action.{action}_done"), icon=":material/check:")
    return True
