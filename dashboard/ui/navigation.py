"""The views by name, so that one can lead to another."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

_KEY = "navigation.pages"


def remember(pages: Mapping[str, Any]) -> None:
    """Keep the page objects of this run; they belong to one session only."""
    st.session_state[_KEY] = dict(pages)


def link(name: str, label: str, *, icon: str = "arrow_forward", query: Mapping[str, str] | None = None) -> None:
    """Show a link to a view; nothing where the shell has no such view."""
    if page := st.session_state.get(_KEY, {}).get(name):
        st.page_link(page, label=label, icon=f":material/{icon}:", query_params=dict(query or {}))
