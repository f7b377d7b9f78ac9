"""The log of what admins changed: rows are only ever added, so there is nothing to change here."""

import csv
import io
import json
from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.board import Board
from dashboard.board.admin import VERBS, AuditRecord
from dashboard.i18n import Translator
from dashboard.ui.admin import entries
from dashboard.ui.admin.health import REFRESH_SECONDS
from dashboard.ui.parts import bell, empty

_PAGE, _MOST = 50, 10_000
_TOPICS: Mapping[str, tuple[str, ...] | None] = {
    "all": None,
    **{
        topic: tuple(verb for verb in VERBS if verb.startswith(start))
        for topic, start in (("people", "person."), ("sources", "source."), ("defaults", "default."))
    },
    "backup": ("backup", "restore", "vault.rotate"),
}


def show(board: Board, me: int, t: Translator) -> None:
    """Show the newest rows, of one topic where one is chosen, and offer all of them as a file."""
    st.markdown(t("admin.log_intro"))
    topic = st.selectbox(
        t("admin.topic"), list(_TOPICS), key="topic", format_func=lambda name: t(f"admin.{name}"), width=320
    )
    st.fragment(_rows, run_every=REFRESH_SECONDS)(board, me, topic, t)


def _rows(board: Board, me: int, topic: str, t: Translator) -> None:
    """Show the rows as they are now; what is added meanwhile appears by itself."""
    rev, verbs = board.listing.rev(me), _TOPICS[topic]
    bell.show("log", rev)
    shown = st.session_state.get("log.shown", _PAGE)
    rows = board.admin.log(me, limit=shown + 1, verbs=verbs)
    if not rows:
        empty.show(t, "admin.log_empty")
        return
    entries.show((_entry(row, t) for row in rows[:shown]), t("admin.log"))
    if len(rows) > shown:
        st.button(t("admin.more"), key="log.more", on_click=_more, width="stretch")
    st.download_button(
        t("admin.log_save"),
        lambda: saved(board.admin.log(me, limit=_MOST, verbs=verbs)),
        file_name="frontdesk-log.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _more() -> None:
    st.session_state["log.shown"] = st.session_state.get("log.shown", _PAGE) + _PAGE


def _entry(row: AuditRecord, t: Translator) -> entries.Entry:
    told = filter(None, (t.moment(row.at), detail(row.detail, t, changed=row.verb.endswith(".change"))))
    return entries.Entry(row.actor, t(f"admin.verb.{row.verb}", subject=_subject(row, t)), " · ".join(told))


def _subject(row: AuditRecord, t: Translator) -> str:
    """Return what was changed; a default stands in the log as ``part (group)``."""
    part, _, whom = row.subject.partition(" ")
    named = t.find(f"admin.part.{part.replace('.', '_')}") if row.verb.startswith("default.") else ""
    return f"{named} {whom}" if named else row.subject


def detail(values: Mapping[str, object], t: Translator, *, changed: bool) -> str:
    """Return what a change is about in one line; where something was ``changed``, as ``name: before → after``."""
    told = {name: _value(value, t, pair=changed and name != "options") for name, value in values.items()}
    return "; ".join(f"{t.find(f'admin.field.{name}', name)}: {text}" for name, text in told.items() if text)


def _value(value: object, t: Translator, *, pair: bool) -> str:
    if pair and isinstance(value, list) and len(value) == 2:
        return " → ".join(_one(each, t) or "–" for each in value)
    return _one(value, t)


def _one(value: object, t: Translator) -> str:
    if isinstance(value, Mapping):
        value = [name if on is True else f"{name} {_one(on, t)}" for name, on in value.items() if on not in (None, [])]
    if isinstance(value, list):
        return ", ".join(_one(each, t) for each in value)
    if value is True:
        return t("admin.yes")
    return "" if value in (None, False) else str(value)


def saved(rows: Sequence[AuditRecord]) -> str:
    """Return the rows as CSV that a spreadsheet shows and does not run."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("number", "at", "actor", "verb", "subject", "detail"))
    for row in rows:
        told = (row.id, row.at.isoformat(), row.actor, row.verb, row.subject, json.dumps(row.detail))
        writer.writerow(_safe(str(value)) for value in told)
    return out.getvalue()


def _safe(cell: str) -> str:
    """Write a quote before what a spreadsheet would take for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
