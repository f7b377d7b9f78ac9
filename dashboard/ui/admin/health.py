"""How the whole is doing: workers, sources in trouble with since when and the way out, and the figures."""

from collections.abc import Iterable
from html import escape

import streamlit as st

from dashboard.board import Board
from dashboard.board.admin import Overview
from dashboard.i18n import Translator
from dashboard.store.records import ConnectorHealth, Health, Source
from dashboard.ui.parts import bell, detail, pictures, source_card
from dashboard.ui.parts.plain import plain

REFRESH_SECONDS = 15
"""The bell rings at what reaches the admin as well: a source of everybody's, a default, a change of their own.
What concerns others alone (their sources, who they are) moves no revision of the admin's, so it is looked for."""
_LATE_MINUTES = 10
_MB = 1_000_000
_BAD = (Health.FAILING, Health.PAUSED)
_STATES = (Health.OK, Health.FAILING, Health.PAUSED)


def show(board: Board, me: int, t: Translator) -> None:
    """Show it, and look again by itself."""
    st.fragment(_show, run_every=REFRESH_SECONDS)(board, me, t)


def _show(board: Board, me: int, t: Translator) -> None:
    rev = board.listing.rev(me)
    seen = board.admin.health(me)
    _workers(board, seen, t)
    _figures(board, seen, t)
    _trouble(board, seen, t)
    _picture(seen, t)
    bell.show("health", rev, progress=True)


def _workers(board: Board, seen: Overview, t: Translator) -> None:
    if not seen.alive:
        last = max((worker.seen_at for worker in seen.workers), default=None)
        text = t("sources.worker_dead", ago=t.ago(last, board.now())) if last else t("sources.worker_never")
        st.error(text, icon=":material/sync_disabled:")
    elif seen.waiting and seen.waiting.total_seconds() > 60 * _LATE_MINUTES:
        st.warning(t("admin.late", span=t.span(seen.waiting)), icon=":material/hourglass_bottom:")


def _trouble(board: Board, seen: Overview, t: Translator) -> None:
    bad = [shared for shared in seen.shared if shared.source.health in _BAD]
    counted = [row for row in seen.survey.personal if row.failing or row.paused]
    if not bad and not counted:
        if seen.alive:
            st.success(t("admin.well"), icon=":material/check_circle:")
        return
    st.header(t("admin.trouble"), anchor=False)
    for shared in bad:
        with st.container(border=True):
            _source(board, shared.source, t)
    if counted:
        st.markdown(t("admin.trouble_personal"))
        st.markdown("\n".join(_personal(row, t) for row in counted))


def _source(board: Board, source: Source, t: Translator) -> None:
    def go() -> None:
        st.session_state["room"] = "sources"

    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{plain(source.title)}**")
        st.button(t("admin.mend"), key=f"mend.{source.id}", on_click=go, icon=":material/build:")
    sentence = t.find(f"failure.{source.failure}", t("admin.paused")) if source.failure else t("admin.paused")
    since = t("admin.since", ago=t.ago(source.since, board.now())) if source.since else ""
    told = (sentence, since, source_card.advice(source, board.now(), t, mine=True))
    st.warning(" ".join(filter(None, told)), icon=":material/warning:")
    detail.show(source.detail, t)


def _personal(row: ConnectorHealth, t: Translator) -> str:
    failures = (f"{t.find(f'failure.{name}', t('failure.Bug'))} ({count})" for name, count in row.failures.items())
    told = " ".join(failures) or t("admin.paused")
    share = t("admin.of", bad=row.failing + row.paused, all=row.sources)
    return f"- **{plain(connector(row.connector, t))}**, {share}: {told}"


def connector(name: str, t: Translator) -> str:
    """Return what a connector is called on the page."""
    return t.find(f"option.{name}.name", name.replace("_", " ").capitalize())


def _figures(board: Board, seen: Overview, t: Translator) -> None:
    survey = seen.survey
    told = {
        "people_count": str(survey.people),
        "sources_count": str(len(survey.shared) + sum(row.sources for row in survey.personal)),
        "items_count": f"{survey.items:,}".replace(",", "\u202f"),
        "size": f"{t.number(survey.size / _MB, 1)} MB",
        "workers": str(seen.alive),
        "waiting": t.span(seen.waiting) if seen.waiting else t("admin.waiting_none"),
    }
    pictures.style()
    cells = "".join(
        f"<div><dt>{escape(t(f'admin.{key}'))}</dt><dd>{escape(value)}</dd></div>" for key, value in told.items()
    )
    st.html(f'<dl class="fd fd-figures">{cells}</dl>{_workers_table(board, seen, t)}')


def _workers_table(board: Board, seen: Overview, t: Translator) -> str:
    if not seen.workers:
        return ""
    heads = [t("admin.worker"), t("admin.worker_seen")]
    rows = [[worker.name, t.ago(worker.seen_at, board.now())] for worker in seen.workers]
    table = pictures.grid(heads, rows, t("admin.worker_all"))
    return f'<div class="fd">{pictures.folded(t("admin.worker_all"), table)}</div>'


def _picture(seen: Overview, t: Translator) -> None:
    counts: dict[str, dict[Health, int]] = {}
    for row in seen.survey.personal:
        _add(counts, row.connector, {Health.FAILING: row.failing, Health.PAUSED: row.paused})
        _add(counts, row.connector, {Health.OK: row.sources - row.failing - row.paused})
    for shared in seen.shared:
        state = shared.source.health if shared.source.health in _BAD else Health.OK
        _add(counts, shared.source.connector, {state: 1})
    if not counts:
        return
    st.header(t("admin.by_connector"), anchor=False)
    strips = "".join(_strip(connector(name, t), counts[name]) for name in sorted(counts))
    heads = [t("admin.connector"), *(t(f"health.{state}") for state in _STATES)]
    rows = [[connector(name, t), *(counts[name].get(state, 0) for state in _STATES)] for name in sorted(counts)]
    table = pictures.folded(t("pictures.table"), pictures.grid(heads, rows, t("admin.by_connector")))
    st.html(f'<div class="fd"><div aria-hidden="true">{strips}</div>{_legend(rows, t)}{table}</div>')


def _add(counts: dict[str, dict[Health, int]], name: str, more: dict[Health, int]) -> None:
    known = counts.setdefault(name, {})
    for state, count in more.items():
        known[state] = known.get(state, 0) + count


def _strip(name: str, counts: dict[Health, int]) -> str:
    parts = "".join(
        f'<i class="fd-{state}" style="flex:{counts[state]} 0 0"></i>' for state in _STATES if counts.get(state)
    )
    return f'<div class="fd-line"><span>{escape(name)}</span><div class="fd-strip">{parts}</div></div>'


def _legend(rows: Iterable[list[object]], t: Translator) -> str:
    totals = [sum(int(str(cell)) for cell in cells) for cells in list(zip(*rows, strict=True))[1:]]
    shown = [(state, total) for state, total in zip(_STATES, totals, strict=True) if total]
    items = "".join(
        f'<li><i class="fd-{s}" aria-hidden="true"></i>{escape(t(f"health.{s}"))} {n}</li>' for s, n in shown
    )
    return f'<ul class="fd-legend">{items}</ul>'
