"""The log of what admins changed: rows are only ever added, so there is nothing to change here."""

import csv
import io
import json
from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.board import Board
from dashboard.board.admin import VERBS, AuditRecord
from dashboard.i18n import Translator
from dashboard.ui.parts import empty, pictures

_PAGE, _MOST = 50, 10_000
_TOPICS: Mapping[str, tuple[str, ...]] = {
    "all": VERBS,
    **{
        topic: tuple(verb for verb in VERBS if verb.startswith(start))
        for topic, start in (("people", "person."), ("sources", "source."), ("defaults", "default."))
    },
    "backup": ("backup", "restore"),
}


def show(board: Board, me: int, t: Translator) -> None:
    """Show the newest rows, of one topic where one is chosen, and offer all of them as a file."""
    st.markdown(t("admin.log_intro"))
    topic = st.pills(
        t("admin.topic"),
        list(_TOPICS),
        key="topic",
        default="all",
        required=True,
        label_visibility="collapsed",
        format_func=lambda name: t(f"admin.{name}"),
    )
    verbs = None if topic == "all" else _TOPICS[topic or "all"]
    shown = st.session_state.get("log.shown", _PAGE)
    rows = board.admin.log(me, limit=shown + 1, verbs=verbs)
    if not rows:
        empty.show(t, "admin.log_empty")
        return
    pictures.style()
    heads = [t(f"admin.log_{name}") for name in ("when", "who", "what", "detail")]
    told = [[t.moment(row.at), row.actor, _deed(row, t), detail(row.detail, t)] for row in rows[:shown]]
    st.html(pictures.grid(heads, told, t("admin.log")))
    if len(rows) > shown:
        st.button(t("today.more"), key="log.more", on_click=_more, width="stretch")
    st.download_button(
        t("admin.log_save"),
        lambda: _file(board.admin.log(me, limit=_MOST, verbs=verbs)),
        file_name="frontdesk-log.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _more() -> None:
    st.session_state["log.shown"] = st.session_state.get("log.shown", _PAGE) + _PAGE


def _deed(row: AuditRecord, t: Translator) -> str:
    return t(f"admin.verb.{row.verb}", subject=row.subject)


def detail(values: Mapping[str, object], t: Translator) -> str:
    """Return what changed in one line: ``name: before → after``."""
    return "; ".join(f"{t.find(f'admin.field.{name}', name)}: {_value(value)}" for name, value in values.items())


def _value(value: object) -> str:
    if isinstance(value, list) and len(value) == 2:
        return " → ".join(_one(each) for each in value)
    return _one(value)


def _one(value: object) -> str:
    if value in (None, "", []):
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _file(rows: Sequence[AuditRecord]) -> str:
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
