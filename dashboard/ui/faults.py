"""What a person reads where something failed: a sentence and a way out, with a number that is in the log as well."""

import secrets

import streamlit as st
import structlog

from dashboard.board import StoreError
from dashboard.i18n import Translator, negotiate
from dashboard.ui import wiring

_LOOK = 3
"""Seconds between two looks whether a database that is away has come back."""
_SAYS = {
    "locked": ("locked", "lock timeout", "could not obtain lock"),
    "full": ("is full", "no space left", "disk full"),
    "readonly": ("readonly", "read-only"),
}
"""What SQLite and PostgreSQL say of a write that did not happen."""

log = structlog.get_logger(__name__)


def show(error: Exception) -> bool:
    """Say in the place of what failed that it did; the hook of ``st.App`` for every view, fragment and callback.

    Returns True: Streamlit has nothing to add, least of all the exception itself.
    """
    t = Translator(negotiate(st.session_state.get("language") or st.context.locale))
    number = secrets.token_hex(3)
    if isinstance(error, StoreError):
        fault = kind(error)
        log.warning("a view could not reach the database", number=number, fault=fault, exc_info=error)
        st.warning(t(f"fault.{fault}"), icon=":material/cloud_off:")
    else:
        fault = "bug"
        log.error("a view failed", number=number, exc_info=error)
        st.error(t("fault.bug", number=number), icon=":material/error:")
    st.button(t("fault.again"), key=f"again.{number}")
    if fault == "away":
        st.fragment(_return, run_every=_LOOK)()
    return True


def kind(error: StoreError) -> str:
    """Return what is wrong with the database, as far as the person it happens to can do something about it."""
    said = str(error).lower()
    return next((name for name, signs in _SAYS.items() if any(sign in said for sign in signs)), "away")


def _return() -> None:
    """Run the page again as soon as the database answers."""
    try:
        wiring.board().me()
    except StoreError:
        return
    st.rerun()
