"""A small connector that does everything right, and its tape."""

from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from connectors.kit import (
    About,
    BadData,
    Bearer,
    Connector,
    Cursor,
    Events,
    Item,
    Person,
    Run,
    action,
)

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
TOKEN = "a-token-nobody-may-see"


class Chat(Connector):
    """Messages from a small chat."""

    about = About(kind="chat", every="1m", base="https://chat.example.org/api", auth=Bearer("token"))

    token: SecretStr
    room: str = "general"

    def fetch(self, run: Run) -> Events:
        newest = self.newest(run)
        for page in run.http.pages("messages", token="next", into="page", room=self.room, after=newest or None):
            if not isinstance(page, dict) or not isinstance(page.get("messages"), list):
                raise BadData("no list of messages")
            for message in page["messages"]:
                yield message
                newest = self.later(newest, message)
            yield Cursor(at={"newest": newest})

    def newest(self, run: Run) -> int:
        at = run.cursor.get("newest", 0)
        return at if isinstance(at, int) else 0

    def later(self, newest: int, message: Any) -> int:
        seq = message.get("seq") if isinstance(message, dict) else None
        return max(newest, seq) if isinstance(seq, int) else newest

    def item(self, raw: dict[str, Any]) -> Item | None:
        return Item(
            id=f"m{raw['seq']}",
            text=raw["text"],
            author=Person(raw["by"]),
            url=raw["link"],
            created=datetime.fromtimestamp(raw["at"], UTC),
        )

    @action
    def reply(self, run: Run, item: Item, text: str) -> None:
        run.http.post("messages", json={"answers": item.id, "text": text})


def message(seq: int) -> dict[str, Any]:
    return {
        "seq": seq,
        "text": f"Grüße {seq} 🎉",
        "by": "Ada",
        "at": 1763600000 + seq,
        "link": f"https://chat.example.org/m/{seq}",
    }


def ask(**query: Any) -> dict[str, Any]:
    return {"method": "GET", "url": "https://chat.example.org/api/messages", "query": {"room": "general"} | query}


EXCHANGES = [
    {"request": ask(), "reply": {"json": {"messages": [message(1), message(2)], "next": "p2"}}},
    {"request": ask(page="p2"), "reply": {"json": {"messages": [message(3)]}}},
    {"request": ask(after="3"), "reply": {"json": {"messages": []}}},
    {
        "request": {
            "method": "POST",
            "url": "https://chat.example.org/api/messages",
            "json": {"answers": "m1", "text": "Thank you"},
        },
        "reply": {"status": 201, "json": {"seq": 4}},
    },
]
