"""One person as an admin changes them: name, groups, role, whether they may log in, and the end of it all."""

from collections.abc import Sequence

import streamlit as st

from dashboard.board import Board
from dashboard.board.admin import Proof
from dashboard.i18n import LANGUAGES, Translator
from dashboard.store.records import Account
from dashboard.ui.admin.attempt import attempt
from dashboard.ui.parts import pictures
from dashboard.ui.parts.plain import plain

_OPEN, _ERASED = "person.open", "person.erased"
_LEGIBLE = "<style>[role=dialog] .stHeading h2 { font-size: 1.05rem }</style>"
"""Streamlit draws headings in a drawer smaller than the text under them."""


def choose(person: int) -> None:
    """Let the next run show this person."""
    st.session_state[_OPEN] = person


def show(board: Board, me: int, accounts: Sequence[Account], t: Translator) -> None:
    """Show the chosen person in a drawer until it is closed, and after the end the proof of it."""
    if proof := st.session_state.get(_ERASED):
        st.dialog(t("admin.erase"), width="medium", on_dismiss=_close)(_proof)(proof, t)
    elif account := next((one for one in accounts if one.employee.id == st.session_state.get(_OPEN)), None):
        title = plain(account.employee.name or account.employee.login)
        st.dialog(title, width="medium", position="right", on_dismiss=_close)(_drawer)(board, me, account, t)


def _close() -> None:
    st.session_state.pop(_OPEN, None)
    st.session_state.pop(_ERASED, None)


def _drawer(board: Board, me: int, account: Account, t: Translator) -> None:
    st.html(_LEGIBLE)
    st.text(account.employee.login)
    _edit(board, me, account, t)
    _access(board, me, account, t)
    st.header(t("admin.export"), anchor=False)
    st.markdown(t("admin.export_text"))
    if account.employee.id == me:
        st.caption(t("admin.yourself"))
    else:
        _erase(board, me, account, t)


def _edit(board: Board, me: int, account: Account, t: Translator) -> None:
    one = account.employee
    with st.form(f"person.{one.id}.edit", border=False):
        name = st.text_input(t("admin.name"), one.name)
        groups = st.multiselect(
            t("admin.groups"),
            sorted({*board.admin.people.groups(me), *one.groups}),
            sorted(one.groups),
            accept_new_options=True,
            placeholder=t("admin.group_choose"),
        )
        languages = ["", *LANGUAGES]
        language = st.selectbox(
            t("admin.language"),
            languages,
            index=languages.index(one.language or ""),
            format_func=lambda name: t(f"admin.language_{name or 'browser'}"),
        )
        admin = st.toggle(t("admin.is_admin"), one.admin)
        pressed = st.form_submit_button(t("admin.save"), type="primary")
    if pressed:
        with attempt(t, t("admin.saved")):
            board.admin.people.change(me, one.id, name=name, admin=admin, groups=groups, language=language)


def _access(board: Board, me: int, account: Account, t: Translator) -> None:
    one, people = account.employee, board.admin.people
    st.header(t("admin.access"), anchor=False)
    devices = t("admin.devices", count=account.devices) if account.devices else t("admin.devices_none")
    st.markdown(t("admin.blocked_text") if one.blocked else devices)
    with st.container(horizontal=True):
        if one.blocked:
            if st.button(t("admin.unblock"), key="person.unblock", icon=":material/lock_open:"):
                with attempt(t, t("admin.unblocked", name=plain(one.name or one.login))):
                    people.unblock(me, one.id)
        elif st.button(t("admin.block"), key="person.block", icon=":material/lock:", disabled=one.id == me):
            with attempt(t, t("admin.blocked", name=plain(one.name or one.login))):
                people.block(me, one.id)
        if account.devices and st.button(t("login.out_everywhere"), key="person.out", icon=":material/logout:"):
            with attempt(t, t("admin.signed_out", name=plain(one.name or one.login))):
                people.sign_out(me, one.id)


def _erase(board: Board, me: int, account: Account, t: Translator) -> None:
    one = account.employee
    st.header(t("admin.erase"), anchor=False)
    stays = [shared.source.title for shared in board.admin.sources.all(me) if shared.source.owner == one.id]
    gone = [
        t("admin.erase_sources", sources=account.sources, items=account.items),
        t("admin.erase_profile"),
    ]
    gone += [t("admin.erase_devices", count=account.devices)] if account.devices else []
    st.markdown("\n".join([t("admin.erase_text"), "", *(f"- {line}" for line in gone)]))
    told = t("admin.erase_stays_shared", titles=plain(", ".join(stays))) if stays else t("admin.erase_stays")
    st.markdown(f"{told} {t('admin.erase_block')}")
    typed = st.text_input(t("admin.erase_type"), key="person.typed", autocomplete="off")
    sure = typed.strip() == one.login
    if st.button(t("admin.erase_do"), key="person.erase", icon=":material/delete_forever:", disabled=not sure):
        with attempt(t), st.spinner(t("admin.erasing")):
            st.session_state[_ERASED] = board.admin.people.erase(me, one.id)


def _proof(proof: Proof, t: Translator) -> None:
    st.success(t("admin.erased", login=plain(proof.login)), icon=":material/check:")
    pictures.style()
    heads = [t("admin.proof_table"), t("admin.proof_before"), t("admin.proof_after")]
    rows = [[name, count, proof.after.get(name, 0)] for name, count in proof.before.items()]
    st.html(pictures.grid(heads, rows, t("admin.proof")))
    if proof.shared:
        st.markdown(t("admin.proof_shared", titles=plain(", ".join(proof.shared))))
    if st.button(t("admin.close"), key="person.close", on_click=_close):
        st.rerun()
