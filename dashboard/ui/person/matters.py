"""What matters to a person: people, topics, projects and channels by name, kinds and sources by how much."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from dashboard.relevance import Weighed, weigh
from dashboard.store.records import Kind
from dashboard.ui.parts import weights
from dashboard.ui.parts.given import whose
from dashboard.ui.parts.plain import plain
from dashboard.ui.person.editing import Editing

_NAMED: tuple[Weighed, ...] = ("people", "topics", "projects", "channels")
_COLUMNS = 2


def show(editing: Editing) -> None:
    """Show everything that has a weight."""
    for what in _NAMED:
        _names(editing, what)
    _kinds(editing)
    _sources(editing)


def _names(editing: Editing, what: Weighed) -> None:
    t, given = editing.t, getattr(editing.given, what)
    st.header(t(f"profile.{what}"), anchor=False, help=t(f"profile.{what}_help"))

    def change(name: str, weight: float) -> None:
        editing.change(lambda profile: weigh(profile, what, name, weight))

    chosen: Mapping[str, float] = getattr(editing.draft, what)
    called = editing.knows.called if what == "people" else {}
    lines = [
        weights.Line(
            name,
            weight,
            called.get(name, name),
            whose(editing.givers.get((what, name)), t) if given.get(name) == weight else "",
        )
        for name, weight in sorted(chosen.items(), key=lambda item: -item[1])
    ]
    weights.show(lines, editing.key(what), t, change)
    _given_again(editing, what, {name: weight for name, weight in given.items() if chosen.get(name) != weight})
    weights.add(
        t(f"profile.{what}_add"),
        {shown: name for shown, name in editing.suggestions(what).items() if name not in chosen},
        editing.key(what, "add"),
        lambda name: weights.added(name, change),
    )


def _given_again(editing: Editing, what: Weighed, given: Mapping[str | int, float]) -> None:
    """Show what the person is given and decided otherwise, to have it as it was given."""
    if not given:
        return
    t = editing.t

    def again(name: str | int, weight: float) -> None:
        editing.anew(lambda: editing.change(lambda profile: weigh(profile, what, name, weight)))

    st.caption(t("profile.given_otherwise"))
    with st.container(horizontal=True):
        for name, weight in given.items():
            st.button(
                f"{plain(name)}: {weights.level(weight, t)}",
                key=editing.key(what, name, "given"),
                icon=":material/undo:",
                on_click=again,
                args=(name, weight),
            )


def _kinds(editing: Editing) -> None:
    t, chosen = editing.t, editing.draft.kinds
    st.header(t("profile.kinds"), anchor=False)
    there = set(editing.board.listing.kinds(editing.person.id)) | set(chosen)
    names = {kind: t(f"kind.{kind}") for kind in Kind if kind in there or not there}
    _choices(editing, "kinds", names, chosen)


def _sources(editing: Editing) -> None:
    sources = editing.board.sources.all(editing.person.id)
    if sources:
        st.header(editing.t("profile.sources"), anchor=False)
        names = {source.id: plain(source.title) for source in sources}
        _choices(editing, "sources", names, editing.draft.sources)


def _choices(editing: Editing, what: Weighed, names: Mapping[Any, str], chosen: Mapping[Any, float]) -> None:
    """Show one choice for each of a few things that are all there anyway."""

    def change(name: str | int, weight: float) -> None:
        editing.change(lambda profile: weigh(profile, what, name, weight))

    grid = st.columns(_COLUMNS)
    for place, (name, shown) in enumerate(names.items()):
        with grid[place % _COLUMNS]:
            weights.choose(
                shown,
                chosen.get(name, 0.0),
                editing.key(what, name),
                editing.t,
                partial(change, name),
                off=True,
            )
