"""What a screen reader says of a change that others see (WCAG 2.2, 4.1.3): how much was found, what is not saved."""

import streamlit as st

from dashboard.ui.parts.assets import Part

_VOICE = Part("frontdesk.voice", ("voice.js",), html='<p role="status"></p>', css="voice.css")


def say(key: str, text: str) -> None:
    """Say ``text`` as soon as it is another than at the last run; ``""`` says nothing.

    Call it in every run: what is heard comes from a part of the page that stays.
    """
    with st.container(key=f"unseen-voice-{key}"):
        _VOICE.show({"text": text}, f"voice.{key}")
