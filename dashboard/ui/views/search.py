"""Search over everything a person may see, also what is held, done or far down."""

import streamlit as st

from dashboard.board import Board
from dashboard.board.records import Found
from dashboard.i18n import Translator
from dashboard.store.records import Employee
from dashboard.ui import navigation
from dashboard.ui.parts import bell, empty, inbox, opened, triage, voice
from dashboard.ui.parts.plain import plain

_PAGE = 50
_LIMIT, _ONLY = "search.limit", "only"
_NARROWING = {"unread": "is:unread", "attachment": "has:attachment", "week": "after:7d", "held": "is:held"}
_SHOWN = 40


def show(board: Board, person: Employee, t: Translator) -> None:
    """Show the search box, what was found and where it stands, and what could not be understood."""
    st.title(t("search.title"), anchor=False)
    typed = st.text_input(
        t("search.box"),
        type="search",
        key="q",
        live=True,
        bind="query-params",
        placeholder=t("search.placeholder"),
        label_visibility="collapsed",
        on_change=_anew,
    )
    text = " ".join(filter(None, [(typed or "").strip(), *_narrowed(board, person, t)]))
    if not text:
        voice.say("search", "")
        _kept(board, person, t)
        st.markdown(t("search.help"))
        return
    with st.expander(t("search.help_title"), icon=":material/help:"):
        st.markdown(t("search.help"))
    st.fragment(_found)(board, person, t, text)  # what is new comes in here; nobody's typing is touched


def _narrowed(board: Board, person: Employee, t: Translator) -> list[str]:
    """Show what a search can be narrowed to; return what was chosen, as one would have typed it."""
    kinds = {kind: f"kind:{kind}" for kind in board.listing.kinds(person.id)}
    asked = st.query_params.get(_ONLY, "")
    if asked != ",".join(st.session_state.get(_ONLY, ())):
        st.session_state[_ONLY] = [name for name in (*kinds, *_NARROWING) if name in asked.split(",")]
    chosen = st.pills(
        t("search.narrow"),
        [*kinds, *_NARROWING],
        selection_mode="multi",
        key=_ONLY,
        label_visibility="collapsed",
        format_func=lambda name: t(f"kind.{name}") if name in kinds else t(f"search.only_{name}"),
        on_change=_narrow,
    )
    wanted = [kinds[name] for name in chosen if name in kinds]
    narrowed = [_NARROWING[name] for name in chosen if name in _NARROWING]
    return [f"({' OR '.join(wanted)})", *narrowed] if len(wanted) > 1 else wanted + narrowed


def _found(board: Board, person: Employee, t: Translator, text: str) -> None:
    rev = board.listing.rev(person.id)
    found = board.listing.search(person.id, text, zone=t.zone, limit=st.session_state.get(_LIMIT, _PAGE))
    for problem in found.problems:
        st.warning(t("search.problem", part=plain(problem)), icon=":material/help:")
    told = t("search.found", shown=len(found.rows), count=found.total)
    voice.say("search", told if found.rows else t("search.nothing_title"))
    with st.container(horizontal=True, vertical_alignment="center"):
        if found.rows:
            st.caption(told, width="content")
        _keeping(board, person, t, text)
    _hits(board, person, t, text, found)
    bell.show("search", rev)


def _hits(board: Board, person: Employee, t: Translator, text: str, found: Found) -> None:
    if found.cut:
        st.caption(t("search.cut", count=found.total))
    if not found.rows:
        empty.show(t, "search.nothing")
        return
    act = triage.handler(board, person, t)
    extras: inbox.Extras = {"person": person.id, "view": text, "place": None, "failed": triage.failed()}
    inbox.show("found", found.rows, t, board.now(), act, **extras)
    if found.total > len(found.rows):
        st.button(t("search.more"), key="search.more", on_click=_more, width="stretch")
    if chosen := triage.opened():
        opened.show(board, person, t, chosen, among=found.listed)


def _keeping(board: Board, person: Employee, t: Translator, text: str) -> None:
    """Offer to keep this search, or to keep it no longer."""
    kept = text in board.searches.all(person.id)
    st.button(
        t("search.forget" if kept else "search.keep"),
        icon=":material/bookmark_remove:" if kept else ":material/bookmark_add:",
        key="search.keep",
        type="tertiary",
        on_click=board.searches.forget if kept else board.searches.keep,
        args=(person.id, text),
    )


def _kept(board: Board, person: Employee, t: Translator) -> None:
    """Show the searches that the person kept, each a link that can be passed on or made a bookmark."""
    if not (searches := board.searches.all(person.id)):
        return
    st.caption(t("search.kept"))
    with st.container(horizontal=True, gap="small"):
        for text in searches:
            label = text if len(text) <= _SHOWN else f"{text[:_SHOWN]} …"
            navigation.link("search", plain(label), icon="bookmark", query={"q": text})


def _narrow() -> None:
    """Put what is chosen into the address by its names, which mean the same in every language."""
    _anew()
    st.query_params.pop(_ONLY, None)
    if chosen := st.session_state[_ONLY]:
        st.query_params[_ONLY] = ",".join(chosen)


def _more() -> None:
    st.session_state[_LIMIT] = st.session_state.get(_LIMIT, _PAGE) + _PAGE


def _anew() -> None:
    st.session_state[_LIMIT] = _PAGE
