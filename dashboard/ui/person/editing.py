"""The profile while a person edits it: a change is kept as a draft at once, and counts when it is saved."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import streamlit as st
from pydantic import ValidationError

from dashboard.board import Board
from dashboard.board.privacy import Knows
from dashboard.board.records import Invalid
from dashboard.i18n import Translator
from dashboard.relevance import Profile
from dashboard.store.records import Employee
from dashboard.ui.parts.refusal import sentence

_ROUND, _REFUSED = "profile.round", "profile.refused"


@dataclass(frozen=True)
class Editing:
    """One run of the page: who edits what."""

    board: Board
    person: Employee
    t: Translator

    @cached_property
    def draft(self) -> Profile:
        """The profile as it is being edited."""
        return self.board.preview.draft(self.person.id)

    @cached_property
    def given(self) -> Profile:
        """What the person is given by their company and groups, before they decide anything."""
        return self.board.profiles.given(self.person.id)

    @cached_property
    def givers(self) -> Mapping[tuple[str, str], str]:
        """Who gives that, by part and name: a group, ``""`` for everyone."""
        return self.board.profiles.givers(self.person.id)

    @cached_property
    def knows(self) -> Knows:
        """Who and what reaches the person."""
        return self.board.privacy.knows(self.person.id)

    def suggestions(self, what: str) -> dict[str, str]:
        """Return which people or channels reach the person: what a profile calls them by how they are shown."""
        items = self.knows.items
        met = {"people": items.people, "channels": items.channels}.get(what, [])
        return {self.knows.called.get(one.name, one.name): one.name for one in met}

    def change(self, change: Callable[[Profile], Profile]) -> None:
        """Change the draft; what cannot be kept is said at the next run and changes nothing."""
        try:
            changed = change(self.board.preview.draft(self.person.id))
        except ValidationError as error:
            st.session_state[_REFUSED] = sentence(Invalid.of(error), self.t)
        else:
            self.board.preview.edit(self.person.id, changed)

    def anew(self, do: Callable[[], Any]) -> None:
        """Do something after which every widget begins with what the profile says, not with what was typed before."""
        do()
        st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1

    def key(self, *names: object) -> str:
        """Return the key of a widget, another one after each :meth:`anew`."""
        return ".".join(map(str, ("profile", st.session_state.get(_ROUND, 0), *names)))

    def problem(self) -> None:
        """Say what the last change was refused for."""
        if refused := st.session_state.pop(_REFUSED, None):
            st.error(refused, icon=":material/error:")
