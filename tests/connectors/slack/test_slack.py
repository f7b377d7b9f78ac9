"""The Slack connector against a workspace whose every byte Slack's own description judges."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from connectors.kit import RateLimited, Role, Unauthorized
from connectors.slack import conversation


@pytest.fixture
def general(office) -> str:
    return office.workspace.channel("general", office.mina, office.ada, office.bob)


@pytest.fixture
def small_pages(monkeypatch):
    """Make few messages fill several pages."""
    monkeypatch.setattr(conversation, "PAGE", 5)


def test_a_message_arrives_with_author_channel_time_and_link(office, mina, general):
    ts = office.workspace.post(general, office.ada, "Soup is ready")
    mina.fetch()
    item = mina.item(general, ts)
    assert (item.text, item.author.name, item.author.address) == ("Soup is ready", "ada", office.ada)
    assert (item.channel, item.own, item.direct, item.unread) == ("#general", False, False, True)
    assert item.created == datetime.fromtimestamp(float(ts), UTC)
    assert item.url == f"https://acme.slack.com/archives/{general}/p{ts.replace('.', '')}"


def test_the_next_fetch_brings_only_what_is_new_and_asks_little(office, mina, general):
    office.workspace.post(general, office.ada, "one")
    mina.fetch()
    office.workspace.channels[general]["read"][office.mina] = office.workspace.tick()
    mina.fetch()
    office.workspace.calls.clear()
    assert mina.fetch() == []
    assert office.workspace.calls == ["users.conversations", "conversations.history"]
    office.workspace.post(general, office.bob, "two")
    assert [item.text for item in mina.fetch()] == ["two"]


def test_the_first_fetch_goes_through_the_whole_history_newest_first(office, mina, general, small_pages):
    for number in range(18):
        office.workspace.post(general, office.ada, f"m{number}")
    assert [item.text for item in mina.fetch()] == [f"m{number}" for number in reversed(range(18))]


def test_the_first_fetch_stops_at_the_date_it_is_asked_for(office, mina, general, small_pages):
    for number in range(9):
        office.workspace.post(general, office.ada, f"old{number}")
    mina.desk.since = office.now + timedelta(milliseconds=500)
    for number in range(9):
        office.workspace.post(general, office.ada, f"new{number}")
    mina.fetch()
    mina.fetch()
    assert mina.desk.texts == [f"new{number}" for number in range(9)]


def test_a_fetch_that_dies_after_any_commit_loses_and_doubles_nothing(office, mina, general, small_pages):
    for number in range(23):
        office.workspace.post(general, office.ada, f"m{number}")
    for round_ in range(8):
        mina.fetch(cursors=2)
        office.workspace.post(general, office.bob, f"late{round_}")
    mina.fetch()
    assert mina.desk.texts == [*(f"m{number}" for number in range(23)), *(f"late{number}" for number in range(8))]


def test_nothing_is_lost_after_a_long_silence(office, mina, general, small_pages):
    office.workspace.post(general, office.ada, "before")
    mina.fetch()
    for number in range(17):
        office.workspace.post(general, office.ada, f"m{number}")
    office.workspace.now += 30 * 86400
    office.workspace.post(general, office.ada, "after")
    mina.fetch()
    assert mina.desk.texts == ["before", *(f"m{number}" for number in range(17)), "after"]


def test_replies_in_a_thread_share_its_root(office, mina, general):
    root = office.workspace.post(general, office.ada, "lunch?")
    mina.fetch()
    reply = office.workspace.post(general, office.bob, "pizza", thread=root)
    mina.fetch()
    item = mina.item(general, root, reply)
    assert item.thread == mina.item(general, root).thread == item.reply_to == f"{general}/{root}"
    assert item.url.endswith(f"?thread_ts={root}&cid={general}")


def test_a_reply_that_was_also_sent_to_the_channel_is_one_item(office, mina, general):
    root = office.workspace.post(general, office.ada, "lunch?")
    reply = office.workspace.post(general, office.bob, "pizza", thread=root)
    office.workspace.messages[general][reply]["subtype"] = "thread_broadcast"
    mina.fetch()
    assert sorted(mina.desk.items) == sorted((f"{general}/{root}", f"{general}/{root}/{reply}"))


def test_a_long_thread_is_read_to_its_end(office, mina, general, small_pages):
    root = office.workspace.post(general, office.ada, "long")
    for number in range(14):
        office.workspace.post(general, office.bob, f"r{number}", thread=root)
    mina.fetch()
    assert mina.desk.texts == ["long", *(f"r{number}" for number in range(14))]


def test_an_edit_changes_the_item(office, mina, general):
    ts = office.workspace.post(general, office.ada, "tomorow")
    mina.fetch()
    office.workspace.edit(general, ts, "tomorrow")
    mina.fetch()
    item = mina.item(general, ts)
    assert item.text == "tomorrow"
    assert item.updated > item.created


@pytest.mark.parametrize("replies", [0, 2])
def test_a_deleted_message_is_gone_and_its_replies_stay(office, mina, general, replies):
    ts = office.workspace.post(general, office.ada, "oops")
    office.workspace.post(general, office.ada, "fine")
    for number in range(replies):
        office.workspace.post(general, office.bob, f"r{number}", thread=ts)
    mina.fetch()
    office.workspace.delete(general, ts)
    mina.fetch()
    assert mina.desk.texts == ["fine", *(f"r{number}" for number in range(replies))]


def test_a_deleted_reply_is_gone_even_when_another_came(office, mina, general):
    root = office.workspace.post(general, office.ada, "lunch?")
    first, _ = (office.workspace.post(general, office.bob, text, thread=root) for text in ("pizza", "soup"))
    mina.fetch()
    office.workspace.delete(general, first)
    office.workspace.post(general, office.ada, "salad", thread=root)
    mina.fetch()
    assert mina.desk.texts == ["lunch?", "soup", "salad"]


def test_what_leaves_the_window_is_not_taken_for_deleted(office, mina, general):
    office.workspace.post(general, office.ada, "old")
    mina.fetch()
    office.workspace.now += 8 * 86400
    office.workspace.post(general, office.ada, "new")
    mina.fetch()
    assert mina.desk.texts == ["old", "new"]


@pytest.mark.parametrize(
    ("text", "shown", "mention", "bulk"),
    [
        ("<@ME> look", "@mina look", True, False),
        ("<@ADA> look", "@ada look", False, False),
        ("<!here> look", "@here look", True, True),
        ("<!channel> and <@ME>", "@channel and @mina", True, False),
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c", False, False),
    ],
)
def test_a_message_that_names_me_is_a_mention(office, mina, general, text, shown, mention, bulk):
    text = text.replace("ME", office.mina).replace("ADA", office.ada)
    ts = office.workspace.post(general, office.bob, text)
    mina.fetch()
    item = mina.item(general, ts)
    assert (item.text, item.mention, item.bulk) == (shown, mention, bulk)


def test_direct_conversations_are_direct_and_named_after_the_others(office, mina):
    one = office.workspace.direct(office.mina, office.ada)
    several = office.workspace.group(office.mina, office.ada, office.bob)
    first, second = office.workspace.post(one, office.ada, "you"), office.workspace.post(several, office.bob, "all")
    mina.fetch()
    assert (mina.item(one, first).direct, mina.item(one, first).channel) == (True, "ada")
    assert (mina.item(several, second).direct, mina.item(several, second).channel) == (True, "mina, ada, bob")
    assert [(one.address, one.role) for one in mina.item(one, first).people] == [(office.mina, Role.TO)]


def test_many_people_are_looked_up_in_the_directory_and_each_only_once(office, mina, general):
    people = [office.workspace.user(f"p{number}") for number in range(9)]
    for person in people:
        office.workspace.post(general, person, "hi")
    mina.fetch()
    assert {item.author.name for item in mina.desk.items.values()} == {f"p{number}" for number in range(9)}
    assert (office.workspace.calls.count("users.list"), office.workspace.calls.count("users.info")) == (1, 0)
    office.workspace.post(general, people[0], "again")
    office.workspace.calls.clear()
    mina.fetch()
    assert not {"users.list", "users.info"} & set(office.workspace.calls)


def test_only_the_wanted_channels_are_read(office, general, desk_of):
    other = office.workspace.channel("random", office.mina)
    office.workspace.post(general, office.ada, "a")
    office.workspace.post(other, office.ada, "b")
    desk = desk_of(office.connector(channels=("#random",)))
    desk.fetch(now=office.now)
    assert desk.texts == ["b"]


def test_what_i_wrote_is_mine_and_read(office, mina, general):
    ts = office.workspace.post(general, office.mina, "hello")
    mina.fetch()
    assert (mina.item(general, ts).own, mina.item(general, ts).unread) == (True, False)


def test_reading_elsewhere_marks_what_was_read_and_leaves_threads_alone(office, mina, general):
    first = office.workspace.post(general, office.ada, "one")
    reply = office.workspace.post(general, office.bob, "inside", thread=first)
    second = office.workspace.post(general, office.ada, "two")
    third = office.workspace.post(general, office.ada, "three")
    mina.fetch()
    office.workspace.channels[general]["read"][office.mina] = second
    mina.fetch()
    unread = [mina.item(general, *ids).unread for ids in ((first,), (first, reply), (second,), (third,))]
    assert unread == [False, True, False, True]


def test_reading_a_long_backlog_elsewhere_marks_all_of_it(office, mina, general, small_pages):
    for number in range(12):
        office.workspace.post(general, office.ada, f"m{number}")
    mina.fetch()
    assert all(item.unread for item in mina.desk.items.values())
    office.workspace.channels[general]["read"][office.mina] = office.workspace.tick()
    mina.fetch()
    assert not any(item.unread for item in mina.desk.items.values())


def test_a_reply_goes_into_the_thread_as_it_was_typed(office, mina, general):
    ts = office.workspace.post(general, office.ada, "can you come?")
    mina.fetch()
    mina.act("reply", mina.item(general, ts), text="yes <!channel> & so")
    mina.fetch()
    (reply,) = (item for item in mina.desk.items.values() if item.own)
    assert (reply.text, reply.thread, reply.bulk) == ("yes <!channel> & so", f"{general}/{ts}", False)


def test_marking_read_moves_the_marker_forward_and_never_back(office, mina, general):
    first, second = (office.workspace.post(general, office.ada, text) for text in ("one", "two"))
    mina.fetch()
    mina.act("mark_read", mina.item(general, second))
    mina.act("mark_read", mina.item(general, first))
    assert office.workspace.channels[general]["read"][office.mina] == second
    mina.fetch()
    assert not any(item.unread for item in mina.desk.items.values())


def test_files_are_attachments_and_joins_are_left_out(office, mina, general):
    file = {"id": "F00000001", "name": "plan.png", "mimetype": "image/png", "size": 12}
    ts = office.workspace.post(general, office.ada, "", files=[file | {"permalink": "https://acme.slack.com/f"}])
    office.workspace.post(general, office.bob, "<@U1> has joined", subtype="channel_join")
    mina.fetch()
    assert list(mina.desk.items) == [f"{general}/{ts}"]
    (attachment,) = mina.item(general, ts).attachments
    assert (attachment.name, attachment.type, attachment.size) == ("plan.png", "image/png", 12)


def test_a_refused_token_asks_to_connect_again(office, general, desk_of):
    desk = desk_of(office.connector(token="xoxp-old"))
    with pytest.raises(Unauthorized, match="invalid_auth"):
        desk.fetch()


def test_a_missing_permission_is_named(office, mina, general):
    office.workspace.scopes_missing.add("users.conversations")
    with pytest.raises(Unauthorized, match="missing_scope: im:read"):
        mina.fetch()


def test_a_pause_that_slack_asks_for_has_its_length(office, mina, general):
    office.workspace.pause = 7
    with pytest.raises(RateLimited) as error:
        mina.fetch()
    assert error.value.retry_after == 7


def test_every_channel_has_its_turn_however_few_requests_slack_allows(office, mina):
    channels = [office.workspace.channel(f"c{number}", office.mina, office.ada) for number in range(5)]
    for channel in channels:
        office.workspace.post(channel, office.ada, channel)
    for _ in range(12):
        office.workspace.left = 4
        with contextlib.suppress(RateLimited):
            mina.fetch()
    assert mina.desk.texts == channels


def test_a_channel_that_was_left_meanwhile_stops_nothing(office, mina, general):
    other = office.workspace.channel("random", office.mina)
    office.workspace.post(general, office.ada, "still here")
    office.workspace.channels[other]["members"].clear()
    office.workspace.channels[other]["about"] |= {"is_member": False}
    listed = office.workspace.users_conversations

    def stale(me, **options):
        answer = listed(me, **options)
        return answer | {"channels": [office.workspace.channels[other]["about"], *answer["channels"]]}

    office.workspace.users_conversations = stale
    mina.fetch()
    assert mina.desk.texts == ["still here"]


def test_checking_the_settings_says_whose_account_it_is(office, mina):
    assert mina.desk.connector.check(mina.desk.run()) == "mina (Acme)"


def test_the_workspace_of_these_tests_satisfies_the_vendors_own_client(office, general):
    """The stand-in is not only our reading: Slack's SDK lists, reads, writes and marks in it as in the real one."""
    client = WebClient(token="xoxp-mina", base_url=f"{office.address}/")
    root = office.workspace.post(general, office.ada, "lunch?")
    assert client.auth_test()["user_id"] == office.mina
    assert [one["id"] for one in client.users_conversations(types="public_channel")["channels"]] == [general]
    posted = client.chat_postMessage(channel=general, text="pizza", thread_ts=root)["ts"]
    history = client.conversations_history(channel=general)["messages"]
    assert [(one["ts"], one["latest_reply"]) for one in history] == [(root, posted)]
    assert [one["ts"] for one in client.conversations_replies(channel=general, ts=root)["messages"]] == [root, posted]
    client.conversations_mark(channel=general, ts=root)
    assert client.conversations_info(channel=general)["channel"]["last_read"] == root
    listed = [user["id"] for page in client.users_list(limit=2) for user in page["members"]]
    assert listed == [office.mina, office.ada, office.bob]
    assert client.users_info(user=office.ada)["user"]["profile"]["display_name"] == "ada"
    with pytest.raises(SlackApiError, match="channel_not_found"):
        client.conversations_history(channel="C99999999")
    assert len(office.judge.judged) >= 8
