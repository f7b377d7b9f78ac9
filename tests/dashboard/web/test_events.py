"""An open page is told what is new for its person, at once and only then."""

import asyncio
import subprocess
import sys
import threading
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from connectors.kit import Item
from dashboard.board import StoreError
from dashboard.store.records import Audience, Batch
from dashboard.web import events as web_events
from dashboard.web.events import MOST, Events

ELSEWHERE = """
import sys
from datetime import UTC, datetime
from dashboard.store import open_store
store = open_store(sys.argv[1])
store.keep(int(sys.argv[2]), "note", "written elsewhere")
"""


class Desk:
    """Events on a board, with as many people as a test wants: the person is in the path of nobody, but in ``asks``."""

    def __init__(self, board, asks, valid=lambda _: True):
        people = iter(asks)
        self.looked = 0
        self.events = Events(lambda: self._counted(board), lambda _: next(people), valid)
        self.app = Starlette(routes=[Route("/events", self.events.answer)])

    def _counted(self, board):
        self.looked += 1
        return board

    @asynccontextmanager
    async def watching(self):
        task = asyncio.create_task(self.events.watch())
        try:
            yield
        finally:
            task.cancel()


@pytest.fixture
def alive(board):
    board.store.engine.beat("worker", now=board.now())


def test_a_page_is_told_where_things_stand_and_then_only_what_is_new(board, person, listen, alive):
    async def go():
        desk = Desk(board, [person.id])
        async with desk.watching(), listen(desk.app) as [page]:
            first = int(await page.until("rev"))
            assert first == board.listing.rev(person.id)
            assert page.headers["content-type"].startswith("text/event-stream")
            assert page.headers["cache-control"] == "no-store"
            heard = list(page.events)
            await asyncio.sleep(1)
            assert page.events == heard
            board.store.keep(person.id, "note", 1)
            assert int(await page.until("rev", lambda rev: int(rev) > first)) == board.listing.rev(person.id)

    asyncio.run(go())


def test_what_another_process_writes_is_heard_within_a_second(board, settings, person, listen, alive):
    async def go():
        desk = Desk(board, [person.id])
        async with desk.watching(), listen(desk.app) as [page]:
            first = await page.until("rev")
            script = [sys.executable, "-c", ELSEWHERE, settings.database_url, str(person.id)]
            await asyncio.to_thread(subprocess.run, script, check=True)
            await page.until("rev", lambda rev: rev != first, seconds=1)

    asyncio.run(go())


def test_news_of_one_person_reach_no_other(board, listen, alive):
    ada, bob = (board.store.enroll(name, admin=True).id for name in ("ada", "bob"))
    adds = {"connector": "feeds", "options": {}, "every": 900.0, "due_at": None}
    own = board.store.add_source(ada, title="own", **adds)
    shared = board.store.add_source(ada, title="shared", audience=Audience.EVERYONE, **adds)

    def arrive(source):
        board.store.engine.commit(source.id, None, Batch(items=[(Item(id="1", title="x"), "")]), now=board.now())

    async def go():
        desk = Desk(board, [ada, bob])
        async with desk.watching(), listen(desk.app) as [adas]:
            before = await adas.until("rev")
            async with listen(desk.app) as [bobs]:
                await bobs.until("rev")
                quiet = list(bobs.events)
                arrive(own)
                await adas.until("rev", lambda rev: rev != before)
                await asyncio.sleep(0.5)
                assert bobs.events == quiet
                arrive(shared)
                await bobs.until("rev", lambda rev: int(rev) == board.listing.rev(bob))

    asyncio.run(go())


def test_who_comes_while_others_are_looked_for_is_told_too(board, listen, alive, monkeypatch):
    ada, bob = (board.store.enroll(name).id for name in ("ada", "bob"))
    looking, go_on, revs = threading.Event(), threading.Event(), board.changes.revs

    def slow(people):
        looking.set()
        go_on.wait(5)
        return revs(people)

    async def go():
        monkeypatch.setattr(board.changes, "revs", slow)
        desk = Desk(board, [ada, bob])
        async with desk.watching(), listen(desk.app) as [first]:
            await asyncio.to_thread(looking.wait, 5)
            async with listen(desk.app) as [late]:
                async with asyncio.timeout(5):
                    while not late.events:
                        await asyncio.sleep(0.01)
                go_on.set()
                await first.until("rev")
                await late.until("rev")

    asyncio.run(go())


def test_nobody_is_asked_anything_while_nobody_listens(board, person, listen, alive):
    async def go():
        desk = Desk(board, [person.id])
        async with desk.watching():
            await asyncio.sleep(0.5)
            assert desk.looked == 0
            async with listen(desk.app) as [page]:
                await page.until("rev")
            await asyncio.sleep(0.5)
            asked = desk.looked
            await asyncio.sleep(1)
            assert desk.looked == asked

    asyncio.run(go())


def test_a_login_that_is_over_is_said_and_ends_the_stream(board, person, listen, alive):
    valid = True

    async def go():
        nonlocal valid
        desk = Desk(board, [person.id], lambda _: valid)
        async with desk.watching(), listen(desk.app) as [page]:
            await page.until("rev")
            valid = False
            await page.until("signed-out")
            async with asyncio.timeout(5):
                while not page.over:
                    await asyncio.sleep(0.01)

    asyncio.run(go())


@pytest.mark.parametrize(("asks", "status"), [([None], 401), ([7] * (MOST + 1), 429)], ids=["nobody", "too many"])
def test_who_has_no_login_or_too_many_pages_is_refused(board, listen, asks, status):
    async def go():
        desk = Desk(board, asks)
        async with listen(desk.app, len(asks)) as pages:
            await asyncio.sleep(0.3)
            assert sorted(page.status for page in pages) == [200] * (len(asks) - 1) + [status]  # whoever came last

    asyncio.run(go())


def test_a_database_that_fails_is_said_and_so_is_that_it_is_back(board, person, listen, alive, monkeypatch):
    monkeypatch.setattr(web_events, "AGAIN", 0.1)
    broken = False

    def stamp():
        if broken:
            raise StoreError("disk I/O error")
        return "same"

    async def go():
        nonlocal broken
        monkeypatch.setattr(board.changes, "stamp", stamp)
        desk = Desk(board, [person.id])
        async with desk.watching(), listen(desk.app) as [page]:
            assert await page.until("trouble") == ""
            broken = True
            what, since = (await page.until("trouble", bool)).split(" ")
            assert what == "store"
            assert since.startswith(f"{board.now():%Y-%m-%d}")
            broken = False
            async with asyncio.timeout(5):
                while page.events[-1] != ("trouble", ""):
                    await asyncio.sleep(0.01)

    asyncio.run(go())


def test_a_worker_that_is_still_starting_is_not_called_dead(board, person, listen):
    async def go():
        desk = Desk(board, [person.id])
        async with desk.watching(), listen(desk.app) as [page]:
            await page.until("rev")
            await asyncio.sleep(2 * web_events.LOOK)
            board.store.engine.beat("worker", now=board.now())
            await asyncio.sleep(web_events.START)
            assert {data for event, data in page.events if event == "trouble"} == {""}

    asyncio.run(go())


def test_a_worker_that_is_dead_is_said_with_the_time_of_its_last_sign(board, person, listen):
    async def go():
        desk = Desk(board, [person.id])
        async with desk.watching(), listen(desk.app) as [page]:
            assert (await page.until("trouble", bool)).startswith("worker")

    asyncio.run(go())


def test_a_quiet_stream_says_that_it_is_alive(board, person, listen, alive, monkeypatch):
    monkeypatch.setattr(web_events, "ALIVE", 0.2)

    async def go():
        desk = Desk(board, [person.id])
        async with desk.watching(), listen(desk.app) as [page]:
            await page.until("alive")

    asyncio.run(go())


def test_a_slow_reader_holds_the_newest_of_each_event_and_no_more():
    async def go():
        stream = web_events.Stream(1, {})
        for rev in range(10_000):
            stream.tell("rev", str(rev))
        lines = stream.lines()
        assert [await anext(lines), await anext(lines)][1] == "event: rev\ndata: 9999\n\n"

    asyncio.run(go())


def test_closing_ends_every_stream_and_lets_nobody_in(board, person, listen, alive):
    async def go():
        desk = Desk(board, [person.id] * 3)
        async with desk.watching():
            pages = [(page := listen(desk.app)), page]
            async with pages[0] as [page]:
                await page.until("rev")
                desk.events.close()
                async with asyncio.timeout(2):
                    while desk.events._streams:
                        await asyncio.sleep(0.01)
            async with listen(desk.app) as [late]:
                await asyncio.sleep(0.2)
                assert late.status == 429

    asyncio.run(go())


def test_two_hundred_open_pages_cost_one_question_a_look(board, person, listen, alive, monkeypatch):
    monkeypatch.setattr(web_events, "MOST", 1000)
    asked = []
    revs = board.changes.revs
    monkeypatch.setattr(board.changes, "revs", lambda people: asked.append(len(people)) or revs(people))

    async def go():
        desk = Desk(board, [person.id] * 200)
        async with desk.watching(), listen(desk.app, 200) as pages:
            for page in pages:
                await page.until("rev")
            await asyncio.sleep(0.5)
            before = len(asked)
            await asyncio.sleep(1)
            assert len(asked) == before
            board.store.keep(person.id, "note", 1)
            for page in pages:
                await page.until("rev", lambda rev: int(rev) == board.listing.rev(person.id))
            assert len(asked) - before <= 2
            assert set(asked) == {1}

    asyncio.run(go())
