"""What Frontdesk knows about the person: counted, switched off, forgotten, taken along and erased."""

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from dashboard.board.privacy import Met
from dashboard.board.records import Invalid, Refused
from dashboard.relevance import Profile
from dashboard.ui.parts.plain import plain
from dashboard.ui.person.editing import Editing

_TOLD = 8


def show(editing: Editing) -> None:
    """Show everything that is known, with a switch for whatever of it moves the order."""
    t = editing.t
    st.markdown(t("known.intro"))
    _written(editing)
    _opened(editing)
    _left(editing)
    _file(editing)
    _erase(editing)


def _switch(editing: Editing, use: str) -> None:
    """Show the switch of one thing that the order may use."""
    key = editing.key("uses", use)

    def turn() -> None:
        uses = {**editing.draft.uses.model_dump(), use: st.session_state[key]}
        editing.change(lambda profile: Profile.model_validate({**profile.model_dump(), "uses": uses}))

    st.toggle(editing.t(f"known.use_{use}"), getattr(editing.draft.uses, use), key=key, on_change=turn)


def _written(editing: Editing) -> None:
    t, items = editing.t, editing.knows.items
    st.header(t("known.written"), anchor=False)
    st.markdown(t("known.written_help"))
    _switch(editing, "written")
    if items.since is None:
        st.markdown(t("known.written_none"))
        return
    since = t.moment(datetime.fromtimestamp(items.since, UTC))
    st.markdown(t("known.written_since", count=items.written, since=since))
    _most(editing, "known.answered", items.answered)
    _most(editing, "known.wrote_in", items.wrote_in)


def _most(editing: Editing, label: str, met: Sequence[Met]) -> None:
    if met:
        called = editing.knows.called
        told = ", ".join(f"{plain(called.get(one.name, one.name))} ({one.times})" for one in met[:_TOLD])
        st.markdown(f"{editing.t(label)} {told}")


def _opened(editing: Editing) -> None:
    t, seen = editing.t, editing.knows.traces["seen_at"]
    st.header(t("known.opened"), anchor=False)
    st.markdown(t("known.opened_help"))
    _switch(editing, "opened")
    if seen.since:
        st.markdown(t("known.opened_since", count=seen.times, since=t.moment(seen.since)))

        def forget() -> None:
            editing.board.privacy.forget_seen(editing.person.id)

        st.button(t("known.forget"), key="known.forget", on_click=forget)
    else:
        st.markdown(t("known.opened_none"))


def _left(editing: Editing) -> None:
    """Show what the person did with items: that is what they asked for, and moves nothing else."""
    t, traces = editing.t, editing.knows.traces
    st.header(t("known.left"), anchor=False)
    st.markdown(t("known.left_help"))
    told = [t(f"known.{name}", count=traces[name].times) for name in ("done_at", "snoozed_until", "pinned", "steps")]
    st.markdown("\n".join(f"- {line}" for line in told))


def _file(editing: Editing) -> None:
    t, board, person = editing.t, editing.board, editing.person.id
    st.header(t("known.file"), anchor=False)
    st.markdown(t("known.file_help"))
    st.download_button(
        t("known.file_do"),
        lambda: board.privacy.export(person),
        file_name="frontdesk-everything.zip",
        mime="application/zip",
        icon=":material/download:",
        on_click="ignore",
        key="known.file",
    )


def _erase(editing: Editing) -> None:
    t, login = editing.t, editing.person.login
    st.header(t("known.erase"), anchor=False)
    with st.expander(t("known.erase_open")), st.form("known.erase", border=False):
        st.markdown(t("known.erase_help"))
        typed = st.text_input(t("known.erase_type", login=plain(login)), key="known.login", autocomplete="off")
        if st.form_submit_button(t("known.erase_do"), type="primary"):
            try:
                editing.board.privacy.erase(editing.person, typed)
            except Invalid:
                st.error(t("known.erase_wrong"), icon=":material/error:")
            except Refused:
                st.error(t("known.erase_last"), icon=":material/error:")
            else:
                st.session_state.clear()
                st.rerun()
