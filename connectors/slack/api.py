"""Slack through its Web API: the conversations of one person, their threads and what is unread."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from pydantic import Field, SecretStr

from connectors.kit import (
    About,
    BadData,
    Bearer,
    Change,
    Connector,
    Cursor,
    Events,
    Item,
    Misconfigured,
    RateLimited,
    Reply,
    Run,
    SourceError,
    Unauthorized,
    Unavailable,
    action,
)
from connectors.slack import conversation
from connectors.slack.message import Record, translate
from connectors.slack.names import MORE, Names
from connectors.slack.text import escape

KINDS = "public_channel,private_channel,mpim,im"

_LOGIN = ("not_authed", "invalid_auth", "account_inactive", "missing_scope", "no_permission", "org_login_required")
_TOKEN = ("token_revoked", "token_expired", "not_allowed_token_type", "ekm_access_denied", "access_denied")
_ABSENT = (
    "channel_not_found",
    "not_in_channel",
    "is_archived",
    "thread_not_found",
    "message_not_found",
    "user_not_found",
)
_BROKEN = ("internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org")
ERRORS: Mapping[str, type[SourceError]] = {
    **dict.fromkeys(_LOGIN + _TOKEN, Unauthorized),
    **dict.fromkeys(_ABSENT, Misconfigured),
    **dict.fromkeys(_BROKEN, Unavailable),
    **dict.fromkeys(("ratelimited", "rate_limited", "message_limit_exceeded"), RateLimited),
}


class Slack(Connector):
    """Messages from the Slack channels, groups and direct conversations you are in."""

    about = About(kind="chat", every="2m", rate="50/m", base="https://slack.com/api/", auth=Bearer("token"))

    token: SecretStr = Field(title="User token", description="The user token of your own Slack app (xoxp-…).")
    channels: tuple[str, ...] = Field(
        default=(), title="Channels",
        description="Names or ids, one a line; none means every conversation you are in.",
    )  # fmt: skip

    def check(self, run: Run) -> str:
        """Ask who the token belongs to, which needs no scope."""
        who = run.http.get("auth.test").json()
        return f"{who['user']} ({who['team']})"

    def fetch(self, run: Run) -> Events:
        """Read every conversation, direct ones first and each newest first.

        Where Slack asks for a pause in between, the next fetch begins with the conversation at hand,
        so that each has its turn however few requests are allowed.
        """
        cursor = {"names": {}, "rooms": {}} | deepcopy(run.cursor)
        if "me" not in cursor:
            who = run.http.get("auth.test").json()
            cursor |= {"me": who["user_id"], "team": who["url"]}
        names, saved = Names(run.http, cursor["names"]), deepcopy(cursor)
        for channel in _from(cursor.pop("turn", None), self._channels(run)):
            place = names.place(channel, me=cursor["me"], team=cursor["team"])
            known = cursor["rooms"].setdefault(channel["id"], {})
            try:
                for event in conversation.read(run, place, names, known):
                    if event is conversation.SAVE:
                        saved = deepcopy(cursor)
                        yield Cursor(saved)
                    else:
                        yield event
            except Misconfigured:
                continue  # left or archived since it was listed
            except RateLimited:
                yield Cursor(saved | {"turn": channel["id"]})
                raise

    def _channels(self, run: Run) -> list[dict[str, Any]]:
        wanted = {name.removeprefix("#") for name in self.channels}
        pages = run.http.pages("users.conversations", token=MORE, types=KINDS, exclude_archived="true", limit=200)
        every = [channel for page in pages for channel in page["channels"]]
        found = [channel for channel in every if not wanted or wanted & {channel["id"], channel.get("name")}]
        return sorted(found, key=lambda channel: not (channel.get("is_im") or channel.get("is_mpim")))

    def item(self, raw: Record | BadData) -> Item | None:
        """Translate one message; joins, topics and the like are left out."""
        if isinstance(raw, BadData):
            raise raw
        return translate(raw)

    @action
    def reply(self, run: Run, item: Item, text: str) -> Change:
        """Answer in the thread of the message."""
        channel, root = (item.thread or item.id).split("/")[:2]
        run.http.post("chat.postMessage", form={"channel": channel, "thread_ts": root, "text": escape(text)})
        return Change(id=item.id, answered=True)

    @action
    def mark_read(self, run: Run, item: Item) -> Change:
        """Move the read marker of the channel forward to the message, never back.

        Slack offers no way to mark a thread: a reply is only marked here.
        """
        channel, *thread, ts = item.id.split("/")
        if not thread:
            now = run.http.get("conversations.info", channel=channel).json()["channel"].get("last_read") or "0"
            if float(now) < float(ts):
                run.http.post("conversations.mark", form={"channel": channel, "ts": ts})
        return Change(id=item.id, unread=False)

    def explain(self, reply: Reply) -> None:
        """Raise what ``"ok": false`` means; Slack says no with status 200."""
        answer = reply.json()
        if not isinstance(answer, dict) or "ok" not in answer:
            raise BadData("not an answer of Slack")
        if not answer["ok"]:
            raise _error(answer, reply.headers)


def _from(turn: str | None, channels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the conversations in their order, beginning with the one whose turn it is."""
    start = next((number for number, channel in enumerate(channels) if channel["id"] == turn), 0)
    return channels[start:] + channels[:start]


def _error(answer: Mapping[str, Any], headers: Mapping[str, str]) -> SourceError:
    name = str(answer.get("error", "unknown_error"))
    needed = answer.get("needed")
    kind = ERRORS.get(name, BadData)
    if kind is RateLimited:
        wait = headers.get("retry-after", "")
        return RateLimited(name, float(wait) if wait.isdecimal() else None)
    return kind(f"{name}: {needed}" if needed else name)
