"""What the page is made of is asked for once: a message only says where it is."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from dashboard.ui.parts import assets, bell, inbox, notify, overview, shell, upload, voice

PARTS = [bell._BELL, inbox._LIST, notify._PERMISSION, overview._LINES, shell._SHELL, upload._UPLOAD, voice._VOICE]
FEW = 2500


def get(path):
    async def ask():
        transport = httpx.ASGITransport(app=Starlette(routes=[assets.ROUTE]))
        async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
            return await client.get(path)

    with ThreadPoolExecutor(1) as beside:  # where a browser is driven, this thread has a loop already
        return beside.submit(lambda: asyncio.run(ask())).result()


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_a_browser_keeps_a_script_for_good(part):
    answer = get(part.address)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert "export default function" in answer.text


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_a_message_carries_no_script_and_no_style_but_where_they_are(part):
    assert part.address in part._loader
    assert len(part._loader) + len(part.html) < FEW


def test_another_script_has_another_address():
    before, after = assets.publish("x", "let a = 1;"), assets.publish("x", "let a = 2;")
    assert before != after
    assert [get(before).text, get(after).text] == ["let a = 1;", "let a = 2;"]


@pytest.mark.parametrize("path", ["/assets/x.js", "/assets/..%2finbox.py", "/assets/inbox.py", "/assets/"])
def test_nothing_else_is_answered(path):
    assert get(path).status_code == 404


def test_texts_are_those_that_a_part_asks_for_in_its_language():
    english, german = assets.texts("en", "inbox."), assets.texts("de", "inbox.")
    assert english != german
    assert "inbox.done" in get(german).text
    assert "today.title" not in get(german).text


def test_every_part_is_made_of_assets():
    parts = Path(assets.__file__).parents[1]
    direct = [file.name for file in parts.rglob("*.py") if re.search(r"v2\.component\(", file.read_text("utf-8"))]
    assert direct == ["assets.py"]
