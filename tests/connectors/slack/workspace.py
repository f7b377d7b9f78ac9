"""A Slack workspace in memory that answers over real HTTP the way Slack does."""

import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

START = 1_700_000_000
PROFILE = {
    "avatar_hash": "g0",
    "display_name_normalized": "",
    "title": "",
    "phone": "",
    "skype": "",
    "status_text": "",
    "status_emoji": "",
    "fields": None,
}
SCOPES = "channels:read"


class Refused(Exception):
    """An answer with ``ok: false``."""


class Workspace:
    """People, conversations and messages; ``post`` and the like are what other people do."""

    def __init__(self) -> None:
        self.users: dict[str, dict[str, Any]] = {}
        self.channels: dict[str, dict[str, Any]] = {}
        self.messages: dict[str, dict[str, dict[str, Any]]] = {}
        self.tokens: dict[str, str] = {}
        self.calls: list[str] = []
        self.pause: int | None = None
        self.left: int | None = None
        """How many more calls are allowed before a pause is asked for; None means any number."""
        self.scopes_missing: set[str] = set()
        self._clock = itertools.count(1)
        self.now = START

    def user(self, name: str, token: str | None = None) -> str:
        id_ = f"U0000000{len(self.users) + 1}"
        profile = PROFILE | {"display_name": name, "real_name": name.title(), "real_name_normalized": name.title()}
        about = {"name": name, "is_bot": False, "updated": START, "is_app_user": False, "team_id": "T00000001"}
        self.users[id_] = {"id": id_, "profile": profile} | about
        if token:
            self.tokens[token] = id_
        return id_

    def channel(self, name: str, *members: str) -> str:
        id_ = f"C0000000{len(self.channels) + 1}"
        return self._add(id_, _channel(id_, name, is_channel=True, creator=members[0]), members)

    def direct(self, *members: str) -> str:
        id_ = f"D0000000{len(self.channels) + 1}"
        about = {"id": id_, "created": START, "is_im": True, "is_org_shared": False, "priority": 0}
        return self._add(id_, about | {"user": members[1]}, members)

    def group(self, *members: str) -> str:
        id_ = f"G0000000{len(self.channels) + 1}"
        name = "mpdm-" + "--".join(self.users[user]["name"] for user in members) + "-1"
        return self._add(id_, _channel(id_, name, is_mpim=True, is_private=True, creator=members[0]), members)

    def _add(self, id_: str, about: dict[str, Any], members: tuple[str, ...]) -> str:
        read = f"{START}.000000"
        self.channels[id_] = {"about": about, "members": set(members), "read": dict.fromkeys(members, read)}
        self.messages[id_] = {}
        return id_

    def tick(self) -> str:
        self.now += 1
        return f"{self.now}.{next(self._clock):06d}"

    def post(self, channel: str, user: str, text: str, *, thread: str | None = None, **more: Any) -> str:
        ts = self.tick()
        message = {"type": "message", "user": user, "text": text, "ts": ts} | more
        messages = self.messages[channel]
        if thread:
            root = messages[thread]
            message |= {"thread_ts": thread, "parent_user_id": root["user"]}
            root |= {"thread_ts": thread, "subscribed": True, "last_read": root.get("last_read", thread)}
        messages[ts] = message
        if thread:
            self._count(channel, thread)
        return ts

    def _count(self, channel: str, root: str) -> None:
        replies = [one for one in self.messages[channel].values() if one.get("thread_ts") == root and one["ts"] != root]
        about = self.messages[channel][root]
        for name in ("reply_count", "reply_users", "reply_users_count", "latest_reply"):
            about.pop(name, None)
        if replies:
            people = list(dict.fromkeys(one["user"] for one in replies))
            about |= {"reply_count": len(replies), "reply_users": people, "reply_users_count": len(people)}
            about["latest_reply"] = replies[-1]["ts"]

    def edit(self, channel: str, ts: str, text: str) -> None:
        message = self.messages[channel][ts]
        message |= {"text": text, "edited": {"user": message["user"], "ts": self.tick()}}

    def delete(self, channel: str, ts: str) -> None:
        """Remove a message; one with replies leaves a tombstone, as in Slack."""
        message = self.messages[channel][ts]
        if message.get("reply_count"):
            message |= {"subtype": "tombstone", "text": "This message was deleted."}
            return
        del self.messages[channel][ts]
        if (root := message.get("thread_ts", ts)) != ts:
            self._count(channel, root)

    # What the methods of the Web API answer.

    def answer(self, method: str, given: dict[str, str], token: str) -> dict[str, Any]:
        if token not in self.tokens:
            raise Refused("invalid_auth" if token else "not_authed")
        if method in self.scopes_missing:
            return {"ok": False, "error": "missing_scope", "needed": "im:read", "provided": SCOPES}
        return {"ok": True} | getattr(self, method.replace(".", "_"))(self.tokens[token], **given)

    def auth_test(self, me: str) -> dict[str, Any]:
        name = self.users[me]["name"]
        team = {"team": "Acme", "team_id": "T00000001", "url": "https://acme.slack.com/"}
        return team | {"user": name, "user_id": me}

    def users_list(self, me: str, limit: str = "100", cursor: str = "") -> dict[str, Any]:
        found, more = _page(list(self.users.values()), int(limit), cursor)
        return {"members": found, "cache_ts": START, "response_metadata": more}

    def users_info(self, me: str, user: str) -> dict[str, Any]:
        if user not in self.users:
            raise Refused("user_not_found")
        return {"user": self.users[user]}

    def users_conversations(
        self, me: str, types: str = "public_channel", limit: str = "100", cursor: str = "", exclude_archived: str = ""
    ) -> dict[str, Any]:
        wanted = types.split(",")
        mine = [one["about"] for one in self.channels.values() if me in one["members"]]
        found = [
            one for one in mine if _type(one) in wanted and not (exclude_archived == "true" and one.get("is_archived"))
        ]
        found, more = _page(found, int(limit), cursor)
        return {"channels": found, "response_metadata": more}

    def conversations_info(self, me: str, channel: str) -> dict[str, Any]:
        found = self._channel(me, channel)
        return {"channel": found["about"] | {"last_read": found["read"][me]}}

    def conversations_history(
        self, me: str, channel: str, limit: str = "100", oldest: str = "0", latest: str = "9999999999", cursor: str = ""
    ) -> dict[str, Any]:
        self._channel(me, channel)
        visible = [
            one
            for one in self.messages[channel].values()
            if one.get("thread_ts", one["ts"]) == one["ts"] or one.get("subtype") == "thread_broadcast"
        ]
        between = [one for one in visible if float(oldest) < float(one["ts"]) < float(latest)]
        found, more = _page(between[::-1], int(limit), cursor)
        counts = {"pin_count": 0, "channel_actions_ts": None, "channel_actions_count": 0}
        return {"messages": found, "has_more": bool(more["next_cursor"]), "response_metadata": more} | counts

    def conversations_replies(
        self, me: str, channel: str, ts: str, limit: str = "100", cursor: str = ""
    ) -> dict[str, Any]:
        self._channel(me, channel)
        if ts not in self.messages[channel]:
            raise Refused("thread_not_found")
        root, *replies = [
            one for one in self.messages[channel].values() if one["ts"] == ts or one.get("thread_ts") == ts
        ]
        replies, more = _page(replies, int(limit), cursor)
        return {"messages": [root, *replies], "has_more": bool(more["next_cursor"]), "response_metadata": more}

    def conversations_mark(self, me: str, channel: str, ts: str) -> dict[str, Any]:
        self._channel(me, channel)["read"][me] = ts
        return {}

    def chat_postMessage(self, me: str, channel: str, text: str, thread_ts: str | None = None) -> dict[str, Any]:
        self._channel(me, channel)
        ts = self.post(channel, me, text, thread=thread_ts)
        return {"channel": channel, "ts": ts, "message": self.messages[channel][ts]}

    def _channel(self, me: str, channel: str) -> dict[str, Any]:
        if channel not in self.channels or me not in self.channels[channel]["members"]:
            raise Refused("channel_not_found")
        return self.channels[channel]


def _channel(id_: str, name: str, creator: str, **flags: bool) -> dict[str, Any]:
    names = "is_archived is_channel is_general is_group is_im is_mpim is_org_shared is_private is_shared"
    about = {"creator": creator, "last_set": 0, "value": ""}
    described = {"id": id_, "name": name, "name_normalized": name, "created": START, "creator": creator}
    return dict.fromkeys(names.split(), False) | described | {"topic": about, "purpose": about} | flags


def _type(about: dict[str, Any]) -> str:
    if about.get("is_im"):
        return "im"
    return "mpim" if about.get("is_mpim") else "private_channel" if about.get("is_private") else "public_channel"


def _page(found: list[Any], limit: int, cursor: str) -> tuple[list[Any], dict[str, str]]:
    start = int(cursor or 0)
    end = start + min(limit, 1000)
    return found[start:end], {"next_cursor": str(end) if end < len(found) else ""}


@contextmanager
def served(workspace: Workspace, judge: Any) -> Iterator[str]:
    """Serve a workspace on a loopback port, with the judge at the door; yield its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one segment

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length).decode()
            method = url.path.removeprefix("/api/")
            headers = {name.lower(): value for name, value in self.headers.items()}
            judge.request(self.command, method, url.query, body, headers)
            workspace.calls.append(method)
            status, answer = self._answer(method, dict(parse_qsl(url.query)) | self._fields(body), headers)
            judge.answer(self.command, method, status, answer)
            self._send(status, answer)

        do_POST = do_GET  # noqa: N815

        def _fields(self, body: str) -> dict[str, str]:
            is_json = self.headers.get("Content-Type", "").startswith("application/json")
            return json.loads(body or "{}") if is_json else dict(parse_qsl(body))

        def _answer(self, method: str, given: dict[str, str], headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
            if workspace.left is not None:
                workspace.left -= 1
            if workspace.pause is not None or (workspace.left or 0) < 0:
                return 429, {"ok": False, "error": "ratelimited"}
            token = given.pop("token", "") or headers.get("authorization", "").removeprefix("Bearer ")
            try:
                return 200, workspace.answer(method, given, token)
            except Refused as error:
                return 200, {"ok": False, "error": str(error)}

        def _send(self, status: int, answer: dict[str, Any]) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            if status == 429:
                self.send_header("Retry-After", str(workspace.pause or 0))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
