"""A mailbox on a real server, as its owner and a second mail program see it."""

import json
import random
import time
from ipaddress import ip_address

import pytest

from connectors.imap import Imap, folder
from connectors.imap.session import Session
from connectors.kit import Change, Gone, Misconfigured, Unauthorized, Unavailable
from connectors.kit.dial import GuardedDial
from connectors.kit.form import OptionsError, build
from connectors.kit.net.guard import Guard


def titles(items) -> list[str]:
    return [item.title for item in items]


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(folder, "FIRST", 3)
    monkeypatch.setattr(folder, "CHUNK", 4)


def test_the_newest_mail_comes_first_and_then_all_others(any_account, small_chunks):
    any_account.deliver(*(f"mail {n}" for n in range(20)))
    source = any_account.source()
    assert titles(source.fetch()) == [f"mail {n}" for n in reversed(range(20))]
    assert source.total == 20
    assert source.fetch() == []


def test_a_mail_arrives_whole(account):
    account.deliver("Plans", flags="(\\Flagged)", Importance="high", Cc="Bob <bob@example.org>")
    (item,) = account.source().fetch()
    assert (item.title, item.text, item.channel) == ("Plans", "This is Plans", "INBOX")
    assert (item.unread, item.flagged, item.answered, item.direct) == (True, True, False, True)
    assert item.author.address == "ada@example.org"
    assert item.received is not None


def test_the_text_is_read_and_attachments_are_listed_but_not_fetched(account):
    body = (
        "From: a@b.c\r\nSubject: Files\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
        "--x\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n"
        "--y\r\nContent-Type: text/html\r\n\r\n<p>rich</p>\r\n"
        "--y\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        "pl=C3=A4in\r\n--y--\r\n"
        "--x\r\nContent-Type: application/pdf; name*=utf-8''Pl%C3%A4ne.pdf\r\nContent-Transfer-Encoding: base64\r\n"
        'Content-Disposition: attachment; filename="UID 1 FLAGS (a).pdf"\r\n\r\n' + "QUJD" * 1000 + "\r\n--x--\r\n"
    )
    account.client.append("INBOX", "", None, body.encode())
    (item,) = account.source().fetch()
    assert item.text == "pläin"
    assert [(each.name, each.type, each.size) for each in item.attachments] == [
        ("UID 1 FLAGS (a).pdf", "application/pdf", 3000)
    ]
    assert len(item.raw) < 2000


def test_a_text_that_is_cut_off_says_so(account):
    head = f"From: ada@example.org\r\nTo: {account.user}\r\nSubject: {{}}\r\n\r\n"
    texts = {"long": "word " * 5000, "short": "word " * 100, "quoted": "Yes.\r\n" + "> word word\r\n" * 3000}
    for name, text in texts.items():
        account.client.append("INBOX", None, None, (head.format(name) + text).encode())
    found = {item.title: item.text for item in account.source().fetch()}
    assert found["long"].endswith("word …")
    assert 16_000 < len(found["long"]) < 17_000
    assert found["short"].endswith("word")
    assert found["quoted"] == "Yes."


def test_only_new_mail_comes_the_next_time(any_account):
    any_account.deliver("one", "two")
    source = any_account.source()
    source.fetch()
    any_account.deliver("three")
    assert titles(source.fetch()) == ["three"]
    assert source.records == 3


def test_what_another_program_does_is_seen(any_account):
    any_account.deliver("one", "two", "three")
    source = any_account.source()
    source.fetch()
    first, second, _ = any_account.select()
    any_account.store(first, "(\\Seen \\Answered)")
    any_account.expunge(second)
    assert source.fetch() == []
    assert {item.title: (item.unread, item.answered) for item in source.items.values()} == {
        "one": (False, True),
        "three": (True, False),
    }
    any_account.store(first, "(\\Seen)", "-FLAGS")
    source.fetch()
    assert [item.unread for item in source.items.values() if item.title == "one"] == [True]


def test_reading_changes_nothing_on_the_server(any_account):
    any_account.deliver("one", "two")
    before = any_account.flags()
    source = any_account.source()
    source.connector.check(source.run())
    source.fetch()
    source.fetch()
    assert any_account.flags() == before


def test_a_killed_first_fetch_goes_on_where_it_stopped_with_new_mail_on_top(any_account, small_chunks):
    any_account.deliver(*(f"mail {n}" for n in range(20)))
    source = any_account.source()
    assert titles(source.fetch(cursors=2)) == [f"mail {n}" for n in reversed(range(13, 20))]
    source.cursor = json.loads(json.dumps(source.cursor))
    any_account.deliver("late 1", "late 2")
    assert titles(source.fetch()) == ["late 2", "late 1", *(f"mail {n}" for n in reversed(range(13)))]
    assert source.records == 22
    assert len(source.items) == 22


def test_new_numbers_for_all_mails_lose_nothing_and_double_nothing(any_account, small_chunks):
    any_account.deliver(*(f"mail {n}" for n in range(12)))
    any_account.client.create("Box")
    any_account.deliver(*(f"box {n}" for n in range(12)), folder="Box")
    source = any_account.source(folders=["Box", "INBOX"])
    source.fetch()
    before = {item.id: item.title for item in source.items.values()}
    any_account.client.delete("Box")
    any_account.client.create("Box")
    # Mail 3 is not there any more, mail 12 is new, and the order has changed.
    any_account.deliver(*(f"box {n}" for n in (7, 1, 12, 0, 2, 4, 5, 6, 8, 9, 10, 11)), folder="Box")
    source.fetch(cursors=1)
    source.fetch()
    after = {item.id: item.title for item in source.items.values()}
    assert set(before.values()) - set(after.values()) == {"box 3"}
    assert set(after.values()) - set(before.values()) == {"box 12"}
    assert len(after) == 24
    assert {name: title for name, title in before.items() if name in after} == {
        name: title for name, title in after.items() if name in before
    }


def test_two_mails_with_one_message_id_are_two_items(account):
    account.deliver("genuine", **{"Message-ID": "<same@example.org>"})
    account.deliver("forged", **{"Message-ID": "<same@example.org>"})
    account.deliver("nameless", "nameless", **{"Message-ID": ""})
    source = account.source()
    source.fetch()
    assert sorted(titles(source.items.values())) == ["forged", "genuine", "nameless", "nameless"]


def test_the_same_mail_a_hundred_times_is_a_hundred_items(account):
    account.deliver(*["copy"] * 100)
    source = account.source()
    source.fetch()
    assert len(source.items) == 100
    account.expunge(account.select()[0])
    source.fetch()
    assert len(source.items) == 99


def test_any_order_of_events_ends_with_what_the_server_holds(any_account, small_chunks):
    chance = random.Random(3)
    source, other, number = any_account.source(), any_account, 0
    for _ in range(60):
        step = chance.choice(("deliver", "deliver", "expunge", "flag", "fetch", "killed"))
        uids = other.select()
        if step == "deliver":
            for _ in range(chance.randint(1, 4)):
                number += 1
                other.deliver(f"mail {number}")
        elif step == "expunge" and uids:
            other.expunge(chance.choice(uids))
        elif step == "flag" and uids:
            other.store(chance.choice(uids), "(\\Seen)", chance.choice(("+FLAGS", "-FLAGS")))
        elif step == "killed":
            source.fetch(cursors=1)
        else:
            source.fetch()
    source.fetch()
    other.client.select("INBOX", readonly=True)
    answer = other.client.fetch("1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]
    there = {each[1].split(b": ")[1].strip().decode(): b"\\Seen" not in each[0] for each in answer if len(each) == 2}
    assert {item.title: item.unread for item in source.items.values()} == there


def test_a_first_fetch_goes_back_no_further_than_asked(any_account):
    any_account.client.append("INBOX", "", '"01-Jan-2020 10:00:00 +0000"', b"Subject: old\r\n\r\nx")
    any_account.deliver("new")
    source = any_account.source()
    source.since = source.run().now.replace(day=1)
    assert titles(source.fetch()) == ["new"]
    any_account.client.append("INBOX", "", '"01-Jan-2020 10:00:00 +0000"', b"Subject: moved here\r\n\r\nx")
    assert titles(source.fetch()) == ["moved here"]
    assert source.fetch() == []


def test_folders_are_chosen_by_name_and_pattern_and_may_go_away(account):
    for name in ("Team", "Team/Ops", "Other", "B&APw-cher"):
        account.client.create(name)
    account.deliver("a", folder="Team")
    account.deliver("b", folder="Team/Ops")
    account.deliver("c", folder="Other")
    account.deliver("d", folder="B&APw-cher")
    source = account.source(folders=["Team*", "Bücher"])
    assert {(item.title, item.channel) for item in source.fetch()} == {
        ("a", "Team"),
        ("b", "Team/Ops"),
        ("d", "Bücher"),
    }
    account.client.delete("Team/Ops")
    source.fetch()
    assert sorted(titles(source.items.values())) == ["a", "d"]


def test_a_wrong_folder_is_answered_with_the_folders_there_are(account):
    with pytest.raises(Misconfigured, match=r"no folder Nope; there are .*Archive.*INBOX"):
        account.source(folders=["Nope"]).fetch()


def test_a_check_says_whose_account_it_found(account):
    account.deliver("one", "two")
    source = account.source()
    assert source.connector.check(source.run()) == source.connector.user


@pytest.mark.parametrize("security", ["plain", "starttls", "tls"])
def test_every_kind_of_connection_reads_mail(account, security):
    account.deliver("one")
    port = account.server.tls_port if security == "tls" else account.server.port
    assert titles(account.source(security=security, port=port).fetch()) == ["one"]


def test_a_wrong_password_is_tried_once(account):
    with pytest.raises(Unauthorized):
        account.source(password="wrong").fetch()
    log = account.server.home / "dovecot.log"
    for _ in range(100):  # the line is written when the server has noticed that we are gone
        tries = [line for line in log.read_text().splitlines() if account.user in line and "auth failed" in line]
        if tries:
            break
        time.sleep(0.05)
    assert ["auth failed, 1 attempts" in line for line in tries] == [True]


def test_a_login_that_is_refused_says_what_was_wrong(account):
    with pytest.raises(Unauthorized, match="does not accept the user name or password"):
        account.source(password="wrong").fetch()


def test_a_way_that_leads_to_no_server_names_what_to_check(account):
    for wrong in ({"port": account.server.port, "security": "tls"}, {"host": "127.0.0.2", "security": "tls"}):
        with pytest.raises(Unavailable, match=r"port .*; check server, port and security"):
            account.source(**wrong).fetch()
    with pytest.raises(Misconfigured, match=r"port 2525 .*network\.ports"):
        account.source(port=2525).fetch()


def test_an_address_in_place_of_a_server_is_explained_at_its_field():
    with pytest.raises(OptionsError) as told:
        build(Imap, {"host": "imaps://imap.example.org", "user": "ada", "password": "x"})
    assert told.value.errors["host"].text.startswith("write the name of the server alone")


def test_a_certificate_that_nobody_vouches_for_is_named(account):
    account.dial = GuardedDial(Guard(allow=["127.0.0.0/8"], ports=[account.server.tls_port]))
    with pytest.raises(Unavailable, match="self-signed certificate"):
        account.source(security="tls", port=account.server.tls_port).fetch()


def test_a_password_never_crosses_the_internet_in_the_clear(account, monkeypatch):
    monkeypatch.setattr("connectors.imap.session.ip_address", lambda _: ip_address("8.8.8.8"))
    with pytest.raises(Misconfigured, match="in the clear"):
        account.source().fetch()
    account.source(security="starttls").fetch()


def test_a_password_may_hold_any_character(account):
    with pytest.raises(Unauthorized):
        account.source(password='ü" \\ {3}\r\nA1 LOGOUT').fetch()


@pytest.mark.parametrize("mechanism", ["OAUTHBEARER", "XOAUTH2"])
def test_a_token_opens_the_mailbox(account, mechanism, monkeypatch):
    offered = Session.has_capability
    only = lambda self, name: offered(self, name) and (not name.startswith("AUTH=") or name == f"AUTH={mechanism}")  # noqa: E731
    monkeypatch.setattr(Session, "has_capability", only)
    account.deliver("one")
    source = account.source(token=account.server.token(account.user))
    assert titles(source.fetch()) == ["one"]


@pytest.mark.parametrize("how", [{"seconds": -30}, {"secret": "another-secret-0123456789-0123456789"}])
def test_an_expired_or_forged_token_is_refused(account, how):
    with pytest.raises(Unauthorized):
        account.source(token=account.server.token(account.user, **how)).fetch()


def test_a_source_without_a_password_is_told_so_at_its_field():
    with pytest.raises(OptionsError) as told:
        build(Imap, {"host": "imap.example.org", "user": "ada"})
    assert set(told.value.errors) == {"password"}


@pytest.mark.parametrize(
    ("action", "flags", "effect"),
    [
        ("mark_read", b"\\Seen", {"unread": False}),
        ("flag", b"\\Flagged", {"flagged": True}),
    ],
)
def test_marks_reach_the_server_and_can_be_taken_back(any_account, action, flags, effect):
    any_account.deliver("one", "two")
    source = any_account.source()
    _, older = source.fetch()
    act = getattr(source.connector, action)
    assert act(source.run(), older) == Change(id=older.id, **effect)
    assert [flags in line for line in any_account.flags()] == [True, False]
    back = {"mark_read": "mark_unread", "flag": "unflag"}[action]
    getattr(source.connector, back)(source.run(), older)
    assert not any(flags in line for line in any_account.flags())


def test_an_archived_mail_is_in_the_archive_and_nowhere_else(any_account):
    any_account.deliver("one", "two", "three")
    source = any_account.source()
    items = {item.title: item for item in source.fetch()}
    any_account.select()
    any_account.client.store("1", "+FLAGS", "(\\Deleted)")
    assert source.connector.archive(source.run(), items["two"]) == Gone(items["two"].id)
    assert len(any_account.select("Archive")) == 1
    # What another program marked as deleted is not expunged on the way.
    assert len(any_account.select()) == 2
    source.fetch()
    assert sorted(titles(source.items.values())) == ["one", "three"]


def test_an_action_after_new_numbers_meets_the_very_mail(any_account):
    any_account.client.create("Box")
    any_account.deliver("one", "two", folder="Box")
    source = any_account.source(folders=["Box"])
    one = next(item for item in source.fetch() if item.title == "one")
    any_account.client.delete("Box")
    any_account.client.create("Box")
    any_account.deliver("two", "one", folder="Box")
    source.connector.flag(source.run(), one)
    assert [b"\\Flagged" in line for line in any_account.flags("Box")] == [False, True]


def test_an_action_on_a_mail_that_is_gone_says_so(any_account):
    any_account.deliver("one")
    source = any_account.source()
    (item,) = source.fetch()
    any_account.expunge(any_account.select()[0])
    assert source.connector.mark_read(source.run(), item) == Gone(item.id)


def test_a_damaged_cursor_is_read_again_without_doubles(account):
    account.deliver("one", "two")
    source = account.source()
    source.fetch()
    for damaged in ({"INBOX": {"uids": "x"}}, {"INBOX": None}, {"INBOX": {**source.cursor["INBOX"], "ids": "short"}}):
        source.cursor = damaged
        source.fetch()
        assert len(source.items) == 2


def test_the_password_is_shown_nowhere():
    source = Imap(host="mail.example.org", user="ada", password="canary")
    assert "canary" not in f"{source!r} {source.model_dump_json()}"
