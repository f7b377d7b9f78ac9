"""People from a list: what each line would do is shown before anything is done, and all is done or nothing."""

from collections.abc import Sequence
from hashlib import sha256

import streamlit as st

from dashboard.board import Board
from dashboard.board.admin import Import, Line
from dashboard.board.admin.records import Deed
from dashboard.board.records import Invalid
from dashboard.i18n import Translator
from dashboard.store.records import Account
from dashboard.ui.admin import entries
from dashboard.ui.admin.attempt import attempt
from dashboard.ui.admin.log import detail
from dashboard.ui.parts import upload
from dashboard.ui.parts.refusal import sentence

_SHOWN, _PLAN = 200, "people.plan"


def show(board: Board, me: int, accounts: Sequence[Account], t: Translator) -> None:
    """Show the upload, what it would do, and the list as it is now to download."""
    st.markdown(t("admin.bring_text"))
    document = upload.show(t("admin.bring_file"), ".csv,.txt,text/csv", "people.file", t)
    if document is None:
        st.session_state.pop(_PLAN, None)
    else:
        try:
            planned = _planned(board, me, accounts, document)
        except Invalid as error:
            st.error(sentence(error, t), icon=":material/error:")
        else:
            _plan(board, me, planned, document, t)
    st.download_button(
        t("admin.people_save"),
        lambda: board.admin.people.export_csv(me),
        file_name="frontdesk-people.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _planned(board: Board, me: int, accounts: Sequence[Account], document: bytes) -> Import:
    """Return what a list would do, worked out once however often the page runs, and anew where people changed."""
    asked = sha256(document).digest(), [account.employee for account in accounts]
    kept: tuple[object, Import] | None = st.session_state.get(_PLAN)
    if kept is None or kept[0] != asked:
        kept = st.session_state[_PLAN] = asked, board.admin.people.import_csv(me, document, dry=True)
    return kept[1]


def _plan(board: Board, me: int, planned: Import, document: bytes, t: Translator) -> None:
    counts = {deed.value: planned.count(deed) for deed in Deed}
    st.markdown(t("admin.plan", **counts))
    telling = [line for line in planned.lines if line.deed is not Deed.SAME]
    telling.sort(key=lambda line: line.deed is not Deed.REFUSE)
    if planned.refused:
        st.error(t("admin.plan_refused", count=len(planned.refused)), icon=":material/error:")
    elif not telling:
        st.success(t("admin.plan_same"), icon=":material/check:")
    elif st.button(t("admin.plan_do", count=len(telling)), type="primary", key="people.bring"):
        with st.spinner(t("admin.plan_doing")), attempt(t, t("admin.plan_done", count=len(telling))):
            board.admin.people.import_csv(me, document, dry=False)
    entries.show((_entry(line, t) for line in telling[:_SHOWN]), t("admin.plan_caption"))
    if len(telling) > _SHOWN:
        st.caption(t("admin.plan_more", count=len(telling) - _SHOWN))


def _entry(line: Line, t: Translator) -> entries.Entry:
    deed = t(f"admin.deed.{line.deed}", number=line.number)
    return entries.Entry(line.login or "–", deed, _told(line, t))


def _told(line: Line, t: Translator) -> str:
    if line.fault:
        return t(f"admin.fault.{line.fault}", told=line.told)
    if line.deed is Deed.ADD:
        return detail({name: _plain(after) for name, (_, after) in line.changes.items()}, t, changed=False)
    changes = {name: [_plain(before), _plain(after)] for name, (before, after) in line.changes.items()}
    return detail(changes, t, changed=True)


def _plain(value: object) -> object:
    return sorted(map(str, value)) if isinstance(value, set | frozenset) else value
