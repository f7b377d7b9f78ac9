"""The names behind Slack's ids, asked for once and kept in the cursor."""

from collections.abc import Iterable
from typing import Any

from connectors.kit import Http, Misconfigured
from connectors.slack.message import Place

MORE = "response_metadata.next_cursor"
"""Where Slack's listings say how to go on; empty or absent on the last page."""
FEW = 5
"""Up to so many unknown people are asked for one by one; for more, the directory is read."""
DIRECTORY_PAGES = 5


class Names:
    """Names of users by id; ``known`` is part of the cursor and grows by those that were needed."""

    def __init__(self, http: Http, known: dict[str, str]) -> None:
        self._http = http
        self._known = known
        self._directory: dict[str, str] | None = None

    def of(self, users: Iterable[str]) -> dict[str, str]:
        """Return the names of these users; one whom Slack does not show has an empty name."""
        wanted = list(dict.fromkeys(users))
        unknown = [user for user in wanted if user not in self._known]
        if len(unknown) > FEW and self._directory is None:
            self._directory = self._list()
        for user in unknown:
            self._known[user] = (self._directory or {}).get(user) or self._ask(user)
        return {user: self._known[user] for user in wanted}

    def place(self, channel: dict[str, Any], *, me: str, team: str) -> Place:
        """Return a conversation under the name that people know it by."""
        direct = bool(channel.get("is_im") or channel.get("is_mpim"))
        return Place(id=channel["id"], name=self._title(channel), direct=direct, me=me, team=team)

    def _title(self, channel: dict[str, Any]) -> str:
        name = str(channel.get("name") or channel["id"])
        if channel.get("is_im"):
            return self.of([channel["user"]])[channel["user"]] or channel["user"]
        if channel.get("is_mpim"):
            return group_title(name)
        return f"#{name}"

    def _list(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for number, page in enumerate(self._http.pages("users.list", token=MORE, limit=1000), start=1):
            found |= {user["id"]: name_of(user) for user in page["members"]}
            if number == DIRECTORY_PAGES:
                break
        return found

    def _ask(self, user: str) -> str:
        try:
            return name_of(self._http.get("users.info", user=user).json()["user"])
        except Misconfigured:
            return ""


def name_of(user: dict[str, Any]) -> str:
    """Return the name that Slack itself shows for a user."""
    profile = user.get("profile") or {}
    found = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    return next((str(name) for name in found if name), "")


def group_title(name: str) -> str:
    """Return the people in a group conversation, which Slack names ``mpdm-ada--bob--carl-1``."""
    return ", ".join(name.removeprefix("mpdm-").rpartition("-")[0].split("--")) if name.startswith("mpdm-") else name
