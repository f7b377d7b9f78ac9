"""The field for a file: what a browser says is in one is looked at before it is believed."""

import base64

import pytest
import streamlit as st

from dashboard.i18n import Translator
from dashboard.ui.parts import upload


@pytest.fixture
def chosen(monkeypatch):
    """Let the field return what it is told, as a browser may; return what is taken of it, and what is said."""

    def choose(file):
        said = []
        told = type("Told", (), {"file": file})
        monkeypatch.setattr(st.components.v2, "component", lambda *_, **__: lambda **__: told)
        monkeypatch.setattr(st, "error", lambda text, **_: said.append(text))
        return upload.show("A list", ".csv", "file", Translator("en")), said

    return choose


def test_a_file_that_was_chosen_is_given_as_it_is(chosen):
    assert chosen({"name": "a.csv", "data": base64.b64encode(b"login\n").decode()}) == (b"login\n", [])
    assert chosen(None) == (None, [])


@pytest.mark.parametrize(
    "file", [{"name": "large"}, {"data": "ÿ"}, {"data": "a"}, {"data": "AAAA" * 2_000_000}, [], "x", {"data": {}}]
)
def test_what_no_page_sends_and_what_is_too_large_is_refused_with_a_sentence(chosen, file):
    content, said = chosen(file)
    assert (content, len(said)) == (None, 1)
