"""Text that others write, in the places where Streamlit reads Markdown: it is shown letter by letter."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from connectors.kit.registry import Registry
from dashboard.board import Board
from dashboard.opening import open_house
from dashboard.settings import Login, Settings
from dashboard.ui import wiring
from dashboard.ui.parts.plain import plain

EVIL = "![i](https://evil.example/i.png) :red[c] $x$ [l](https://evil.example)"


@pytest.fixture
def behind_a_proxy(tmp_path):
    login = Login(header="X-Forwarded-User", trusted_proxies="10.0.0.5/32")
    house = open_house(Settings(data=tmp_path / "data", login=login), registry=Registry.find())
    yield Board(house)
    house.store.close()


def test_a_name_in_a_profile_draws_no_picture_beside_its_level():
    def script(name):
        from dashboard.i18n import Translator
        from dashboard.ui.parts import weights

        weights.show([weights.Line(name, 1.0)], "people", Translator("en"), lambda *_: None)

    page = AppTest.from_function(script, args=(EVIL,)).run()
    assert not page.exception
    assert "evil.example/i.png" in page.selectbox[0].label
    assert not {"!", "[", ":", "$", "\\"} & set(page.selectbox[0].label)


def test_the_name_that_a_provider_gives_somebody_draws_no_picture_in_their_menu(behind_a_proxy):
    def script(board, person):
        from dashboard.i18n import Translator
        from dashboard.ui.parts import account

        account.menu(board, person, Translator("en"))

    page = AppTest.from_function(script, args=(behind_a_proxy, behind_a_proxy.store.enroll("ada", name=EVIL))).run()
    assert not page.exception
    labels = [block.proto.popover.label for block in _blocks(page.main) if block.type == "popover"]
    assert labels == [plain(EVIL)]


def _blocks(block):
    for child in block.children.values():
        if hasattr(child, "children"):
            yield child
            yield from _blocks(child)


def test_an_address_with_a_number_that_is_longer_than_any_opens_nothing_and_breaks_nothing(behind_a_proxy, monkeypatch):
    person = behind_a_proxy.store.enroll("ada")
    monkeypatch.setattr(wiring, "board", lambda: behind_a_proxy)
    monkeypatch.setattr(wiring, "person", lambda _: person)
    page = AppTest.from_file(str(Path(wiring.__file__).with_name("shell.py")), default_timeout=30)
    page.query_params["item"] = "9" * 5000
    page.run()
    assert not page.exception
    assert "opened" not in page.session_state
