"""What a person never wants to see: people, channels, words and conversations, each to be taken back."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from dashboard.relevance import Mutable, mute, unmute
from dashboard.ui.parts import weights
from dashboard.ui.parts.given import whose
from dashboard.ui.parts.plain import plain
from dashboard.ui.person.editing import Editing

_NAMED: tuple[Mutable, ...] = ("people", "channels", "words")


def show(editing: Editing) -> None:
    """Show everything that is muted."""
    st.markdown(editing.t("profile.muted_intro"))
    for what in _NAMED:
        _names(editing, what)
    _threads(editing)
    _sources(editing)


def _names(editing: Editing, what: Mutable) -> None:
    t, muted = editing.t, getattr(editing.draft.muted, what)
    given = getattr(editing.given.muted, what)
    st.header(t(f"profile.muted_{what}"), anchor=False)
    for name in weights.some(sorted(muted), editing.key("muted", what), t):
        called = editing.knows.called.get(name, name) if what == "people" else name
        mark = whose(editing.givers.get((f"muted.{what}", name)), t) if name in given else ""
        _line(editing, what, name, called, mark)
    _given_again(editing, what, sorted(given - muted))
    weights.add(
        t(f"profile.muted_{what}_add"),
        {shown: name for shown, name in editing.suggestions(what).items() if name not in muted},
        editing.key("muted", what, "add"),
        lambda name: editing.change(lambda profile: mute(profile, what, name)),
    )


def _given_again(editing: Editing, what: Mutable, names: Sequence[str]) -> None:
    """Show what the person is given and lets through, to have it muted again."""
    if not names:
        return
    st.caption(editing.t("profile.given_otherwise"))
    with st.container(horizontal=True):
        for name in weights.some(names, editing.key("muted", what, "given"), editing.t):
            again = partial(mute, what=what, name=name)
            st.button(
                plain(name),
                key=editing.key("muted", what, name, "given"),
                icon=":material/undo:",
                on_click=editing.change,
                args=(again,),
            )


def _line(editing: Editing, what: Mutable, name: str, shown: str, mark: str = "") -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=editing.key("muted", what, name)):
        weights.title(shown, mark)
        weights.remove(
            shown,
            editing.key("muted", what, name, "remove"),
            editing.t,
            lambda: editing.change(lambda profile: unmute(profile, what, name)),
        )


def _threads(editing: Editing) -> None:
    """Show muted conversations by title; they are muted in the list."""
    t = editing.t
    st.header(t("profile.muted_threads"), anchor=False)
    muted = editing.draft.muted.threads
    threads = [thread for thread in editing.board.mutes.threads(editing.person.id) if thread.name in muted]
    for thread in weights.some(threads, editing.key("muted", "threads"), t):
        told = " · ".join(part for part in (thread.title or t("profile.muted_gone"), thread.source) if part)
        _line(editing, "threads", thread.name, told)
    if not muted:
        st.caption(t("profile.muted_threads_none"))


def _sources(editing: Editing) -> None:
    """Show the sources that the person muted: that is no part of the profile, and has an effect at once."""
    t, board, person = editing.t, editing.board, editing.person.id
    muted = [source for source in board.sources.all(person) if source.muted]
    if not muted:
        return
    st.header(t("profile.muted_sources"), anchor=False)
    for source in muted:
        with st.container(horizontal=True, vertical_alignment="center", key=f"profile.muted.source.{source.id}"):
            weights.title(source.title)
            weights.remove(
                source.title,
                f"profile.muted.source.{source.id}.remove",
                t,
                partial(board.mutes.hear, person, source.id),
            )
