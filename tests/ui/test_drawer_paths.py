"""An item that is asked for is shown, also where what the server answers goes lost once."""

import re

import pytest
from playwright.sync_api import expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.ui.morning import ROWS, SOON, go, has, rows

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("today")]

_OVER = 2
"""The first number of the place of a message that lies over the page; the first of those is a style."""


class Line:
    """The web socket of a page, which loses the first answer with a drawer."""

    def __init__(self):
        self.losing = True
        self.lost = 0

    def between(self, page):
        server = page.connect_to_server()
        server.on_message(lambda message: self.loses(message) or page.send(message))

    def loses(self, message):
        told = ForwardMsg.FromString(message)
        if self.lost and told.WhichOneof("type") == "script_finished":
            self.losing = False
        at = list(told.metadata.delta_path)
        over = told.WhichOneof("type") == "delta" and at[0] == _OVER and at[1] > 0
        self.lost += self.losing and over
        return self.losing and over


def test_an_item_is_shown_although_the_answer_went_lost(browser, morning):
    line = Line()
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.route_web_socket(re.compile("_stcore/stream"), line.between)
    go(page, morning)
    has(page, ROWS)
    rows(page).first.locator(".title").click()
    expect(page.get_by_role("dialog")).to_be_visible(timeout=SOON)
    assert line.lost
    context.close()
