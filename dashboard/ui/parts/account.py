"""The account: who is signed in, where else, and the way out."""

from html import escape

import streamlit as st

from dashboard.board import Board
from dashboard.i18n import Translator
from dashboard.store.records import Employee, Login
from dashboard.ui.parts.plain import plain

_OUT = '<a href="/auth/logout?login={key}" style="color:inherit;font-weight:600">{text}</a>'


def menu(board: Board, person: Employee, t: Translator) -> None:
    """Show the name with what can be done about the login; nothing where nobody logs in."""
    if not board.logins.on:
        return
    with (
        st.container(horizontal=True, horizontal_alignment="right"),
        st.popover(
            plain(person.name or person.login), type="tertiary", icon=":material/account_circle:", help=t("login.menu")
        ),
    ):
        st.text(t("login.signed_in", name=person.login))
        # A link, for the provider is to be told as well: the browser has to go there itself.
        st.html(_OUT.format(key=escape(_key()), text=escape(t("login.out"))))
        st.button(t("login.out_everywhere"), key="login.everywhere", on_click=_end_all, args=(board, person))


def devices(board: Board, person: Employee, t: Translator) -> None:
    """Show where the person is signed in, each with a way to end it; nothing where nobody logs in."""
    if not board.logins.on:
        return
    st.header(t("login.devices"))
    logins = board.logins.all(person.id)
    for login in logins:
        _device(board, login, t)
    if len(logins) > 1:
        st.button(t("login.end_others"), key="login.others", on_click=_end_others, args=(board, person, t))
    else:
        st.caption(t("login.alone"))


def _device(board: Board, login: Login, t: Translator) -> None:
    name = login.device or t("login.unknown_device")
    said = t("login.last_used", ago=t.ago(login.seen_at, board.now()))
    since = t("login.since", when=t.moment(login.opened_at))
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(width="content", gap=None):
            st.text(name)
            st.caption(f"{t('login.this_device')}, {since}" if login.key == _key() else f"{said}, {since}")
        if login.key != _key():
            st.button(t("login.end"), key=f"login.end.{login.key}", on_click=_end, args=(board, login, t), help=name)


def _end(board: Board, login: Login, t: Translator) -> None:
    if board.logins.end(login.person, login.key):
        st.toast(t("login.ended"))


def _end_all(board: Board, person: Employee) -> None:
    board.logins.end_all(person.id)


def _end_others(board: Board, person: Employee, t: Translator) -> None:
    st.toast(t("login.ended_others", count=board.logins.end_others(person.id, _key())))


def _key() -> str:
    """Return which login this page was opened with."""
    return str(st.user.get("login") or "")
