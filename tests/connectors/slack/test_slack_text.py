"""Slack's markup as people read it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.slack.message import Place, Record, translate
from connectors.slack.text import broadcast, escape, mentioned, plain

NAMES = {"U1": "ada", "C1": "#general"}
PLACE = Place(id="C1", name="#general", me="U1", team="https://acme.slack.com/")


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("<@U1> and <@U2|bob> and <@U3>", "@ada and @bob and @U3"),
        ("<#C1> <#C2|random> <#C3>", "#general #random #C3"),
        ("<!here> <!channel|channel> <!everyone>", "@here channel @everyone"),
        ("<!subteam^S1|@cooks> <!subteam^S1>", "@cooks @subteam"),
        ("<!date^1392734382^{date}|Feb 18>", "Feb 18"),
        ("<https://a.example/x?a=1&amp;b=2>", "https://a.example/x?a=1&b=2"),
        ("<https://a.example|the plan>", "the plan (https://a.example)"),
        ("<http://a.example|a.example>", "http://a.example"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2 &amp;lt;", "1 < 2 && 3 > 2 &lt;"),
        ("*bold* _it_ :smile:", "*bold* _it_ :smile:"),
        ("a < b <> c <|>", "a < b  c "),
    ],
)
def test_references_become_what_people_see(markup, shown):
    assert plain(markup, NAMES) == shown


@given(st.text())
def test_what_is_typed_is_shown_and_calls_nobody(text):
    sent = escape(text)
    assert plain(sent, {}) == text
    assert not broadcast(sent)
    assert not mentioned(sent)


@given(st.text(alphabet="<>@#!|&;ampltgU1C^/: "))
def test_no_markup_is_too_broken_to_be_read(text):
    plain(text, NAMES)
    mentioned(text)
    broadcast(text)


def test_everybody_named_is_found_once_in_order():
    assert mentioned("<@U2> <@U1|ada> <@U2> <!here> <@>") == ["U2", "U1"]


def message(**fields) -> dict:
    return {"type": "message", "ts": "1700000000.000100", "user": "U2", "text": "hi"} | fields


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"text": "", "attachments": [{"title": "Build 7", "text": "failed on <https://ci.example|main>"}]}, "Build 7"),
        ({"text": "", "attachments": [{"fallback": "Build 7 failed"}]}, "Build 7 failed"),
        ({"text": "", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Deploy *done*"}}]}, "Deploy"),
    ],
)
def test_what_an_integration_writes_into_attachments_and_blocks_is_read(fields, text):
    item = translate(Record(message=message(subtype="bot_message", bot_id="B1", username="CI", **fields), place=PLACE))
    assert item.text.startswith(text)
    assert (item.automated, item.author.name) == (True, "CI")


def test_a_message_without_an_author_is_still_read():
    item = translate(Record(message={"ts": "1700000000.000100", "text": "hi"}, place=PLACE))
    assert (item.text, item.author) == ("hi", None)


def test_a_deleted_file_is_not_offered():
    item = translate(Record(message=message(files=[{"id": "F1", "mode": "tombstone"}, {"id": "F2"}]), place=PLACE))
    assert [one.name for one in item.attachments] == ["F2"]
