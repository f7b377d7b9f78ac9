"""One item in full beside the list: its text, why it stands there, the conversation, and what to do with it."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from dashboard.board import Board
from dashboard.board.records import Opened, Place
from dashboard.i18n import Translator
from dashboard.store.records import Employee, Entry, Item, Person
from dashboard.ui.parts import acts, triage, why
from dashboard.ui.parts.plain import plain

_LINKS = ("http://", "https://", "mailto:")
_PEOPLE, _LABELS = 8, 12
_LATER = ("later", "tomorrow", "monday", "week")
_LONG = 1500
_SIZES = ("B", "kB", "MB", "GB")


def show(board: Board, person: Employee, t: Translator, chosen: tuple[int, bool], *, among: Sequence[int] = ()) -> None:
    """Open the item in a drawer, at its reasons where those were asked for; a sentence where it is gone.

    ``among`` are all items of the list it was opened from: the drawer leads from one to the next.
    """
    entry, at_reasons = chosen
    found = board.listing.open(person.id, entry)

    @st.dialog(_title(found, t), position="right", width="medium")
    def drawer() -> None:
        if found is None:
            st.markdown(t("opened.gone_text"))
            return
        with st.container(gap="xsmall"):
            _steps(board, person, t, entry, among)
            _head(found, t, board)
        _marks(board, person, found, t, among)
        _text(found, t)
        acts.show(board, person, found, t)
        _foot(board, person, found, t, at_reasons=at_reasons)

    try:
        drawer()
    except Exception:
        triage.shown()
        raise
    triage.shown()


def name_of(author: Person | str | None) -> str:
    """Return what to call somebody, ``""`` for nobody."""
    return author if isinstance(author, str) else author.name or author.address if author else ""


def _title(found: Opened | None, t: Translator) -> str:
    if found is None:
        return t("opened.gone")
    item = found.entry.item
    return plain(item.title or item.channel or t("inbox.untitled"))


def _steps(board: Board, person: Employee, t: Translator, entry: int, among: Sequence[int]) -> None:
    """Lead to the item before and after this one in the list it was opened from."""
    if entry not in among or len(among) == 1:
        return
    place = among.index(entry)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        for name, icon, there in (("previous", "arrow_upward", place - 1), ("next", "arrow_downward", place + 1)):
            exists = 0 <= there < len(among)
            if st.button(
                t(f"opened.{name}"),
                icon=f":material/{icon}:",
                key=f"opened.{name}",
                type="tertiary",
                disabled=not exists,
            ):
                _go(board, person, among[there])
        st.caption(t("opened.place", number=place + 1, of=len(among)))


def _go(board: Board, person: Employee, entry: int) -> None:
    """Open another item in place of this one."""
    board.marks.seen(person.id, board.listing.conversation(person.id, entry))
    triage.open_next(entry)
    st.rerun()


def _head(found: Opened, t: Translator, board: Board) -> None:
    item, when = found.entry.item, found.entry.at
    told = (name_of(item.author), item.channel, found.source)
    st.caption(" · ".join(plain(part) for part in dict.fromkeys(told) if part))
    st.caption(f"{plain(t.moment(when))} · {t.ago(when, board.now())}{_times(item, t)}")
    if item.people:
        names = list(dict.fromkeys(filter(None, map(name_of, item.people))))
        more = t("opened.more_people", count=len(names) - _PEOPLE) if len(names) > _PEOPLE else ""
        st.caption(f"{t('opened.people')} {plain(', '.join(names[:_PEOPLE]))}{more}")
    if item.labels:
        st.caption(f"{t('opened.labels')} {plain(', '.join(item.labels[:_LABELS]))}")
    if found.place not in (None, Place.SHOWN, Place.OWN):
        st.badge(t(f"place.{found.place}"), icon=":material/inventory_2:", color="blue")


def _times(item: Item, t: Translator) -> str:
    """Say when an appointment is and a task is due, behind when it came."""
    told = []
    if item.start:
        told.append(t("opened.begins", when=_span(item.start, item.end, t)))
    if item.due:
        told.append(t("opened.due", when=t.moment(item.due)))
    return "".join(f" · {plain(one)}" for one in told)


def _span(start: datetime, end: datetime | None, t: Translator) -> str:
    """Say from when until when, the day once where it is the same."""
    if end is None:
        return t.moment(start)
    same = start.astimezone(t.zone).date() == end.astimezone(t.zone).date()
    return f"{t.moment(start)} – {t.hour(end) if same else t.moment(end)}"


def _marks(board: Board, person: Employee, found: Opened, t: Translator, among: Sequence[int]) -> None:
    """Show what the person can do with the item here, as with its row; everything can be taken back."""
    entry = found.entry.id
    finished = found.place in (Place.DONE, Place.SNOOZED, Place.MUTED)

    def act(verb: str, choice: str = "") -> None:
        triage.carry_out(board, person, triage.Action("drawer", 0, verb, (entry,), choice), t.zone)
        place = among.index(entry) if entry in among else -1
        if verb in ("pin", "unpin"):
            triage.open_next(entry)
        elif 0 <= place < len(among) - 1:
            _go(board, person, among[place + 1])
        st.rerun()

    with st.container(horizontal=True, gap="xsmall"):
        verb = "back" if finished else "done"
        symbol = "undo" if finished else "check"
        if st.button(t(f"inbox.{verb}"), icon=f":material/{symbol}:", key="opened.done", type="primary"):
            act(verb)
        later = st.menu_button(
            t("opened.later"),
            _LATER,
            icon=":material/schedule:",
            key="opened.snooze",
            format_func=lambda choice: t(f"inbox.to_{choice}"),
        )
        if later:
            act("snooze", later)
        verb = "unpin" if found.entry.mark.pinned else "pin"
        if st.button(t(f"inbox.{verb}"), icon=":material/keep:", key="opened.pin"):
            act(verb)
        names = triage.mutable(found.entry, found.source)
        what = st.menu_button(
            t("opened.mute"),
            ["thread", *names],
            icon=":material/notifications_off:",
            key="opened.mute",
            format_func=lambda one: plain(t(f"inbox.mute_{one}", name=names.get(one, ""))),
        )
        if what:
            act("mute", what)
        url = found.entry.item.url
        if url and url.lower().startswith(_LINKS):
            st.link_button(t("opened.at_source"), url, icon=":material/open_in_new:")


def _text(found: Opened, t: Translator) -> None:
    if found.html:
        st.html(f'<div style="overflow-wrap:anywhere">{found.html}</div>')
    else:
        st.text(found.entry.item.text)
    if found.blocked:
        st.caption(f":material/shield: {t('opened.blocked', count=found.blocked)}")
    for attachment in found.entry.item.attachments:
        size = f"({_size(attachment.size, t)})" if attachment.size is not None else ""
        st.caption(f":material/attach_file: {plain(f'{attachment.name} {size}')}")


def _size(size: int, t: Translator) -> str:
    step, amount = 0, float(max(size, 0))
    while amount >= 1000 and step < len(_SIZES) - 1:
        step, amount = step + 1, amount / 1000
    return f"{t.number(amount, 1 if step > 1 else 0)} {_SIZES[step]}"


def _foot(board: Board, person: Employee, found: Opened, t: Translator, *, at_reasons: bool) -> None:
    tabs = [t("opened.why"), t("opened.thread"), t("opened.raw")]
    thread = [entry for entry in found.thread if entry.id != found.entry.id]
    tabs[1] += f" ({len(thread)})" if thread else ""
    first = tabs[0] if at_reasons or not thread else tabs[1]
    reasons, conversation, record = st.tabs(tabs, default=first)
    with reasons:
        why.show(found.why, board.pictures.standing(person.id, found.entry.id), t)
    with conversation:
        _thread(thread, t)
    with record:
        st.text(found.raw)


def _thread(thread: Sequence[Entry], t: Translator) -> None:
    """Show the other messages of the conversation, the newest open and the older ones folded."""
    if not thread:
        st.caption(t("opened.alone"))
    for number, entry in enumerate(reversed(thread)):
        said = plain(f"{name_of(entry.item.author)} · {t.moment(entry.at)}".strip(" ·"))
        with st.expander(said, expanded=number == 0):
            text = entry.item.text
            st.text(f"{text[:_LONG]} …" if len(text) > _LONG else text)
