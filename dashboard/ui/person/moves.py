"""The list as it will be: the first places with how far each conversation moves, and who leaves them."""

from html import escape

import streamlit as st

from dashboard.board.preview import FIRST, Move
from dashboard.board.records import Place
from dashboard.i18n import Translator
from dashboard.ui.parts import voice
from dashboard.ui.parts.plain import heard
from dashboard.ui.person.editing import Editing

_STYLE = """<style>
ol.moves, ul.moves { list-style: none; margin: 0 0 .75rem; padding: 0; font-size: .875rem; }
.moves li { display: flex; gap: .5rem; align-items: baseline; padding: .3rem 0; border-top: 1px solid #8884; }
.moves li:first-child { border-top: 0; }
.moves .number { min-width: 1.4em; text-align: right; font-variant-numeric: tabular-nums; }
.moves .title { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.moves .move { white-space: nowrap; font-variant-numeric: tabular-nums; }
.moves .risen .title, .moves .risen .move { font-weight: 600; }
@media (min-width: 48rem) {
  [data-testid="stColumn"]:has(.st-key-profile-moves) { position: sticky; top: 4.5rem; align-self: flex-start; }
}
@media (max-width: 48rem) {
  .st-key-profile-unsaved { position: fixed; inset: auto 0 0; z-index: 99; padding: .75rem 1rem; background: #fff; }
  .st-key-profile-unsaved { border-top: 1px solid #8884; flex-wrap: nowrap; }
}
@media (max-width: 48rem) and (prefers-color-scheme: dark) {
  .st-key-profile-unsaved { background: #191917; }
}
.moves .unsaid { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
</style>"""


def show(editing: Editing) -> None:
    """Show what the draft would do to the list, and what to do with it: save, discard, take the last save back."""
    t, moves = editing.t, editing.board.preview.moves(editing.person.id, editing.draft)
    changed = editing.board.preview.changed(editing.person.id)
    voice.say("profile", heard(t("profile.unsaved")) if changed else "")
    with st.container(border=True, key="profile-moves"):
        _buttons(editing, changed)
        st.header(t("profile.then" if changed else "profile.now"), anchor=False)
        if not moves.first:
            st.markdown(t("profile.nothing_listed"))
        elif changed and moves.none:
            st.markdown(t("profile.moves_nothing", count=len(moves.first)))
        st.html(_STYLE + _listed([_first(move, t) for move in moves.first], "ol"))
        if moves.gone:
            st.markdown(f"**{t('profile.leaving', count=FIRST)}**")
            st.html(_listed([_gone(move, t) for move in moves.gone], "ul"))


def _buttons(editing: Editing, changed: bool) -> None:
    t, preview, person = editing.t, editing.board.preview, editing.person.id

    def save() -> None:
        editing.anew(lambda: preview.save(person))
        st.toast(t("inbox.said_profile"), icon=":material/check:")

    def undo() -> None:
        editing.anew(lambda: preview.undo(person))
        st.toast(t("inbox.undone", what=t("inbox.said_profile")), icon=":material/undo:")

    if changed:
        with st.container(key="profile-unsaved", horizontal=True, vertical_alignment="center"):
            st.markdown(t("profile.unsaved"), width="stretch")
            st.button(
                t("profile.save"),
                type="primary",
                key="profile.save",
                on_click=save,
            )
            st.button(
                t("profile.discard"),
                key="profile.discard",
                on_click=lambda: editing.anew(lambda: preview.discard(person)),
            )
    elif preview.undoable(person):
        st.button(
            t("profile.undo"),
            icon=":material/undo:",
            key="profile.undo",
            on_click=undo,
        )


def _listed(rows: list[str], tag: str) -> str:
    return f'<{tag} class="moves" role="list">{"".join(rows)}</{tag}>'


def _first(move: Move, t: Translator) -> str:
    number = f'<span class="number">{move.after}.</span>'
    if move.before == move.after:
        return _row(move, number, "", "", t)
    if move.before is None:
        return _row(move, number, t("profile.move_new"), "", t)
    up = (move.before or 0) - (move.after or 0)
    said = t("profile.move_up" if up > 0 else "profile.move_down", count=abs(up))
    return _row(move, number, f"{'▲' if up > 0 else '▼'} {abs(up)}", said, t)


def _gone(move: Move, t: Translator) -> str:
    where = t("profile.move_to", place=move.after) if move.place is Place.SHOWN else t(f"profile.move_{move.place}")
    return _row(move, "", where, "", t)


def _row(move: Move, number: str, shown: str, said: str, t: Translator) -> str:
    """Return one line; ``said`` is what is read aloud where what is shown is a sign."""
    title = escape(move.title or t("inbox.untitled"))
    sign = f'<span aria-hidden="true">{shown}</span><span class="unsaid">{said}</span>' if said else shown
    kind = ' class="risen"' if move.after and (move.before or move.after + 1) > move.after else ""
    return f'<li{kind}>{number}<span class="title">{title}</span><span class="move">{sign}</span></li>'
