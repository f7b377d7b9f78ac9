"""A tape answers what was recorded and nothing else, and says what differs."""

import httpx
import pytest

from connectors.kit.recording.tape import Player, Tape, Unexpected


def player(*exchanges):
    return Player(
        Tape([{"request": {"method": "GET", "url": "https://a.org/x"} | r, "reply": p} for r, p in exchanges])
    )


def ask(transport, method="GET", url="https://a.org/x", **options):
    return transport.handle_request(httpx.Request(method, url, **options))


@pytest.mark.parametrize(
    ("taped", "asked"),
    [
        ({}, {}),
        ({"query": {"a": "1", "b": ["2", "3"]}}, {"url": "https://a.org/x?b=3&a=1&b=2"}),
        ({"url": "https://a.org/x?a=1"}, {"params": {"a": "1"}}),
        ({"headers": {"If-None-Match": "e"}}, {"headers": {"if-none-match": "e", "accept": "*/*"}}),
        ({"headers": {"X-Mine": "1"}}, {"headers": {"x-mine": "1"}}),
        ({"method": "POST", "json": {"a": 1, "b": 2}}, {"method": "POST", "json": {"b": 2, "a": 1}}),
        (
            {"method": "POST", "form": {"a": "1", "b": ["2", "3"]}},
            {"method": "POST", "data": {"b": ["2", "3"], "a": "1"}},
        ),
        ({"method": "PUT", "text": "hello"}, {"method": "PUT", "content": "hello"}),
        ({"method": "PUT", "base64": "/wA="}, {"method": "PUT", "content": b"\xff\x00"}),
    ],
)
def test_a_request_that_means_the_same_is_answered(taped, asked):
    assert ask(player((taped, {"text": "yes"})), **asked).read() == b"yes"


@pytest.mark.parametrize(
    ("taped", "asked", "line"),
    [
        ({}, {"method": "POST"}, "+POST https://a.org/x"),
        ({}, {"url": "https://a.org/y"}, "+GET https://a.org/y"),
        ({"query": {"page": "1"}}, {"params": {"page": "2"}}, "+  page=2"),
        ({}, {"headers": {"if-none-match": "e"}}, "+  if-none-match: e"),
        ({"headers": {"if-none-match": "e"}}, {}, "-  if-none-match: e"),
        ({"method": "POST", "json": {"a": 1}}, {"method": "POST", "json": {"a": 2}}, '+   "a": 2'),
    ],
)
def test_another_request_fails_and_shows_the_difference(taped, asked, line):
    transport = player((taped, {}))
    with pytest.raises(Unexpected) as caught:
        ask(transport, **asked)
    assert line in str(caught.value).splitlines()
    assert transport.surprises == [str(caught.value)]


def test_the_same_request_gets_one_answer_after_the_other_and_then_none():
    transport = player(({}, {"text": "1"}), ({}, {"text": "2"}))
    assert [ask(transport).read(), ask(transport).read()] == [b"1", b"2"]
    with pytest.raises(Unexpected, match="asked once more than the tape answers"):
        ask(transport)
    assert len(transport.asked) == 3


def test_an_empty_tape_says_that_nothing_is_left():
    with pytest.raises(Unexpected, match="nothing is left"):
        ask(player())


def test_what_nobody_asked_for_is_known():
    transport = player(({}, {}), ({"url": "https://a.org/never"}, {}))
    ask(transport)
    assert [request.url for request in transport.unplayed] == ["https://a.org/never"]


@pytest.mark.parametrize(
    ("reply", "content", "kind"),
    [
        ({"json": {"ö": 1}}, '{"\\u00f6": 1}', "application/json"),
        ({"json": None}, "null", "application/json"),
        ({"json": [], "headers": {"Content-Type": "application/feed+json"}}, "[]", "application/feed+json"),
        ({"text": "Grüße"}, "Grüße", None),
        ({"base64": "R3LDvMOfZQ=="}, "Grüße", None),
        ({"status": 304}, "", None),
    ],
)
def test_a_reply_comes_as_it_was_kept(reply, content, kind):
    answer = ask(player(({}, reply)))
    assert (answer.read().decode(), answer.headers.get("content-type")) == (content, kind)
    assert answer.status_code == reply.get("status", 200)


def test_a_saved_tape_is_the_same_again(tmp_path):
    tape = Tape([{"request": {"method": "GET", "url": "https://a.org/ö"}, "reply": {"text": "🎉"}}])
    tape.save(tmp_path / "a.json")
    assert "🎉" in (tmp_path / "a.json").read_text(encoding="utf-8")
    assert Tape.load(tmp_path / "a.json") == tape
