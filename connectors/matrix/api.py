"""The requests of the Client-Server API that a fetch makes."""

import json
from typing import Any
from urllib.parse import quote

from connectors.kit import BadData, Http, Misconfigured, SourceError
from connectors.matrix.message import MESSAGES

API = "_matrix/client/v3"
_NAMES = ["m.room.name", "m.room.canonical_alias"]
_PEOPLE = ["m.room.member"]
_NONE: dict[str, Any] = {"types": []}
FIRST, LATER = 10, 50
"""Events of each room in one sync; the rest is read room by room."""
PAGE = 100


class Forgotten(SourceError):
    """The homeserver does not know the place any more where the last sync ended."""


def whoami(http: Http) -> str:
    """Return the user id that the token belongs to."""
    user = http.get(f"{API}/account/whoami").json().get("user_id")
    if not isinstance(user, str):
        raise BadData("the server does not say whose token it is")
    return user


def joined(http: Http) -> list[str]:
    """Return every room of the account."""
    rooms: list[str] = http.get(f"{API}/joined_rooms").json()["joined_rooms"]
    return rooms


def sync(http: Http, since: str | None, rooms: list[str] | None = None) -> dict[str, Any]:
    """Return what happened since the last sync, at once, in all rooms or in some. Raises Forgotten."""
    types = [*MESSAGES, "m.room.redaction", *_NAMES, *_PEOPLE]
    room: dict[str, Any] = {
        "timeline": {"limit": LATER if since else FIRST, "types": types, "lazy_load_members": True},
        "state": {"types": [*_NAMES, *_PEOPLE], "lazy_load_members": True},
        "ephemeral": {"types": ["m.receipt"]},
        "account_data": _NONE,
    } | ({} if rooms is None else {"rooms": rooms})
    wanted = {"room": room, "presence": _NONE, "account_data": {"types": ["m.direct"]}}
    answer: dict[str, Any] = http.get(f"{API}/sync", since=since, timeout=0, filter=json.dumps(wanted)).json()
    if not isinstance(answer.get("next_batch"), str):
        raise BadData("a sync without an end")
    return answer


def messages(http: Http, room: str, start: str, end: str | None) -> dict[str, Any]:
    """Return a page of a room's history, newest first, from one token back to another."""
    wanted = json.dumps({"types": [*MESSAGES, "m.room.redaction"], "lazy_load_members": True})
    options: dict[str, Any] = {"from": start, "to": end, "dir": "b", "limit": PAGE, "filter": wanted}
    answer: dict[str, Any] = http.get(f"{API}/rooms/{quote(room, safe='')}/messages", **options).json()
    return answer


def event(http: Http, room: str, event_id: str) -> dict[str, Any] | None:
    """Return one event with its newest edit, None where it is not shown to this account (any more)."""
    try:
        found: dict[str, Any] = http.get(f"{API}/rooms/{quote(room, safe='')}/event/{quote(event_id, safe='')}").json()
    except Misconfigured:
        return None
    return found
