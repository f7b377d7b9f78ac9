"""A mailbox in files, while other programs deliver into it and change it."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import pytest

from connectors import mailbox
from connectors.kit import BadData, Misconfigured, Run
from connectors.kit.files import Files
from connectors.kit.testing import ConformanceWithoutTape
from connectors.mailbox import Mailbox


def mail(subject: str, *more: str, name: str | None = None) -> bytes:
    head = ["From: Ada <ada@example.org>", "To: me@example.org", f"Subject: {subject}", *more]
    head.append(f"Message-ID: <{name or subject}@example.org>")
    return "\n".join([*head, "", f"This is {subject}", "From here on it goes on", ""]).encode()


def in_mbox(*mails: bytes) -> bytes:
    return b"".join(b"From ada@example.org Tue Apr  7 10:00:00 2026\n" + each + b"\n" for each in mails)


class TestMailbox(ConformanceWithoutTape):
    connector = Mailbox
    options: ClassVar = {"path": "Mail", "me": ["me@example.org"]}

    @pytest.fixture(params=["mbox", "maildir"], autouse=True)
    def mails(self, request, tmp_path, maildir) -> None:
        path = {"mbox": tmp_path / "inbox", "maildir": maildir}[request.param]
        (tmp_path / "inbox").write_bytes(in_mbox(mail("one", "Status: RO"), mail("two"), b"\nonly a text"))
        (maildir / "cur" / "1700000000.one.host:2,FS").write_bytes(mail("one", "Cc: Bob <bob@example.org>"))
        (maildir / "new" / "1700000001.two.host").write_bytes(mail("two", "Date: never"))
        self.folder, self.options = tmp_path, {"path": str(path), "me": "me@example.org"}

    def run(self, cursor: object) -> Run:
        now = datetime(2026, 5, 1, tzinfo=UTC)
        return Run(http=None, dial=None, files=Files([self.folder]), now=now, cursor=cursor)


@pytest.fixture
def source(tmp_path, desk_of):
    def open_source(name: str):
        connector = Mailbox(path=tmp_path / name, me=["Me@example.org"])
        return desk_of(connector, folders=[tmp_path])

    return open_source


@pytest.fixture
def maildir(tmp_path) -> Path:
    for name in ("cur", "new", "tmp"):
        (tmp_path / "Mail" / name).mkdir(parents=True)
    return tmp_path / "Mail"


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(mailbox, "CHUNK", 3)


def titles(items) -> list[str]:
    return [item.title for item in items]


def test_an_mbox_is_read_from_its_end(tmp_path, source, small_chunks):
    (tmp_path / "inbox").write_bytes(in_mbox(*(mail(f"mail {n}") for n in range(10))))
    inbox = source("inbox")
    items = inbox.fetch()
    assert titles(items) == [f"mail {n}" for n in reversed(range(10))]
    assert items[0].text == "This is mail 9\nFrom here on it goes on"
    assert (items[0].direct, items[0].channel, items[0].unread) == (True, "inbox", None)
    assert items[0].created.hour == 10
    assert inbox.fetch() == []
    assert inbox.total == 10


def test_what_is_appended_to_an_mbox_is_new(tmp_path, source):
    path = tmp_path / "inbox"
    path.write_bytes(in_mbox(mail("one")))
    inbox = source("inbox")
    inbox.fetch()
    with path.open("ab") as file:
        file.write(in_mbox(mail("two"), mail("three")))
    assert titles(inbox.fetch()) == ["three", "two"]
    assert inbox.records == 3


def test_a_killed_fetch_of_an_mbox_goes_on_with_new_mail_on_top(tmp_path, source, small_chunks):
    path = tmp_path / "inbox"
    path.write_bytes(in_mbox(*(mail(f"mail {n}") for n in range(10))))
    inbox = source("inbox")
    assert titles(inbox.fetch(cursors=1)) == ["mail 9", "mail 8", "mail 7"]
    with path.open("ab") as file:
        file.write(in_mbox(*(mail(f"late {n}") for n in range(5))))
    assert titles(inbox.fetch(cursors=1)) == ["late 4", "late 3", "late 2"]
    assert titles(inbox.fetch()) == ["late 1", "late 0", *(f"mail {n}" for n in reversed(range(7)))]
    assert inbox.records == len(inbox.items) == 15


@pytest.mark.parametrize("cut", [0, 1, 2])
def test_mails_that_another_program_took_out_of_an_mbox_are_gone(tmp_path, source, small_chunks, cut):
    path = tmp_path / "inbox"
    mails = [mail(f"mail {n}") for n in range(3)]
    path.write_bytes(in_mbox(*mails))
    inbox = source("inbox")
    inbox.fetch()
    del mails[cut]
    path.write_bytes(in_mbox(*mails, mail("a long new one" * 50)))
    inbox.fetch(cursors=1)
    inbox.fetch()
    assert sorted(titles(inbox.items.values())) == sorted(
        ["a long new one" * 50, *(f"mail {n}" for n in range(3) if n != cut)]
    )


def test_flags_of_an_mbox_are_seen_also_when_they_change(tmp_path, source):
    path = tmp_path / "inbox"
    path.write_bytes(in_mbox(mail("one", "Status: O"), mail("two", "Status: RO", "X-Status: AF")))
    inbox = source("inbox")
    inbox.fetch()
    states = {item.title: (item.unread, item.flagged, item.answered) for item in inbox.items.values()}
    assert states == {"one": (True, False, False), "two": (False, True, True)}
    path.write_bytes(path.read_bytes().replace(b"Status: O\n", b"Status: R\n"))
    os.utime(path, ns=(1, 1))
    inbox.fetch()
    assert [item.unread for item in inbox.items.values()] == [False, False]


def test_mails_are_told_apart_across_blocks(tmp_path, source, monkeypatch):
    (tmp_path / "inbox").write_bytes(in_mbox(*(mail(f"mail {n}") for n in range(40))))
    expected = {f"mail {n}" for n in range(40)}
    for block in (5_000, 5_001, 5_017):
        monkeypatch.setattr(mailbox, "_BLOCK", block)
        inbox = source("inbox")
        inbox.fetch()
        assert set(titles(inbox.items.values())) == expected
        assert inbox.records == 40


def test_an_empty_mbox_is_no_trouble(tmp_path, source):
    (tmp_path / "inbox").touch()
    inbox = source("inbox")
    assert inbox.fetch() == []
    (tmp_path / "inbox").write_bytes(in_mbox(mail("one")))
    assert titles(inbox.fetch()) == ["one"]


def test_a_maildir_is_read_newest_first_with_its_flags(maildir, source, small_chunks):
    for n in range(7):
        (maildir / "cur" / f"{1_700_000_000 + n}.M{n}.host:2,{'S' * (n % 2)}").write_bytes(mail(f"mail {n}"))
    (maildir / "new" / "1700000100.M9.host").write_bytes(mail("newest"))
    inbox = source("Mail")
    assert titles(inbox.fetch(cursors=1)) == ["newest", "mail 6", "mail 5"]
    assert titles(inbox.fetch()) == [f"mail {n}" for n in reversed(range(5))]
    assert inbox.fetch() == []
    assert {item.title for item in inbox.items.values() if item.unread} == {
        "newest",
        "mail 0",
        "mail 2",
        "mail 4",
        "mail 6",
    }


def test_what_another_program_does_in_a_maildir_is_seen(maildir, source):
    for name in ("one", "two", "three"):
        (maildir / "new" / f"1700000000.{name}.host").write_bytes(mail(name))
    inbox = source("Mail")
    inbox.fetch()
    (maildir / "new" / "1700000000.one.host").rename(maildir / "cur" / "1700000000.one.host:2,FS")
    (maildir / "new" / "1700000000.two.host").unlink()
    (maildir / "new" / "1700000000.three.host").rename(maildir / "cur" / "1700000000.three.host:2,T")
    assert inbox.fetch() == []
    (item,) = inbox.items.values()
    assert (item.title, item.unread, item.flagged) == ("one", False, True)


def test_links_out_of_a_maildir_are_not_followed(maildir, tmp_path, source):
    secret = tmp_path.parent / "secret"
    secret.write_text("Subject: secret\n\nsecret")
    (maildir / "cur" / "1700000000.x.host:2,").symlink_to(secret)
    assert source("Mail").fetch() == []
    (maildir / "cur" / "1700000000.x.host:2,").unlink()
    (maildir / "cur").rmdir()
    (maildir / "cur").symlink_to(tmp_path.parent)
    with pytest.raises(Misconfigured):
        source("Mail").fetch()


def test_a_place_that_is_no_mailbox_is_named(tmp_path, source):
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadData, match="neither an mbox file nor a Maildir"):
        source("empty").fetch()
    with pytest.raises(Misconfigured):
        source("nowhere").fetch()


def test_a_damaged_cursor_is_read_again_without_doubles(maildir, tmp_path, source):
    (maildir / "cur" / "1700000000.x.host:2,").write_bytes(mail("one"))
    (tmp_path / "inbox").write_bytes(in_mbox(mail("one")))
    for name in ("Mail", "inbox"):
        inbox = source(name)
        for damaged in ({}, {"ids": "short", "bits": "12"}, {"size": 10**9, "tail": "x"}):
            inbox.cursor = damaged
            inbox.fetch()
            assert len(inbox.items) == 1
