"""A mail becomes an item, however it is written or broken."""

import json
import random
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from connectors.kit import Importance, Item, Kind, Person, Role
from connectors.kit.mail import head, message, mime

CORPORA = ("corpora/mail/rfc", "corpora/mail/malformed")


def mail(body: str = "Hello", **fields: str) -> bytes:
    given = {
        "From": "Ada <ada@example.org>",
        "To": "me@example.org",
        "Subject": "Plans",
        "Message-ID": "<1@example.org>",
    }
    given |= {name.replace("_", "-"): value for name, value in fields.items()}
    return "".join(f"{name}: {value}\r\n" for name, value in given.items() if value).encode() + b"\r\n" + body.encode()


def expected(name: str, fields: list[dict]) -> object:
    return next((field["value"] for field in fields if field["name"] == name), None)


def people(value: dict) -> list[tuple[str, str]]:
    groups = value["Address"]
    found = groups.get("List") or [each for group in groups["Group"] for each in group["addresses"]]
    return [(each["name"] or "", each["address"] or "") for each in found]


def date(value: dict) -> datetime | None:
    parts = value["DateTime"]
    try:
        local = datetime(*(parts[name] for name in ("year", "month", "day", "hour", "minute", "second")), tzinfo=UTC)
    except ValueError:
        return None
    zone = timedelta(hours=parts["tz_hour"], minutes=parts["tz_minute"])
    return local + zone if parts["tz_before_gmt"] else local - zone


@pytest.mark.parametrize("folder", CORPORA)
def test_subject_people_and_date_are_what_another_reader_of_mail_finds(shared, folder):
    checked = wrong = 0
    for path in sorted(shared(folder).glob("*.json")):
        fields = json.loads(path.read_text())["parts"][0]["headers"]
        data = path.with_name(path.name.split(".")[0] + ".eml").read_bytes()
        if ".crlf" in path.name:
            data = data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        item = message.message(data)
        found = {
            "subject": {"Text": item.title},
            "from": item.author and [(item.author.name, item.author.address)],
            "to": [(each.name, each.address) for each in item.people if each.role is Role.TO],
            "cc": [(each.name, each.address) for each in item.people if each.role is Role.CC],
        }
        for name, ours in found.items():
            value = expected(name, fields)
            if not isinstance(value, dict):
                continue
            checked += 1
            wrong += ours != (people(value) if "Address" in value else value)
        value = expected("date", fields)
        # One date of the malformed ones ends in the middle of another field; no date is a fair answer.
        if isinstance(value, dict) and item.created:
            checked += 1
            wrong += date(value) not in {None, item.created}
    assert checked > 30
    assert wrong <= checked * 0.005


def test_every_broken_mail_gives_an_item_in_little_time_and_memory(shared):
    chance = random.Random(1)
    originals = [path.read_bytes() for folder in CORPORA for path in sorted(shared(folder).glob("*.eml"))]
    for _ in range(1500):
        data = bytearray(chance.choice(originals))
        for _ in range(chance.randint(1, 20)):
            at = chance.randrange(len(data) + 1)
            data[at : at + chance.randint(0, 8)] = chance.choice(
                (
                    b"",
                    b"\n",
                    b"\r\n\r\n",
                    b"--",
                    b"=?utf-8?b?",
                    b"\x00\xff",
                    b'"',
                    b"<",
                    b";",
                    bytes([chance.randrange(256)]),
                )
            )
        assert_storable(message.message(bytes(data), me={"me@example.org"}))


def assert_storable(item: Item) -> None:
    assert item.id
    for text in (item.id, item.title, item.text, item.html, item.thread or "", *(each.name for each in item.people)):
        assert "\0" not in text
        text.encode()
    assert item.created is None or item.created.utcoffset() == timedelta(0)


BOUNDARY = "Content-Type: multipart/mixed; boundary=b\n\n"
ATTACKS = {
    "a head without an end": b"X: " + b"a" * 3_000_000,
    "a million fields": b"A: b\n" * 1_000_000,
    "a field of folds": b"Subject: a" + b"\n b" * 1_000_000 + b"\n\nx",
    "encoded words without an end": b"Subject: " + b"=?a?q?" * 400_000 + b"\n\nx",
    "encoded words, each in its charset": b"Subject: " + b"=?utf-7?q?+2AA-?= =?idna?b?eHh4?= " * 20_000 + b"\n\nx",
    "brackets in the sender": b"From: " + b"(" * 60_000 + b"\n\nx",
    "quotes in the sender": b"From: " + b'"\\' * 30_000 + b"\n\nx",
    "angles in the sender": b"From: " + b"<" * 60_000 + b"\n\nx",
    "100,000 recipients": b"To: " + b"a@b.c, " * 100_000 + b"\n\nx",
    "colons and commas": b"To: " + b":,;" * 20_000 + b"\n\nx",
    "parameters": b"Content-Type: text/plain" + b"; a" * 20_000 + b"\n\nx",
    "spaces in parameters": b"Content-Type: text/plain;" + b" " * 60_000 + b"x\n\nx",
    "continued parameters": b"Content-Type: text/plain" + b"; n*9999999999999999999999*=''%ff" * 2_000 + b"\n\nx",
    "half a million parts": BOUNDARY.encode() + b"--b\n\nx\n" * 500_000,
    "parts in parts": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(9_000)
    ),
    "parts with one boundary": b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" * 20_000,
    "boundaries that are none": BOUNDARY.encode() + b"--b\nx--b" * 900_000,
    "base64 of nothing": b"Content-Transfer-Encoding: base64\n\n" + b"=" * 20_000_000,
    "quoted-printable": b"Content-Transfer-Encoding: quoted-printable\n\n" + b"=" * 20_000_000,
    "quotes": b"A: b\n\n" + b"\n>" * 3_000_000,
    "html": b"Content-Type: text/html\n\n" + b"<div>" * 4_000_000,
    "html comments": b"Content-Type: text/html\n\n" + b"<!--" * 4_000_000,
    "a charset that is a codec": b"Content-Type: text/plain; charset=punycode\n\n" + b"a-" * 3_000_000,
    "a charset that is compression": b"Content-Type: text/plain; charset=zlib\n\nx",
    "a charset that is broken": b"Content-Type: text/plain; charset=\x00\xff" + b"a" * 5000 + b"\n\nx",
    "nothing": b"",
    "one line break": b"\n",
    "only line breaks": b"\r\n" * 1_000_000,
    "only NUL": b"\0" * 5_000_000,
    "a date of a thousand digits": b"Date: Tue, " + b"9" * 5000 + b" Apr 2026 10:00:00 +0000\n\nx",
    "a date beyond the calendar": b"Date: Tue, 1 Jan 9999 23:59:59 -9999\n\nx",
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_mail_that_attacks_its_reader_costs_no_more_than_another(name):
    data = ATTACKS[name]
    message.message(b"A: b\n\n")
    tracemalloc.start()
    try:
        message.message(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    begin = time.process_time()
    assert_storable(message.message(data))
    # The promise is 250 ms; a crowded machine gets three times that before this is called a bug.
    assert time.process_time() - begin < 0.75
    assert peak < 64 * 2**20


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ("=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?UTF-8?B?R3LDvA==?=\r\n =?UTF-8?B?w59l?=", "Grüße"),
        ("=?utf-8?B?4pyT4pw=?= =?utf-8?B?kw==?=", "✓✓"),
        ("=?iso-8859-1?q?M=FCller?=, Hans", "Müller, Hans"),
        ("=?utf-8*de?q?=C3=A4?=", "ä"),
        ("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
        ("=?no-such-charset?q?plain?=", "plain"),
        ("=?utf-8?b?R3LDvMOfZQ?= tail", "Grüße tail"),
        ("plain\r\n\tand folded", "plain and folded"),
        ("two  spaces", "two  spaces"),
        ("=?utf-8?q?two=0Alines?=", "two lines"),
        ("a =?broken", "a =?broken"),
    ],
)
def test_a_subject_reads_as_its_sender_meant_it(value, plain):
    assert message.message(mail(Subject=value)).title == plain


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("ada@example.org", [("", "ada@example.org")]),
        ("Ada Lovelace <ada@example.org>", [("Ada Lovelace", "ada@example.org")]),
        ('"Lovelace, Ada" <ada@example.org>', [("Lovelace, Ada", "ada@example.org")]),
        (r'"Ada \"the\" L" <ada@example.org>', [('Ada "the" L', "ada@example.org")]),
        ("ada@example.org (Ada)", [("Ada", "ada@example.org")]),
        (
            "=?utf-8?q?M=C3=BCller,_Hans?= <h@example.org>, b@example.org",
            [("Müller, Hans", "h@example.org"), ("", "b@example.org")],
        ),
        ("Team: a@example.org, B <b@example.org>;", [("", "a@example.org"), ("B", "b@example.org")]),
        ("undisclosed-recipients:;", []),
        ("Ada <@relay.example:ada@example.org>", [("Ada", "ada@example.org")]),
        ("Ada <>", [("Ada", "")]),
        ("MAILER-DAEMON", [("MAILER-DAEMON", "")]),
    ],
)
def test_people_are_found_in_every_way_to_write_them(value, found):
    assert head.people(value) == found


def test_the_parts_of_a_mail_find_their_place():
    built = EmailMessage()
    built["From"], built["To"], built["Cc"] = "Ada <ada@example.org>", "me@example.org", "Bob <bob@example.org>"
    built["Subject"], built["Date"], built["Message-ID"] = "Plans", "Tue, 7 Apr 2026 12:00:00 +0200", "<1@example.org>"
    built.set_content("Schöne Grüße")
    built.add_alternative("<p>Schöne <b>Grüße</b></p>", subtype="html")
    built.add_attachment(b"x" * 3000, maintype="application", subtype="pdf", filename="Plan ü.pdf")
    item = message.message(built.as_bytes(), me={"me@example.org"})
    assert (item.title, item.text, item.kind) == ("Plans", "Schöne Grüße", Kind.MAIL)
    assert item.html.strip() == "<p>Schöne <b>Grüße</b></p>"
    assert item.author == Person(name="Ada", address="ada@example.org", role=Role.AUTHOR)
    assert [(each.address, each.role) for each in item.people] == [
        ("me@example.org", Role.TO),
        ("bob@example.org", Role.CC),
    ]
    assert item.created == datetime(2026, 4, 7, 10, tzinfo=UTC)
    assert [(each.name, each.type) for each in item.attachments] == [("Plan ü.pdf", "application/pdf")]
    assert 2900 < (item.attachments[0].size or 0) < 3200
    assert item.direct


def test_html_alone_is_read_as_text():
    item = message.message(mail("<style>p{}</style><p>One</p><p>Two &amp; three</p>", Content_Type="text/html"))
    assert item.text.split() == ["One", "Two", "&", "three"]
    assert item.html.startswith("<style>")


def test_an_answer_belongs_to_the_thread_of_its_first_mail():
    first = message.message(mail(Message_ID="<root@x>"))
    second = message.message(mail(Message_ID="<2@x>", In_Reply_To="<root@x>"))
    third = message.message(mail(Message_ID="<3@x>", In_Reply_To="<2@x>", References="<root@x>\r\n <2@x>"))
    assert first.thread == second.thread == third.thread == "root@x"
    assert len({first.id, second.id, third.id}) == 3
    assert message.message(mail(Message_ID="")).thread is None


@pytest.mark.parametrize(
    ("fields", "facts"),
    [
        ({}, {"direct"}),
        ({"From": "Me <ME@example.org>", "To": "ada@example.org"}, {"own"}),
        ({"To": "ada@example.org"}, set()),
        ({"To": "ada@example.org", "Cc": "me@example.org"}, set()),
        ({"To": ", ".join(["me@example.org", *(f"{n}@example.org" for n in range(9))])}, set()),
        ({"List_Id": "<news.example.org>"}, {"bulk"}),
        ({"List_Unsubscribe": "<https://example.org>"}, {"bulk"}),
        ({"Precedence": "Bulk"}, {"bulk"}),
        ({"Precedence": "auto_reply"}, {"direct", "automated"}),
        ({"Auto_Submitted": "auto-generated"}, {"direct", "automated"}),
        ({"Auto_Submitted": "no"}, {"direct"}),
        ({"X_Auto_Response_Suppress": "All"}, {"direct", "automated"}),
        ({"From": "Shop <no-reply@example.org>"}, {"direct", "automated"}),
        ({"From": "Shop <noreply@example.org>"}, {"direct", "automated"}),
        ({"From": "MAILER-DAEMON@example.org"}, {"direct", "automated"}),
    ],
)
def test_a_mail_says_what_kind_of_mail_it_is(fields, facts):
    item = message.message(mail(**fields), me={"me@example.org"})
    assert {name for name in ("own", "direct", "bulk", "automated") if getattr(item, name)} == facts


@pytest.mark.parametrize(
    ("fields", "importance"),
    [
        ({}, Importance.NORMAL),
        ({"Importance": "High"}, Importance.HIGH),
        ({"X_Priority": "1 (Highest)"}, Importance.HIGH),
        ({"X_Priority": "3"}, Importance.NORMAL),
        ({"X_Priority": "5"}, Importance.LOW),
        ({"Priority": "non-urgent"}, Importance.LOW),
    ],
)
def test_the_sender_says_how_important_it_is(fields, importance):
    assert message.message(mail(**fields)).importance is importance


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Yes.\n\nOn Mon, 6 Apr 2026 Ada wrote:\n> Shall we?\n>\n> Ada\n", "Yes."),
        ("Yes.\n\nAm 6.4.2026 um 10:00 schrieb Ada\n<ada@example.org>:\n> Sollen wir?\n", "Yes."),
        ("> Shall we?\n\nYes.\n\n> When?\n\nNow.", "> Shall we?\n\nYes.\n\n> When?\n\nNow."),
        ("Yes.\n-- \nAda\nPhone 123", "Yes."),
        ("See below.\n\n-----Original Message-----\nFrom: x", "See below."),
        ("> only a quote", "> only a quote"),
        ("The reasons:\n> one\n> two", "The reasons:"),
    ],
)
def test_quotes_and_signatures_do_not_count_as_what_somebody_says(text, kept):
    assert message.trimmed(text) == kept


def test_the_time_in_the_mailbox_is_the_last_server_it_passed():
    item = message.message(b"Received: from a by b; Tue, 7 Apr 2026 10:00:00 +0000\n" + mail())
    assert item.received == item.created == datetime(2026, 4, 7, 10, tzinfo=UTC)


def test_names_of_attachments_survive_every_way_to_write_them():
    for written in (
        "attachment; filename*=utf-8''Pl%C3%A4ne.pdf",
        "attachment; filename*0*=utf-8''Pl%C3%A4; filename*1=ne.pdf",
        'attachment; filename="=?utf-8?q?Pl=C3=A4ne.pdf?="',
        "attachment; filename=Pläne.pdf",
    ):
        item = message.message(mail(Content_Type="application/pdf", Content_Disposition=written))
        assert [each.name for each in item.attachments] == ["Pläne.pdf"]


def test_a_second_mail_with_the_same_id_is_told_apart_by_what_else_it_says():
    genuine, forged = (head.fields(head.split(mail(Subject=each))[0]) for each in ("Plans", "Pay me"))
    assert message.identity(genuine) == message.identity(forged)
    assert message.identity(genuine, 1) != message.identity(forged, 1) != message.identity(forged)


def test_text_that_was_cut_off_in_the_middle_of_a_letter_ends_before_it():
    assert mime.decode("Grüße ü".encode()[:-1], "8bit", "utf-8") == "Grüße "
    assert mime.decode(b"R3LDvMOfZQ", "base64", "utf-8") == "Grüße"
    assert mime.decode(b"Gr=C3=BC=C3=9Fe=", "quoted-printable", "utf-8") == "Grüße"
    assert mime.decode("Größe".encode("cp1252"), "8bit", "us-ascii") == "Größe"
