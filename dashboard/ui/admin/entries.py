"""A list of changes, each a sentence with its particulars under it: reads well on a phone, where a table does not."""

from collections.abc import Iterable
from html import escape
from typing import NamedTuple

import streamlit as st

from dashboard.ui.parts import pictures


class Entry(NamedTuple):
    """``who`` or where, what was done, and what is told beside it."""

    who: str
    deed: str
    beside: str


def show(entries: Iterable[Entry], label: str) -> None:
    """Show the entries in their order."""
    pictures.style()
    lines = (
        f"<li><div><strong>{escape(one.who)}</strong> {escape(one.deed)}</div><small>{escape(one.beside)}</small></li>"
        for one in entries
    )
    st.html(f'<ol class="fd fd-entries" aria-label="{escape(label)}">{"".join(lines)}</ol>')
