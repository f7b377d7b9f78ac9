"""What the translation of Matrix events promises for every content, without a server."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit import Item
from connectors.matrix.client import Matrix
from connectors.matrix.message import Place, Record, people_in, replaced, root_of, split

PLACE = Place(id="!r:hs.test", name="Room", me="@mina:hs.test")
NAMES = {"@mina:hs.test": "Mina", "@bob:hs.test": "Bob"}
CONNECTOR = Matrix(server="https://hs.test", token="t")

junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)
KEYS = ["body", "msgtype", "m.relates_to", "m.mentions", "m.new_content", "info", "format", "formatted_body", "url"]


def event(content, **fields) -> dict:
    about = {
        "type": "m.room.message",
        "sender": "@bob:hs.test",
        "event_id": "$e",
        "origin_server_ts": 1_700_000_000_000,
    }
    return about | {"content": content} | fields


@given(st.dictionaries(st.sampled_from(KEYS), junk))
def test_what_a_fetch_reads_of_an_event_never_fails(content):
    bundled = {"unsigned": {"m.relations": {"m.replace": event(content)}}}
    for one in (event(content), event(content, **bundled), event(None), event([])):
        people_in(one)
        root_of(one)
        replaced(one)


@given(st.dictionaries(st.sampled_from(KEYS), junk))
def test_every_content_with_a_body_becomes_an_item_or_nothing(content):
    item = CONNECTOR.item(Record(event=event(content | {"body": "hi"}), place=PLACE, names=NAMES))
    assert item is None or isinstance(item, Item)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("> <@bob:hs.test> one\n> two\n\nanswer", "answer"),
        ("> a quotation of my own\nand text", "> a quotation of my own\nand text"),
        ("no > quotation", "no > quotation"),
    ],
)
def test_only_the_quotation_that_a_client_adds_is_left_out(body, text):
    item = CONNECTOR.item(Record(event=event({"msgtype": "m.text", "body": body}), place=PLACE, names=NAMES))
    assert item.text == text


def test_a_caption_stands_beside_its_file():
    content = {"msgtype": "m.image", "body": "our plan", "filename": "plan.png"}
    item = CONNECTOR.item(Record(event=event(content), place=PLACE, names=NAMES))
    assert (item.text, item.attachments[0].name) == ("our plan", "plan.png")


def test_an_id_leads_back_to_room_and_event():
    assert split("!r:hs.test/$a/b") == ("!r:hs.test", "$a/b")
    assert split("!r:hs.test/invitation") == ("!r:hs.test", "")


def test_the_record_of_an_item_is_the_event():
    item = CONNECTOR.item(Record(event=event({"body": "hi"}), place=PLACE, names=NAMES))
    assert json.loads(json.dumps(item.raw))["content"] == {"body": "hi"}
