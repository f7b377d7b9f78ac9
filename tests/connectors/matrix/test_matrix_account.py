"""What a person does through the Matrix connector, and what a homeserver may say to it."""

import pytest

from connectors.kit import RateLimited, Unauthorized
from connectors.kit.net.sending import Limits
from connectors.matrix import sync


def test_a_reply_stands_in_the_thread_names_its_reader_and_arrives_once(me, bob, room, desk):
    event = bob.send(room, "can you come?")
    mina = desk(me)
    mina.fetch()
    item = mina.at(room, event)
    for _ in range(2):
        mina.connector.reply(mina.run(), item, "yes <b>I</b> can")
    found = bob.client.get(f"{bob.server}/_matrix/client/v1/rooms/{room}/relations/{event}/m.thread").json()["chunk"]
    assert [one["content"]["body"] for one in found] == ["yes <b>I</b> can"]
    assert found[0]["content"]["m.mentions"] == {"user_ids": [bob.user]}
    mina.fetch()
    assert mina.at(room, found[0]["event_id"]).thread == item.thread


def test_marking_read_here_is_seen_by_the_server(me, bob, room, desk):
    bob.send(room, "one")
    event = bob.send(room, "two")
    mina = desk(me)
    mina.fetch()
    mina.connector.mark_read(mina.run(), mina.at(room, event))
    counts = me.call("GET", "sync")["rooms"]["join"][room]["unread_notifications"]
    assert counts["notification_count"] == 0
    mina.fetch()
    assert not any(item.unread for item in mina.items.values())


def test_a_revoked_token_asks_to_connect_again(me, room, desk):
    mina = desk(me)
    mina.fetch()
    me.call("POST", "logout")
    with pytest.raises(Unauthorized, match="M_UNKNOWN_TOKEN"):
        mina.fetch()


def test_a_server_that_forgot_the_place_of_the_last_sync_is_read_anew(me, bob, room, desk):
    bob.send(room, "one")
    mina = desk(me)
    mina.fetch()
    mina.cursor["since"] = "nonsense"
    bob.send(room, "two")
    mina.fetch()  # Synapse may answer a first sync from its cache
    mina.fetch()
    assert mina.texts == ["one", "two"]


def test_an_account_too_large_for_one_answer_is_read_in_parts(me, bob, desk, monkeypatch):
    monkeypatch.setattr(sync, "PART", 2)
    rooms = [bob.create(f"Room {number}", preset="public_chat") for number in range(5)]
    for room in rooms:
        me.join(room)
        bob.send(room, f"{room} {'x' * 4000}")
    invited = bob.create("Later", invite=[me.user])
    mina = desk(me)
    mina.limits = Limits(body=20_000)
    mina.fetch()
    assert {item.text.partition(" ")[0] for item in mina.items.values() if item.text} == set(rooms)
    assert f"{invited}/invitation" in mina.items
    bob.send(rooms[3], "short")
    assert [item.text for item in mina.fetch()] == ["short"]


JUNK = [None, 7, "x", [1], {"x": None}, {"event_id": {}, "rel_type": []}]
PLACES = ["m.relates_to", "m.mentions", "body", "info", "formatted_body"]


def test_no_content_keeps_the_messages_after_it_away(me, bob, room, desk):
    mina = desk(me)
    first = bob.send(room, "before")
    mina.fetch()
    related = {"rel_type": "m.replace", "event_id": first}
    contents = [{"msgtype": "m.file", "body": "b", place: junk} for place in PLACES for junk in JUNK]
    contents += [{"msgtype": "m.text", "body": "b", "m.new_content": junk, "m.relates_to": related} for junk in JUNK]
    for number, content in enumerate(contents):
        bob.client.put(f"rooms/{room}/send/m.room.message/junk{number}", json=content)  # some are refused
    bob.send(room, "after")
    mina.fetch()
    assert "after" in mina.texts


def test_a_pause_that_the_server_asks_for_has_its_length(strict_synapse, newcomer, desk):
    alone = newcomer(strict_synapse, "solo")
    mina = desk(alone)
    room = alone.create("Echo")
    event = alone.send(room, "hello")
    mina.fetch()
    with pytest.raises(RateLimited) as error:
        reply_often(mina, mina.at(room, event))
    assert 0 < error.value.retry_after < 60


def test_checking_the_settings_says_whose_account_it_is(me, desk):
    mina = desk(me)
    assert mina.connector.check(mina.run()) == me.user


def reply_often(mina, item) -> None:
    for number in range(20):
        mina.connector.reply(mina.run(), item, f"again {number}")
