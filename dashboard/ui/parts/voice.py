"""What a screen reader says of a change that others see (WCAG 2.2, 4.1.3): how much was found, what is not saved."""

from pathlib import Path

import streamlit as st

_JS = Path(__file__).with_suffix(".js")
_CSS = "p { position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); }"


def say(key: str, text: str) -> None:
    """Say ``text`` as soon as it is another than at the last run; ``""`` says nothing.

    Call it in every run: what is heard comes from a part of the page that stays.
    """
    component = st.components.v2.component(
        "frontdesk.voice", html='<p role="status"></p>', css=_CSS, js=_JS.read_text(encoding="utf-8")
    )
    with st.container(key=f"unseen-voice-{key}"):
        component(key=f"voice.{key}", data=[{"text": text}])
