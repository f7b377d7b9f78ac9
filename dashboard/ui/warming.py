"""What the first visitor would otherwise wait for, done as soon as the page is served."""

import asyncio
import gc
from importlib import import_module
from threading import Thread

import structlog

from dashboard.ui import wiring
from dashboard.web.promptness import answer_promptly

_VIEWS = ("today", "search", "sources", "profile")

log = structlog.get_logger(__name__)


def start() -> None:
    """Warm up beside the first requests, and let these be answered at once; ends with the process."""
    answer_promptly(asyncio.get_running_loop())
    Thread(target=warm, name="frontdesk-warming", daemon=True).start()


def warm() -> None:
    """Open the store, load the views, and put the list of the one person in order.

    Where people log in, each has the order of their own made when they come.
    """
    gc.disable()  # what is made here stays: looking through it again and again would take a third of the time
    try:
        board = wiring.board()
        if not board.logins.on:
            board.listing.today(board.me().id)
        for view in _VIEWS:
            import_module(f"dashboard.ui.views.{view}")
    except Exception:
        log.warning("warming up failed; whoever comes first sees why", exc_info=True)
    finally:
        gc.freeze()  # nor is it looked through later
        gc.enable()
