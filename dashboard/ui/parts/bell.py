"""A bell: runs the fragment it stands in again when there is something new, and never otherwise.

Take the revision BEFORE reading what is shown, and ring at the end of the fragment::

    @st.fragment(run_every=60)   # only so that "5 minutes ago" moves; 60 or more
    def _list(board, person, t):
        rev = board.listing.rev(person.id)   # or today.rev
        ...
        bell.show("today", rev)

``show(..., progress=True)`` also rings as sources are read: when a fetch begins, gets further and
ends with nothing new. Nothing is asked of the server while nothing happens. While the page is hidden
the bell waits, and rings once when it is looked at again; with ``hidden=True`` it rings then too, but
seldom. What it cannot reach is typed text, focus and scroll: only what the fragment writes anew is
drawn anew.
"""

import streamlit as st

from dashboard.ui.parts.assets import Part

_BELL = Part("frontdesk.bell", ("ring.js", "bell.js"), html="<i hidden></i>")


def show(key: str, rev: int, *, progress: bool = False, hidden: bool = False) -> None:
    """Run the enclosing fragment again as soon as the person's revision is greater than ``rev``."""
    data = {"rev": rev, "progress": progress, "hidden": hidden}
    with st.container(key=f"unseen-bell-{key}"):
        _BELL.show(data, f"bell.{key}", on_rung_change=_heard)


def _heard() -> None:
    """Let the trigger run the fragment; there is nothing else to do."""
