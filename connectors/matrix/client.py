"""A Matrix account: its rooms, threads, direct conversations, invitations and what is unread."""

import hashlib
from typing import Any
from urllib.parse import quote

from pydantic import Field, HttpUrl, SecretStr

from connectors.kit import (
    About,
    BadData,
    Bearer,
    Change,
    Connector,
    Events,
    Item,
    Misconfigured,
    Person,
    RateLimited,
    Reply,
    Run,
    Unauthorized,
    action,
)
from connectors.matrix import sync
from connectors.matrix.api import API, Forgotten, whoami
from connectors.matrix.message import Invitation, Record, invitation, split, translate

_NO_LOGIN = frozenset(("M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED", "M_USER_LOCKED"))


class Matrix(Connector):
    """Messages from the rooms of a Matrix account, on any homeserver."""

    about = About(kind="chat", every="1m", base="{server}", auth=Bearer("token"))

    server: HttpUrl = Field(
        title="Homeserver", description="The address of your homeserver.", examples=["https://matrix.org"]
    )
    token: SecretStr = Field(title="Access token", description="The access token of a session of its own.")

    def check(self, run: Run) -> str:
        """Ask who the token belongs to."""
        return whoami(run.http)

    def fetch(self, run: Run) -> Events:
        """Read what is new in every room; the first time back to ``run.since``, the newest first."""
        return sync.read(run)

    def item(self, raw: Record | Invitation | BadData) -> Item | None:
        """Translate a message or an invitation; edits and redacted messages are left out."""
        if isinstance(raw, BadData):
            raise raw
        return invitation(raw) if isinstance(raw, Invitation) else translate(raw)

    @action
    def reply(self, run: Run, item: Item, text: str) -> Change:
        """Answer in the thread of the message, in a direct conversation beside it.

        The transaction id is made of message, text and day, so that the same answer sent twice
        arrives once. Raises BadData in an encrypted room: nothing is ever sent there in the clear.
        """
        room, event = _message(item)
        if _encrypted(run, room):
            raise BadData("the room is encrypted, and nothing is sent to it in the clear")
        told = f"{item.id}\n{text}\n{run.now:%Y-%m-%d}"
        transaction = hashlib.sha256(told.encode()).hexdigest()[:32]
        author = item.author.address if isinstance(item.author, Person) else ""
        content = {
            "msgtype": "m.text",
            "body": text,
            "m.mentions": {"user_ids": [author]} if author and not item.own else {},
            "m.relates_to": _answer(item, event),
        }
        run.http.request("PUT", f"{_path(room)}/send/m.room.message/{transaction}", json=content)
        return Change(id=item.id, answered=True)

    @action
    def mark_read(self, run: Run, item: Item) -> Change:
        """Send a read receipt for the thread of the message up to the message."""
        room, event = _message(item)
        root = _root(item)
        body = {"thread_id": root if root != event else "main"}
        run.http.post(f"{_path(room)}/receipt/m.read/{quote(event, safe='')}", json=body)
        return Change(id=item.id, unread=False)

    def explain(self, reply: Reply) -> None:
        """Raise what an ``errcode`` means beyond its status."""
        answer = reply.json()
        if not isinstance(answer, dict):
            raise BadData("not an answer of a homeserver")
        if reply.status < 400:
            return
        code = str(answer["errcode"])
        if code == "M_LIMIT_EXCEEDED":
            raise RateLimited(code, _pause(answer, reply))
        if code in _NO_LOGIN:
            raise Unauthorized(code)
        if reply.status == 400 and "/sync?" in reply.url and "since=" in reply.url:
            raise Forgotten(code)
        if reply.status in (403, 404):
            raise Misconfigured(code)  # one room; a login that is refused has a code of its own


def _message(item: Item) -> tuple[str, str]:
    room, event = split(item.id)
    if not event:
        raise BadData("an invitation cannot be answered with a message")
    return room, event


def _root(item: Item) -> str:
    return split(item.thread or item.id)[1]


def _answer(item: Item, event: str) -> dict[str, Any]:
    reply = {"m.in_reply_to": {"event_id": event}}
    root = _root(item)
    if item.direct and root == event:
        return reply
    return {"rel_type": "m.thread", "event_id": root, "is_falling_back": False, **reply}


def _encrypted(run: Run, room: str) -> bool:
    try:
        run.http.get(f"{_path(room)}/state/m.room.encryption")
    except Misconfigured as error:
        if error.detail == "M_NOT_FOUND":
            return False
        raise
    return True


def _path(room: str) -> str:
    return f"{API}/rooms/{quote(room, safe='')}"


def _pause(answer: dict[str, Any], reply: Reply) -> float | None:
    """Return the pause in seconds: the header counts (Matrix 1.10), the older field in milliseconds else."""
    header, field = reply.headers.get("retry-after", ""), answer.get("retry_after_ms")
    if header.isdecimal():
        return float(header)
    return field / 1000 if isinstance(field, int | float) else None
