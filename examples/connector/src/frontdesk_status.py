"""Incidents on a status page."""

from datetime import datetime
from typing import Any

from pydantic import Field, HttpUrl

from connectors.kit import About, BadData, Connector, Cursor, Events, Importance, Item, Run


class Status(Connector):
    """Incidents that a service reports on its status page."""

    about = About(kind="news", every="5m", base="{page}")

    page: HttpUrl = Field(title="Status page", description="Its address.", examples=["https://status.example.org"])
    minor: bool = Field(default=True, title="Also small ones", description="Incidents without any impact too.")

    def fetch(self, run: Run) -> Events:
        reply = run.http.get("api/v2/incidents.json", unless=run.cursor)
        if reply.unchanged:
            return
        answer = reply.json()
        if not isinstance(answer, dict) or not isinstance(answer.get("incidents"), list):
            raise BadData("no list of incidents")
        yield from answer["incidents"]
        yield Cursor(at=reply.validators)

    def item(self, raw: dict[str, Any]) -> Item | None:
        if raw["impact"] == "none" and not self.minor:
            return None
        updates = raw["incident_updates"]
        return Item(
            id=raw["id"],
            title=raw["name"],
            text="\n\n".join(update["body"] for update in updates),
            url=raw["shortlink"],
            created=datetime.fromisoformat(raw["created_at"]),
            updated=datetime.fromisoformat(raw["updated_at"]),
            done=raw["status"] == "resolved",
            automated=True,
            importance=Importance.HIGH if raw["impact"] == "critical" else Importance.NORMAL,
        )
