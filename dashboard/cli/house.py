"""The commands about the house as a whole: what people are given, and what admins changed."""

import json
from typing import Any

import click

from dashboard.cli.desk import Desk, as_json, desk, show


@click.group()
def defaults() -> None:
    """List, set and take away what people are given until they decide themselves.

    Built in counts least, then what everyone is given, then a group, then what a person decided.
    """


_group = click.option("--group", default="", help="For this group; by default for everyone.")


@defaults.command("list")
@as_json
@desk
def list_(desk: Desk, as_json: bool) -> None:
    """List every default."""
    rows = [
        {"for": one.group or "everyone", "name": one.name, "value": one.value if as_json else json.dumps(one.value)}
        for one in desk.board.admin.defaults.all(desk.actor)
    ]
    show(rows, as_json=as_json, empty="There is no default. Set one: frontdesk defaults set NAME VALUE")


@defaults.command("set")
@click.argument("name")
@click.argument("value")
@_group
@desk
def set_(desk: Desk, name: str, value: str, group: str) -> None:
    """Give a value, written as JSON.

    Examples: topics '{"budget": 2}', muted.words '["lunch"]', hours '{"zone": "Europe/Berlin"}', language de
    """
    desk.board.admin.defaults.set(desk.actor, name, _read(value), group=group)
    click.echo(f"{name} is set for {group or 'everyone'}; who decided themselves keeps what they decided.")


@defaults.command()
@click.argument("name")
@_group
@desk
def unset(desk: Desk, name: str, group: str) -> None:
    """Take a default away."""
    desk.board.admin.defaults.unset(desk.actor, name, group=group)
    click.echo(f"{name} is no longer set for {group or 'everyone'}.")


def _read(value: str) -> Any:
    """Return a value that was written as JSON, or a plain word."""
    try:
        return json.loads(value)
    except ValueError:
        if value[:1] in {"{", "["}:
            raise click.UsageError(f"{value!r} is not JSON.") from None
        return value


@click.command()
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, help="How many rows.")
@click.option("--subject", help="Only what was done to this login, source or default.")
@as_json
@desk
def log(desk: Desk, limit: int, subject: str | None, as_json: bool) -> None:
    """Show what admins changed, the newest first. Nobody can change or remove a row."""
    rows = [
        {
            "at": row.at,
            "who": row.actor,
            "what": row.verb,
            "subject": row.subject,
            "detail": row.detail if as_json else json.dumps(row.detail, ensure_ascii=False),
        }
        for row in desk.board.admin.log(desk.actor, limit=limit, subject=subject)
    ]
    show(rows, as_json=as_json, empty="No admin has changed anything yet.")
