"""Who may administer, and the log of what they changed: rows are only ever added."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

import sqlalchemy as sa

from dashboard.store.database import Topic, possible
from dashboard.store.records import Actor, Audience, AuditRecord, Operator, Source
from dashboard.store.schema import audit, employees

_TOLD = ("title", "audience", "group", "keep_days", "health")
"""What of a source the log writes with its values; of options, which may hold an address with a key, only names."""

Deed: TypeAlias = tuple[str, str, Mapping[str, Any]]
"""The verb, the subject and the detail of a row."""


class Audit(Topic):
    """What admins see of the log, and the one way to write to it from outside the store."""

    def audit(
        self,
        actor: Actor,
        *,
        before: int | None = None,
        limit: int = 100,
        subject: str | None = None,
        verbs: Collection[str] | None = None,
    ) -> list[AuditRecord]:
        query = sa.select(audit).order_by(audit.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.id < min(before, (1 << 63) - 1))
        if subject is not None:
            query = query.where(audit.c.subject == subject)
        if verbs is not None:
            query = query.where(audit.c.verb.in_(verbs))
        with self._database.reading() as connection:
            login_of(connection, actor)
            return [AuditRecord(**row) for row in connection.execute(query).mappings()]

    def note(self, actor: Actor, verb: str, subject: str, detail: Mapping[str, Any], *, now: datetime) -> None:
        with self._database.writing() as connection:
            write(connection, login_of(connection, actor), verb, subject, detail, now=now)


def login_of(connection: sa.Connection, actor: Actor) -> str:
    """Return what the log calls an actor. Raises PermissionError where they are no admin, or blocked."""
    if isinstance(actor, Operator):
        return actor.value
    row = connection.execute(
        sa.select(employees.c.login).where(
            employees.c.id.in_(possible((actor,))), employees.c.admin, ~employees.c.blocked
        )
    ).one_or_none()
    if row is None:
        raise PermissionError("only an admin may do this")
    return str(row.login)


def write(
    connection: sa.Connection, actor: str, verb: str, subject: str, detail: Mapping[str, Any], *, now: datetime
) -> None:
    """Add a row to the log in the transaction of the change itself."""
    write_all(connection, actor, [(verb, subject, detail)], now=now)


def write_all(connection: sa.Connection, actor: str, deeds: Iterable[Deed], *, now: datetime) -> None:
    """Add many rows at once."""
    rows = [
        {"at": now, "actor": actor, "verb": verb, "subject": told, "detail": dict(how)} for verb, told, how in deeds
    ]
    if rows:
        connection.execute(audit.insert(), rows)


def write_source(
    connection: sa.Connection, actor: str, before: Source | None, after: Source | None, *, now: datetime
) -> None:
    """Add what happened to a source for others; that of one person is nobody's business, so nothing is written."""
    known = after or before
    shared = [one for one in (before, after) if one is not None and one.audience is not Audience.PERSON]
    detail = _difference(before, after)
    if known is None or not shared or (before and after and not detail):
        return
    write(connection, actor, _verb(before, after, detail), f"{known.title} (#{known.id})", detail, now=now)


def _verb(before: Source | None, after: Source | None, detail: Mapping[str, Any]) -> str:
    if before is None or after is None:
        return "source.remove" if after is None else "source.add"
    if detail.keys() == {"health"} and "paused" in (before.health, after.health):
        return "source.pause" if after.health == "paused" else "source.resume"
    return "source.change"


def _difference(before: Source | None, after: Source | None) -> dict[str, Any]:
    """Return before and after of what changed; health only where a person changed it from or to paused."""
    if before is None or after is None:
        told = before or after
        facts = {name: getattr(told, name) for name in ("connector", "audience", "group", "keep_days")}
        return {name: value for name, value in facts.items() if value is not None}
    changed: dict[str, Any] = {
        name: [getattr(before, name), getattr(after, name)]
        for name in _TOLD
        if getattr(before, name) != getattr(after, name)
    }
    if "paused" not in changed.get("health", ()):
        changed.pop("health", None)
    names = before.options.keys() | after.options.keys()
    if options := sorted(name for name in names if before.options.get(name) != after.options.get(name)):
        changed["options"] = options
    if before.sealed != after.sealed:
        changed["secrets"] = "changed"
    return changed
