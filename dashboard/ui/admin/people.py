"""People: who there is, in which groups and role, and what can be done with each; never what reaches them."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard.board import Board
from dashboard.i18n import LANGUAGES, Translator
from dashboard.store.records import Account, Employee
from dashboard.ui.admin import bring, person
from dashboard.ui.admin.attempt import attempt
from dashboard.ui.parts import empty, pictures
from dashboard.ui.parts.plain import plain

_PAGE = 25
_ALL = ""


def show(board: Board, me: int, t: Translator) -> None:
    """Show the ways to bring people in, and everybody a page at a time, with search."""
    accounts = board.admin.people.all(me)
    with st.expander(t("admin.add_person"), icon=":material/person_add:"):
        _add(board, me, t)
    with st.expander(t("admin.bring"), icon=":material/group_add:"):
        bring.show(board, me, accounts, t)
    found = _searched(accounts, board.admin.people.groups(me), t)
    if not found:
        empty.show(t, "admin.nobody")
    pages = max(1, -(-len(found) // _PAGE))
    page = min(st.session_state.get("people.page", 1), pages)
    pictures.style()
    for account in found[(page - 1) * _PAGE : page * _PAGE]:
        with st.container(border=True):
            _row(board, account, t)
    if pages > 1:
        st.pagination(pages, key="people.page")
    person.show(board, me, accounts, t)


def _searched(accounts: Sequence[Account], groups: dict[str, int], t: Translator) -> list[Account]:
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    text = left.text_input(t("admin.search"), type="search", key="people.search", live=True, placeholder=" ")
    group = right.selectbox(
        t("admin.group"),
        [_ALL, *groups],
        key="people.group",
        format_func=lambda name: f"{name} ({groups[name]})" if name else t("admin.all"),
    )
    words = text.casefold().split()
    found = [
        one
        for one in accounts
        if (not group or group in one.employee.groups)
        and all(word in f"{one.employee.login} {one.employee.name}".casefold() for word in words)
    ]
    st.caption(t("admin.found", shown=len(found), count=len(accounts)))
    return found


def _row(board: Board, account: Account, t: Translator) -> None:
    one = account.employee
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        told = escape(" · ".join(_facts(board, account, t)))
        name = f"<strong>{escape(one.name or one.login)}</strong>{_roles(one, t)}"
        st.html(f'<p class="fd fd-person">{name}<br><small>{told}</small></p>')  # Markdown would link the addresses
        key = f"person.{one.id}"
        st.button(t("admin.open"), key=key, help=plain(one.login), on_click=person.choose, args=(one.id,))


def _roles(one: Employee, t: Translator) -> str:
    roles = [t("admin.role_admin")] * one.admin + [t("admin.role_blocked")] * one.blocked
    return escape(f" ({', '.join(roles)})") if roles else ""


def _facts(board: Board, account: Account, t: Translator) -> list[str]:
    one = account.employee
    facts = [one.login] if one.name else []
    facts += [", ".join(sorted(one.groups))] if one.groups else []
    facts.append(t("admin.own_sources", count=account.sources))
    if account.failing:
        facts.append(t("admin.failing", count=account.failing))
    if account.seen_at:
        facts.append(t("admin.seen", ago=t.ago(account.seen_at, board.now())))
    return facts


def _add(board: Board, me: int, t: Translator) -> None:
    with st.form("people.add", border=False):
        login = st.text_input(t("admin.login"), help=t("admin.login_help"))
        name = st.text_input(t("admin.name"))
        groups = st.multiselect(
            t("admin.groups"),
            list(board.admin.people.groups(me)),
            accept_new_options=True,
            placeholder=t("admin.group_choose"),
        )
        language = st.selectbox(
            t("admin.language"), ["", *LANGUAGES], format_func=lambda name: t(f"admin.language_{name or 'browser'}")
        )
        admin = st.toggle(t("admin.is_admin"))
        pressed = st.form_submit_button(t("admin.add"), type="primary")
    if pressed:
        with attempt(t, t("admin.person_added", name=plain(name or login))):
            board.admin.people.add(me, login, name=name, admin=admin, groups=groups, language=language or None)
