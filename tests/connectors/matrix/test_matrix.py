"""The Matrix connector against a real Synapse, with other people writing through the plain interface."""

from datetime import UTC, datetime

import pytest

from connectors.kit import Role


def test_a_message_arrives_with_author_room_time_and_link(me, bob, room, desk):
    event = bob.send(room, "Soup is ready")
    mina = desk(me)
    mina.fetch()
    item = mina.at(room, event)
    assert (item.text, item.author.name, item.author.address) == ("Soup is ready", "Bob", bob.user)
    assert (item.channel, item.own, item.unread, item.direct) == ("Kitchen", False, True, False)
    assert abs((item.created - datetime.now(UTC)).total_seconds()) < 60
    assert item.url.startswith("https://matrix.to/#/!")


def test_the_next_fetch_brings_only_what_is_new(me, bob, room, desk):
    bob.send(room, "one")
    mina = desk(me)
    mina.fetch()
    assert mina.fetch() == []
    bob.send(room, "two")
    assert [item.text for item in mina.fetch()] == ["two"]


def test_the_first_fetch_goes_back_through_the_whole_history_newest_first(me, bob, room, desk, small_pages):
    for number in range(33):
        bob.send(room, f"m{number}")
    mina = desk(me)
    came = [item.text for item in mina.fetch()]
    assert came == [f"m{number}" for number in reversed(range(33))]
    assert mina.total >= 33


def test_the_first_fetch_stops_at_the_date_it_is_asked_for(me, bob, room, desk, small_pages):
    for number in range(12):
        bob.send(room, f"old{number}")
    middle = me.event(room, bob.send(room, "middle"))["origin_server_ts"]
    for number in range(12):
        bob.send(room, f"new{number}")
    mina = desk(me, since=datetime.fromtimestamp(middle / 1000, UTC))
    mina.fetch()
    assert mina.texts == ["middle", *(f"new{number}" for number in range(12))]


def test_nothing_is_lost_or_doubled_when_more_came_than_one_sync_carries(me, bob, room, desk, small_pages):
    bob.send(room, "before")
    mina = desk(me)
    mina.fetch()
    for number in range(42):
        bob.send(room, f"m{number}")
    came = [item.text for item in mina.fetch()]
    assert sorted(came) == sorted(f"m{number}" for number in range(42))
    assert mina.texts == ["before", *(f"m{number}" for number in range(42))]


def test_a_fetch_that_dies_after_any_commit_loses_nothing(me, bob, room, desk, small_pages):
    for number in range(37):
        bob.send(room, f"m{number}")
    mina = desk(me)
    for _ in range(6):
        mina.fetch(cursors=2)
    assert mina.texts == [f"m{number}" for number in range(37)]


def test_replies_in_a_thread_share_its_root(me, bob, room, desk):
    root = bob.send(room, "lunch?")
    inside = {"rel_type": "m.thread", "event_id": root}
    answer = bob.send(room, {"msgtype": "m.text", "body": "pizza", "m.relates_to": inside})
    mina = desk(me)
    mina.fetch()
    assert mina.at(room, root).thread == mina.at(room, answer).thread == f"{room}/{root}"
    assert mina.at(room, answer).reply_to == f"{room}/{root}"


def test_a_reply_names_what_it_answers_and_leaves_the_quotation_out(me, bob, room, desk):
    first = bob.send(room, "who cooks?")
    second = bob.send(
        room,
        {
            "msgtype": "m.text",
            "body": f"> <{bob.user}> who cooks?\n\nI do",
            "format": "org.matrix.custom.html",
            "formatted_body": "<mx-reply><blockquote>who cooks?</blockquote></mx-reply>I <b>do</b>",
            "m.relates_to": {"m.in_reply_to": {"event_id": first}},
        },
    )
    mina = desk(me)
    mina.fetch()
    item = mina.at(room, second)
    assert (item.text, item.html, item.reply_to) == ("I do", "I <b>do</b>", f"{room}/{first}")


@pytest.mark.parametrize("fetched", [True, False], ids=["fetched before", "not fetched before"])
def test_an_edit_changes_the_item_and_makes_no_other(me, bob, room, desk, fetched):
    mina = desk(me)
    event = bob.send(room, "tomorow")
    if fetched:
        mina.fetch()
        assert mina.at(room, event).updated is None
    bob.edit(room, event, "tomorrow")
    mina.fetch()
    item = mina.at(room, event)
    assert (mina.texts, item.text) == (["tomorrow"], "tomorrow")
    assert item.updated >= item.created


def test_an_edit_of_an_old_message_is_seen_when_the_message_itself_does_not_come_again(
    me, bob, room, desk, small_pages
):
    mina = desk(me)
    event = bob.send(room, "frist")
    mina.fetch()
    for number in range(20):
        bob.send(room, f"m{number}")
    bob.edit(room, event, "first")
    mina.fetch()
    assert mina.at(room, event).text == "first"
    assert len(mina.items) == 21


def test_taking_an_edit_back_shows_the_text_before_it(me, bob, room, desk):
    mina = desk(me)
    event = bob.send(room, "right")
    edit = bob.edit(room, event, "wrong")
    mina.fetch()
    assert mina.at(room, event).text == "wrong"
    bob.redact(room, edit)
    mina.fetch()
    assert mina.at(room, event).text == "right"


def test_nobody_can_edit_the_message_of_another(me, bob, room, desk):
    event = bob.send(room, "mine")
    bob.edit(room, event, "still mine")
    me.edit(room, event, "stolen")
    mina = desk(me)
    mina.fetch()
    assert mina.at(room, event).text == "still mine"


def test_a_redacted_message_is_gone(me, bob, room, desk):
    mina = desk(me)
    early, kept = bob.send(room, "oops"), bob.send(room, "fine")
    mina.fetch()
    bob.redact(room, early)
    mina.fetch()
    assert list(mina.items) == [f"{room}/{kept}"]


def test_a_message_redacted_before_the_first_fetch_never_appears(me, bob, room, desk):
    bob.redact(room, bob.send(room, "oops"))
    mina = desk(me)
    mina.fetch()
    assert mina.items == {}


@pytest.mark.parametrize(
    ("content", "mention", "bulk"),
    [
        ({"m.mentions": {"user_ids": ["ME"]}, "body": "please look"}, True, False),
        ({"m.mentions": {"room": True}, "body": "@room party"}, True, True),
        ({"m.mentions": {}, "body": "I like Mina"}, False, False),
        ({"body": "Mina: please look"}, True, False),
        ({"body": "ask ME about it"}, True, False),
        ({"body": "@room party"}, True, True),
        ({"body": "minarets and determination"}, False, False),
    ],
)
def test_a_message_that_names_me_is_a_mention(me, bob, room, desk, content, mention, bulk):
    text = content["body"].replace("ME", me.user)
    named = {"user_ids": [me.user]} if "ME" in str(content.get("m.mentions")) else content.get("m.mentions")
    content = {"msgtype": "m.text", "body": text} | ({} if named is None else {"m.mentions": named})
    event = bob.send(room, content)
    mina = desk(me)
    mina.fetch()
    item = mina.at(room, event)
    assert (item.mention, item.bulk) == (mention, bulk)


def test_a_direct_room_is_direct_and_named_after_the_other(me, bob, desk):
    room = bob.create(is_direct=True, invite=[me.user], preset="trusted_private_chat")
    me.join(room)
    me.call("PUT", f"user/{me.user}/account_data/m.direct", {bob.user: [room]})
    event = bob.send(room, "just you")
    mina = desk(me)
    mina.fetch()
    item = mina.at(room, event)
    assert (item.direct, item.channel) == (True, "Bob")
    assert [(person.address, person.role) for person in item.people] == [(me.user, Role.TO)]


def test_two_rooms_with_one_name_stay_apart(me, bob, room, desk):
    other = bob.create("Kitchen", invite=[me.user])
    me.join(other)
    first, second = bob.send(room, "a"), bob.send(other, "b")
    mina = desk(me)
    mina.fetch()
    assert mina.at(room, first).channel != mina.at(other, second).channel


def test_a_new_name_of_a_room_shows_on_what_comes_after(me, bob, room, desk):
    mina = desk(me)
    bob.send(room, "a")
    mina.fetch()
    bob.call("PUT", f"rooms/{room}/state/m.room.name/", {"name": "Canteen"})
    event = bob.send(room, "b")
    mina.fetch()
    assert mina.at(room, event).channel == "Canteen"


def test_what_i_wrote_is_mine_and_read(me, bob, room, desk):
    theirs, mine = bob.send(room, "hello?"), me.send(room, "hello!")
    mina = desk(me)
    mina.fetch()
    assert (mina.at(room, mine).own, mina.at(room, mine).unread) == (True, False)
    assert mina.at(room, theirs).unread is False


def test_a_receipt_from_another_client_marks_what_it_covers_and_nothing_later(me, bob, room, desk):
    first, second, third = (bob.send(room, text) for text in ("one", "two", "three"))
    mina = desk(me)
    mina.fetch()
    me.receipt(room, second)
    mina.fetch()
    assert [mina.at(room, event).unread for event in (first, second, third)] == [False, False, True]


def test_the_first_fetch_knows_what_was_read_before(me, bob, room, desk, small_pages):
    first = bob.send(room, "one")
    me.receipt(room, first)
    rest = [bob.send(room, f"m{number}") for number in range(12)]
    mina = desk(me)
    mina.fetch()
    assert mina.at(room, first).unread is False
    assert all(mina.at(room, event).unread for event in rest)


def test_reading_a_thread_leaves_the_room_unread_and_the_other_way_round(me, bob, room, desk):
    root = bob.send(room, "root")
    inside = {"msgtype": "m.text", "body": "inside", "m.relates_to": {"rel_type": "m.thread", "event_id": root}}
    reply, outside = bob.send(room, inside), bob.send(room, "outside")
    mina = desk(me)
    mina.fetch()
    me.receipt(room, reply, thread=root)
    mina.fetch()
    assert [mina.at(room, event).unread for event in (root, reply, outside)] == [True, False, True]
    me.receipt(room, outside, thread="main")
    late = bob.send(room, inside)
    mina.fetch()
    assert [mina.at(room, event).unread for event in (root, outside, late)] == [False, False, True]


def test_an_invitation_is_an_item_until_it_is_answered(me, bob, desk):
    room = bob.create("Secret party", invite=[me.user])
    mina = desk(me)
    (item,) = mina.fetch()
    assert (item.title, item.author.address, item.direct) == ("Invitation: Secret party", bob.user, True)
    me.join(room)
    mina.fetch()
    assert item.id not in mina.items


def test_leaving_a_room_ends_its_news_and_breaks_nothing(me, bob, room, desk):
    mina = desk(me)
    mina.fetch()
    me.call("POST", f"rooms/{room}/leave")
    bob.send(room, "where are you?")
    assert mina.fetch() == []
    assert mina.cursor["rooms"] == {}


def test_a_room_joined_later_brings_its_history(me, bob, room, desk, small_pages):
    mina = desk(me)
    mina.fetch()
    late = bob.create("Garden", preset="public_chat")
    for number in range(25):
        bob.send(late, f"m{number}")
    me.join(late)
    mina.fetch()
    assert mina.texts == [f"m{number}" for number in range(25)]


@pytest.mark.parametrize("kind", ["m.image", "m.file"])
def test_a_file_is_an_attachment_with_its_type_and_size(me, bob, room, desk, kind):
    info = {"mimetype": "image/png", "size": 1234}
    event = bob.send(room, {"msgtype": kind, "body": "plan.png", "url": "mxc://hs.test/abc", "info": info})
    mina = desk(me)
    mina.fetch()
    (attachment,) = mina.at(room, event).attachments
    assert (attachment.name, attachment.type, attachment.size) == ("plan.png", "image/png", 1234)


def test_notices_are_automated_and_emotes_say_who(me, bob, room, desk):
    notice = bob.send(room, {"msgtype": "m.notice", "body": "build failed"})
    emote = bob.send(room, {"msgtype": "m.emote", "body": "waves"})
    mina = desk(me)
    mina.fetch()
    assert mina.at(room, notice).automated
    assert mina.at(room, emote).text == "Bob waves"


def test_an_encrypted_message_says_so_and_nothing_is_sent_there_in_the_clear(me, bob, room, desk):
    bob.call("PUT", f"rooms/{room}/state/m.room.encryption/", {"algorithm": "m.megolm.v1.aes-sha2"})
    secret = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x", "sender_key": "k", "device_id": "d"}
    event = bob.send(room, secret | {"session_id": "s"}, "m.room.encrypted")
    mina = desk(me)
    mina.fetch()
    item = mina.at(room, event)
    assert item.text == "Encrypted message"
    with pytest.raises(Exception, match="encrypted"):
        mina.connector.reply(mina.run(), item, "hello")
