"""Who the person is and when they work, and profiles as a whole: a start for their work, to and from a file."""

import json
from collections.abc import Mapping
from functools import cache, partial
from typing import Any
from zoneinfo import available_timezones

import streamlit as st

from dashboard.board.records import Invalid
from dashboard.relevance import Hours, Profile
from dashboard.ui.parts import given, upload, weights
from dashboard.ui.parts.plain import plain
from dashboard.ui.parts.refusal import sentence
from dashboard.ui.person.editing import Editing

_WEEK = range(7)


def show(editing: Editing) -> None:
    """Show names, working time, starting profiles and files."""
    _me(editing)
    _hours(editing)
    _starts(editing)
    _files(editing)


def _me(editing: Editing) -> None:
    t, me = editing.t, editing.draft.me
    st.header(t("profile.own"), anchor=False)
    st.markdown(t("profile.own_help"))

    def become(names: frozenset[str]) -> None:
        editing.change(lambda profile: _with(profile, me=names))

    for name in sorted(me):
        with st.container(horizontal=True, vertical_alignment="center", key=editing.key("me", name)):
            weights.title(name)
            weights.remove(name, editing.key("me", name, "remove"), t, partial(become, me - {name}))
    weights.add(t("profile.own_add"), {}, editing.key("me", "add"), lambda name: become(me | {name}))


def _hours(editing: Editing) -> None:
    t, hours = editing.t, editing.draft.hours
    st.header(t("profile.hours"), anchor=False)
    on = editing.key("hours")

    def switch() -> None:
        chosen = Hours(zone=str(t.zone)) if st.session_state[on] else None
        editing.change(lambda profile: _with(profile, hours=chosen and chosen.model_dump()))

    st.toggle(t("profile.hours_on"), hours is not None, key=on, on_change=switch)
    st.markdown(t("profile.hours_help"))
    if hours is not None:
        _week(editing, hours)

    def reset() -> None:
        decided = editing.given.hours
        editing.anew(lambda: editing.change(lambda profile: _with(profile, hours=decided and decided.model_dump())))

    given.show(
        editing.givers.get(("hours", "")),
        t,
        own=hours != editing.given.hours,
        key=editing.key("hours", "given"),
        reset=reset,
    )


def _week(editing: Editing, hours: Hours) -> None:
    t = editing.t
    keys = {name: editing.key("hours", name) for name in ("start", "end", "days", "zone", "private")}

    def take() -> None:
        typed = {name: st.session_state[key] for name, key in keys.items()}
        editing.change(lambda profile: _with(profile, hours=typed))

    left, right = st.columns(2)
    left.time_input(t("profile.hours_start"), hours.start, key=keys["start"], on_change=take)
    right.time_input(t("profile.hours_end"), hours.end, key=keys["end"], on_change=take)
    st.pills(
        t("profile.hours_days"),
        list(_WEEK),
        selection_mode="multi",
        default=sorted(hours.days),
        key=keys["days"],
        format_func=lambda day: t(f"weekday.{day}"),
        on_change=take,
    )
    zones = sorted({*_zones(), hours.zone})
    st.selectbox(t("profile.hours_zone"), zones, index=zones.index(hours.zone), key=keys["zone"], on_change=take)
    titles = {source.id: plain(source.title) for source in editing.board.sources.all(editing.person.id)}
    st.multiselect(
        t("profile.hours_private"),
        list(titles),
        default=sorted(hours.private & titles.keys()),
        key=keys["private"],
        format_func=lambda source: titles[source],
        placeholder=t("profile.hours_private_none"),
        on_change=take,
    )


@cache
def _zones() -> frozenset[str]:
    """Return every time zone; looking for them walks through hundreds of files."""
    return frozenset(available_timezones())


def _starts(editing: Editing) -> None:
    t, starts = editing.t, editing.board.starts.all()
    if not starts:
        return

    def begin(start: Profile) -> None:
        editing.anew(lambda: editing.change(lambda profile: over(profile, start)))

    st.header(t("profile.start"), anchor=False)
    st.markdown(t("profile.start_help"))
    with st.container(horizontal=True):
        for name, start in starts.items():
            st.button(
                t.find(f"start.{name}", plain(name)),
                key=f"profile.start.{name}",
                on_click=begin,
                args=(start,),
            )


def _files(editing: Editing) -> None:
    t = editing.t
    st.header(t("profile.file"), anchor=False)
    st.download_button(
        t("profile.export"),
        json.dumps(editing.board.profiles.read(editing.person.id), indent=2, ensure_ascii=False),
        file_name="frontdesk-profile.json",
        mime="application/json",
        icon=":material/download:",
    )
    with st.expander(t("profile.import")):
        st.markdown(t("profile.import_help"))
        file = upload.show(t("profile.import_file"), ".json,application/json", editing.key("file"), t)
    if file is not None:
        bring_in(editing, file)


def bring_in(editing: Editing, file: bytes) -> None:
    """Let a file that was saved here become the draft, once; say why where it cannot."""
    try:
        profile = editing.board.preview.read(file)
    except Invalid as error:
        st.error(f"{editing.t('profile.import_wrong')} {sentence(error, editing.t)}", icon=":material/error:")
    else:
        editing.anew(lambda: editing.change(lambda _: profile))
        st.rerun()


def over(profile: Profile, start: Profile) -> Profile:
    """Return a profile with the weights of a starting one for everything that it says nothing about itself."""
    parts = ("people", "topics", "projects", "channels", "kinds")
    return _with(profile, **{part: {**getattr(start, part), **getattr(profile, part)} for part in parts})


def _with(profile: Profile, **fields: Any) -> Profile:
    """Return the profile with some fields anew. Raises ValidationError."""
    data: Mapping[str, Any] = profile.model_dump()
    return Profile.model_validate({**data, **fields})
