"""An IMAP server that lies, drips, floods and never stops."""

import re
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress

import pytest

from connectors.imap import Imap, wire
from connectors.kit import BadData, SourceError, Unauthorized, Unavailable
from connectors.kit.dial import GuardedDial
from connectors.kit.net.guard import Guard

Answer = Callable[[socket.socket, bytes, bytes], bool]
"""Answers one command (tag, rest); returns whether it did, else the usual answer is given."""


class Hostile:
    """A server that behaves until ``answer`` says otherwise, and writes down every line it was sent."""

    def __init__(self, answer: Answer, greeting: bytes = b"* OK ready\r\n", capability: bytes = b"") -> None:
        self.lines: list[bytes] = []
        self._answer = answer
        self._greeting = greeting
        self._capability = b"IMAP4rev1 " + capability
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts; closing alone does not
        self._listener.close()
        self._thread.join(10)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                try:
                    self._talk(connection)
                except OSError:
                    continue

    def _talk(self, connection: socket.socket) -> None:
        connection.sendall(self._greeting)
        for line in connection.makefile("rb"):
            self.lines.append(line)
            tag, _, command = line.strip().partition(b" ")
            if self._answer(connection, tag, command):
                continue
            word = command.upper()
            if word.startswith(b"CAPABILITY"):
                connection.sendall(b"* CAPABILITY " + self._capability + b"\r\n")
            elif word.startswith(b"LIST"):
                connection.sendall(b'* LIST () "/" INBOX\r\n')
            elif word.startswith(b"EXAMINE"):
                connection.sendall(b"* 1 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT 2] x\r\n")
            elif word.startswith(b"UID SEARCH"):
                connection.sendall(b"* SEARCH 1\r\n")
            elif word.startswith(b"UID FETCH") and b"HEADER" in word:
                connection.sendall(head(b"Subject: fine\r\n\r\n"))
            elif word.startswith(b"UID FETCH"):
                connection.sendall(b"* 1 FETCH (UID 1 BODY[1]<0> {4}\r\ntext)\r\n")
            connection.sendall(tag + b" OK done\r\n")


def head(fields: bytes, uid: int = 1, structure: bytes = b'"text" "plain" NIL NIL NIL "7bit" 4 1') -> bytes:
    size = len(fields)
    return b"* %d FETCH (UID %d FLAGS () BODYSTRUCTURE (%s) BODY[HEADER.FIELDS (DATE)] {%d}\r\n%s)\r\n" % (
        uid,
        uid,
        structure,
        size,
        fields,
    )


@pytest.fixture
def hostile(desk_of, monkeypatch):
    monkeypatch.setattr(wire, "COMMAND_SECONDS", 1.0)
    servers = []

    def start(answer: Answer = lambda *_: False, password: str = "secret", **options):
        servers.append(Hostile(answer, **options))
        port = servers[-1].port
        desk = desk_of(Imap(host="127.0.0.1", port=port, security="plain", user="ada", password=password))
        plain = desk.run

        def run(now=None):
            made = plain(now)
            made.dial = GuardedDial(Guard(allow=["127.0.0.0/8"], ports=[port]))
            return made

        desk.run = run
        desk.server = servers[-1]
        return desk

    yield start
    for server in servers:
        server.close()


def to(word: bytes, *answers: bytes, times: int = 1) -> Answer:
    """Return an answer to every command that begins with a word, sent as often as said."""

    def answer(connection: socket.socket, tag: bytes, command: bytes) -> bool:
        if not command.upper().startswith(word):
            return False
        for _ in range(times):
            for each in answers:
                connection.sendall(each.replace(b"TAG", tag))
        return True

    return answer


def drip(word: bytes, piece: bytes) -> Answer:
    def answer(connection: socket.socket, tag: bytes, command: bytes) -> bool:
        if not command.upper().startswith(word):
            return False
        for _ in range(600):
            connection.sendall(piece)
            time.sleep(0.02)
        return True

    return answer


def test_a_server_that_behaves_is_read(hostile):
    (item,) = hostile().fetch()
    assert (item.title, item.text) == ("fine", "text")


HUGE = b"* 1 FETCH (UID 1 BODY[HEADER.FIELDS (DATE)] {4294967296}\r\n"
ATTACKS = {
    "a literal of 4 GiB": to(b"UID FETCH", HUGE),
    "a literal of 4 GiB at login": to(b"LOGIN", b"* LIST {4294967296}\r\n"),
    "a literal of more digits than there are": to(b"UID FETCH", HUGE.replace(b"4294967296", b"9" * 5000)),
    "a negative literal": to(b"UID FETCH", HUGE.replace(b"4294967296", b"-1"), b"TAG OK\r\n"),
    "a line without an end": to(b"UID FETCH", b"* 1 FETCH (" + b"A" * 65536, times=200),
    "a line without an end at login": to(b"LOGIN", b"A" * 65536, times=200),
    "a capability without an end": to(b"CAPABILITY", b"A" * 65536, times=200),
    "answers without an end": to(b"LOGIN", b"* 1 EXISTS\r\n" * 5000, times=200),
    "mails that nobody asked for": to(
        b"UID FETCH", b"".join(head(b"X: y\r\n\r\n", n) for n in range(1, 3000)), times=9
    ),
    "large mails that nobody asked for": to(b"UID FETCH", head(b"X: " + b"y" * 100_000), times=3000),
    "brackets": to(b"UID FETCH", b"* 1 FETCH " + b"(" * 1_000_000 + b"\r\nTAG OK\r\n"),
    "quotes": to(b"UID FETCH", b"* 1 FETCH (" + b'\\"' * 500_000 + b"\r\nTAG OK\r\n"),
    "garbage": to(b"UID FETCH", bytes(range(256)) * 100 + b"\r\n"),
    "garbage instead of a greeting": to(b"CAPABILITY", b"HTTP/1.1 200 OK\r\n\r\n<html>"),
    "a tag of somebody else": to(b"UID SEARCH", b"F99 OK\r\n"),
    "a tag of somebody else at login": to(b"LOGIN", b"ABCD1 OK\r\n"),
    "continuations without an end": to(b"LOGIN", b"+ go on\r\n", times=100_000),
    "numbers of four thousand million mails": to(
        b"UID SEARCH", b"* SEARCH 1\r\n* ESEARCH UID ALL 1:4294967295\r\nTAG OK\r\n"
    ),
    "a farewell": to(b"UID FETCH", b"* BYE enough\r\n"),
    "a drip of bytes": drip(b"UID FETCH", b"A"),
    "a drip of bytes at login": drip(b"LOGIN", b"A"),
    "a drip of lines": drip(b"UID FETCH", b"* 1 EXISTS\r\n"),
    "a drip inside of a literal": drip(b"UID FETCH", b"* 1 FETCH (UID 1 BODY[HEADER.FIELDS (DATE)] {60000000}\r\n"),
    "silence": to(b"UID SEARCH"),
    "no": to(b"UID SEARCH", b"TAG NO not today\r\n"),
    "bad": to(b"UID SEARCH", b"TAG BAD what\r\n"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_hostile_server_costs_little_and_ends_in_a_named_error(hostile, name):
    source = hostile(ATTACKS[name])
    hostile().fetch()
    begin = time.monotonic()
    tracemalloc.start()
    try:
        with suppress(Unavailable, BadData):
            source.fetch()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 32 * 2**20
    assert time.monotonic() - begin < 25


@pytest.mark.parametrize(
    "structure",
    [
        b"",
        b"NIL",
        b'"text"',
        b"(" * 2000 + b")" * 2000,
        b'("text" "plain" (NIL NIL) NIL NIL NIL NIL) "mixed"',
        b'"text" "plain" ("charset") NIL NIL "no-such-encoding" 18446744073709551616 1',
        b'(("text" "plain" NIL NIL NIL "7bit" 4 1 NIL ("attachment" (NIL "x")) NIL) "a") "mixed"',
        b'"text" "plain" ("name*0*" "utf-8\'\'%ff" "name*1" {3}\r\na"b) NIL NIL "7bit" 4 1',
    ],
)
def test_a_structure_that_makes_no_sense_costs_no_mail(hostile, structure):
    (item,) = hostile(to(b"UID FETCH", head(b"Subject: fine\r\n\r\n", structure=structure), b"TAG OK\r\n")).fetch()
    assert item.title == "fine"


def test_a_broken_mail_among_others_costs_only_itself(hostile):
    answers = head(b"Subject: a\r\n\r\n") + b"* 2 FETCH (UID x)\r\n* 2 FETCH (((\r\n" + head(b"Subject: b\r\n\r\n", 3)
    listing, mails = to(b"UID SEARCH", b"* SEARCH 1 2 3\r\nTAG OK\r\n"), to(b"UID FETCH 1:3", answers, b"TAG OK\r\n")
    source = hostile(lambda *command: listing(*command) or mails(*command))
    assert {item.title for item in source.fetch()} == {"a", "b"}
    assert source.unreadable == 1
    assert source.fetch() == []
    assert sum(b"HEADER" in line and b"FETCH 2 " in line for line in source.server.lines) == 1


def test_what_a_sender_writes_never_becomes_a_command(hostile):
    evil = b"x>\r\n A1 STORE 1 +FLAGS (\\Deleted)\r\n A2 EXPUNGE\0"
    fields = b"Message-ID: <" + evil + b"\r\nIn-Reply-To: <" + evil + b"\r\nSubject: " + evil + b"\r\n\r\n"
    source = hostile(to(b"UID FETCH", head(fields), b"TAG OK\r\n"))
    (item,) = source.fetch()
    source.connector.mark_read(source.run(), item)
    assert not any(re.search(rb"EXPUNGE|Deleted|\0", line) for line in source.server.lines)


def test_a_folder_whose_name_holds_a_line_break_is_never_sent(hostile):
    source = hostile(to(b"LIST", b'* LIST () "/" {18}\r\nINBOX\r\nA1 EXPUNGE\r\n\r\nTAG OK\r\n'))
    source.connector = source.connector.model_copy(update={"folders": ["*"]})
    with pytest.raises(SourceError):
        source.fetch()
    assert not any(line.startswith(b"A1") for line in source.server.lines)


def test_a_password_with_a_line_break_is_never_sent(hostile):
    source = hostile(password="a\r\nA1 EXPUNGE")
    with pytest.raises(SourceError):
        source.fetch()
    assert not any(b"EXPUNGE" in line for line in source.server.lines)


def test_a_password_is_sent_once_however_often_the_server_asks(hostile):
    source = hostile(to(b"AUTHENTICATE", b"+ \r\n", times=3), capability=b"AUTH=PLAIN")
    with pytest.raises(SourceError):
        source.fetch()
    assert sum(b"AGFkYQBzZWNyZXQ=" in line for line in source.server.lines) == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"TAG NO [AUTHENTICATIONFAILED] wrong\r\n", Unauthorized),
        (b"TAG NO wrong\r\n", Unauthorized),
        (b"TAG NO [UNAVAILABLE] database\r\n", Unavailable),
    ],
)
def test_a_refused_login_is_told_from_a_server_in_trouble(hostile, answer, error):
    source = hostile(to(b"LOGIN", answer))
    with pytest.raises(error):
        source.fetch()
    assert sum(b"LOGIN" in line for line in source.server.lines) == 1


def test_a_literal_longer_than_wanted_is_read_past(hostile):
    source = hostile(to(b"UID FETCH", head(b"Subject: long\r\nX: " + b"y" * 3_000_000 + b"\r\n\r\n"), b"TAG OK\r\n"))
    (item,) = source.fetch()
    assert item.title == "long"
    assert len(item.raw) < 200_000


def test_nothing_is_sent_that_could_change_a_mailbox_while_it_is_read(hostile):
    source = hostile()
    source.connector.check(source.run())
    source.fetch()
    sent = b"".join(source.server.lines).upper()
    assert b"EXAMINE" in sent
    assert not re.search(rb"SELECT|STORE|BODY\[|RFC822", sent)
