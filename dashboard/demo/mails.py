"""The mailbox of the demo: conversations, newsletters and notifications as an mbox file."""

import mailbox
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from pathlib import Path
from typing import Any

from dashboard.demo.days import moments

_HOURS_OF_NEWS = 240
_KINDS = {"pdf": "pdf", "xlsx": "vnd.ms-excel", "docx": "msword", "jpg": "octet-stream"}


def write(path: Path, told: dict[str, Any], now: datetime, chance: random.Random) -> None:
    """Write all mails, oldest first, as a mail program would have appended them."""
    path.unlink(missing_ok=True)
    box = mailbox.mbox(path)
    mails = [*_conversations(told, now), *_newsletters(told, now, chance), *_notifications(told, now, chance)]
    for at, mail in sorted(mails, key=lambda one: one[0]):
        entry = mailbox.mboxMessage(mail)
        entry.set_from("demo", at.utctimetuple())
        if mail["X-Demo-Read"]:
            entry.set_flags("RO")
        box.add(entry)
    box.close()


def _mail(sender: str, to: str, subject: str, text: str, at: datetime, key: str) -> EmailMessage:  # noqa: PLR0917
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{key}@demo.frontdesk.example>"
    mail.set_content(text)
    return mail


def _address(told: dict[str, Any], who: str) -> str:
    person = told["me"] if who == "me" else told["people"][who]
    return formataddr((person["name"], person["address"]))


def _conversations(told: dict[str, Any], now: datetime) -> Iterator[tuple[datetime, EmailMessage]]:
    team = ", ".join(_address(told, who) for who in ("me", "mira", "jonas", "tom", "priya", "sam", "ayse"))
    lists = {"team": team, "all": "alle@nordlicht.example"}
    for number, thread in enumerate(told["mail"]):
        first = f"thread-{number}-0"
        for place, message in enumerate(thread["messages"]):
            at = now - timedelta(hours=message["age"])
            subject = thread["subject"] if place == 0 else f"Re: {thread['subject']}"
            to = lists.get(thread["to"], _address(told, "me"))
            if message["by"] == "me":
                to = _address(told, thread["messages"][0]["by"])
            mail = _mail(_address(told, message["by"]), to, subject, message["text"], at, f"thread-{number}-{place}")
            if place:
                mail["In-Reply-To"] = mail["References"] = f"<{first}@demo.frontdesk.example>"
            for name in thread.get("attach", ()) if not place else ():
                kind = _KINDS[name.rpartition(".")[2]]
                mail.add_attachment(b"This file is made up.", maintype="application", subtype=kind, filename=name)
            if mail.is_multipart():
                mail.set_boundary(f"demo-{number}-{place}")
            if message["age"] > 24:
                mail["X-Demo-Read"] = "yes"
            yield at, mail


def _newsletters(told: dict[str, Any], now: datetime, chance: random.Random) -> Iterator[tuple[datetime, EmailMessage]]:
    for number, letter in enumerate(told["newsletter"]):
        times = moments(now, chance, count=len(letter["subjects"]), hours=_HOURS_OF_NEWS)
        for place, (subject, at) in enumerate(zip(letter["subjects"], times, strict=True)):
            text = letter["text"].format(subject=subject)
            mail = _mail(letter["by"], _address(told, "me"), subject, text, at, f"letter-{number}-{place}")
            mail["List-Unsubscribe"] = "<mailto:leave@demo.frontdesk.example>"
            mail["Precedence"] = "bulk"
            yield at, mail


def _notifications(
    told: dict[str, Any], now: datetime, chance: random.Random
) -> Iterator[tuple[datetime, EmailMessage]]:
    names = [person["name"] for person in told["people"].values()]
    for number, kind in enumerate(told["notification"]):
        for place, at in enumerate(moments(now, chance, count=kind["count"], hours=_HOURS_OF_NEWS)):
            filled = {"n": chance.randint(1000, 9999), "person": chance.choice(names)}
            subject = chance.choice(kind["subjects"]).format(**filled)
            text = kind["text"].format(**filled)
            mail = _mail(kind["by"], _address(told, "me"), subject, text, at, f"notice-{number}-{place}")
            mail["Auto-Submitted"] = "auto-generated"
            yield at, mail
