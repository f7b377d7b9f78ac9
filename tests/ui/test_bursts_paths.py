"""Thirty keys as fast as a keyboard sends them end where the same actions end that are done one by one."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page

from dashboard.board.records import Place
from tests.ui.morning import ROWS, SOON, begin_at, go, has

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("bursts")]

KEYS = "jesepjuesjpeusjejpesujejeupsje"
SENT = re.compile(r'\{"page":"\w+","n":\d+,"verb":"\w+","ids":\[[^]]*\],"choice":"[^"]*"\}')
State = dict[str, frozenset[str]]


@contextmanager
def tab(browser: Browser, morning) -> Iterator[tuple[Page, dict[int, dict[str, object]]]]:
    """Open the list; what it sends is kept, each action once and in its order."""
    page = browser.new_context(locale="en-GB").new_page()
    sent: dict[int, dict[str, object]] = {}

    def keep(payload: str | bytes) -> None:
        text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else payload
        for found in SENT.findall(text.replace('\\"', '"')):
            action = json.loads(found)
            sent[action["n"]] = action

    page.on("websocket", lambda socket: socket.on("framesent", keep))
    go(page, morning)
    has(page, ROWS)
    yield page, sent
    page.context.close()


def acknowledged(page: Page) -> None:
    end = time.monotonic() + SOON / 1000
    while page.evaluate("sessionStorage.getItem('frontdesk.inbox')") is not None:
        assert time.monotonic() < end, "the server has not acknowledged everything"
        page.wait_for_timeout(100)


def one_by_one(sent: dict[int, dict[str, object]]) -> State:
    """Return where a plain model ends that carries out one action after the other."""
    assert sorted(sent) == list(range(1, len(sent) + 1)), "an action was never sent"
    now: State = {"done": frozenset(), "snoozed": frozenset(), "pinned": frozenset()}
    before = []
    for number in sorted(sent):
        verb, ids = sent[number]["verb"], frozenset(sent[number]["ids"])
        if verb == "undo":
            now = before.pop() if before else now
            continue
        before.append(now)
        if verb == "done":
            now = now | {"done": now["done"] | ids}
        elif verb == "snooze":
            now = now | {"snoozed": now["snoozed"] | ids}
        else:
            now = now | {"pinned": now["pinned"] | ids if verb == "pin" else now["pinned"] - ids}
    return now


def kept(morning) -> State:
    """Return what the store has kept."""
    rows = {place: morning.board.listing.today(morning.me, place=place).rows for place in Place}
    of_today = {
        place: [row for row in rows[place] if row.entry.item.id.startswith(f"{morning.days}/")] for place in rows
    }
    return {
        "done": frozenset(str(row.entry.id) for row in of_today[Place.DONE]),
        "snoozed": frozenset(str(row.entry.id) for row in of_today[Place.SNOOZED]),
        "pinned": frozenset(str(row.entry.id) for one in of_today.values() for row in one if row.entry.mark.pinned),
    }


@pytest.mark.parametrize("interrupted", [False, True], ids=["alone", "with news in the middle"])
def test_a_burst_of_keys_ends_where_its_actions_end_one_by_one(interrupted, browser, morning):
    with tab(browser, morning) as (page, sent):
        begin_at(page)
        for number, key in enumerate(KEYS):
            page.keyboard.press(key)
            if interrupted and number == len(KEYS) // 2:
                morning.arrive(morning.item("late"))
        acknowledged(page)
        assert len(sent) > len(KEYS) / 2
        assert kept(morning) == one_by_one(sent)


def test_bursts_in_two_tabs_at_once_both_count(browser, morning):
    with tab(browser, morning) as (page, sent), tab(browser, morning) as (other, sent_there):
        begin_at(page)
        begin_at(other, ROWS // 2)
        for key in "espjespj":
            page.keyboard.press(key)
            other.keyboard.press(key)
        acknowledged(page)
        acknowledged(other)
        here, there = one_by_one(sent), one_by_one(sent_there)
        assert kept(morning) == {name: here[name] | there[name] for name in here}
