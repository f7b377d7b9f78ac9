"""The commands about sources: the form of the page as options and questions."""

import getpass
import sys
from pathlib import Path
from typing import Any

import click

from dashboard.board.records import Tried
from dashboard.cli.desk import Desk, as_json, desk, show
from dashboard.consent import Consent
from dashboard.store.records import Audience

_values = click.option("--set", "given", multiple=True, metavar="KEY=VALUE", help="One option; may be repeated.")


@click.group()
def sources() -> None:
    """List, add, test, pause, resume and remove sources."""


@sources.command("list")
@as_json
@desk
def list_(desk: Desk, as_json: bool) -> None:
    """List every source with how it is doing."""
    rows = [
        {
            "id": source.id,
            "title": source.title,
            "connector": source.connector,
            "health": str(source.health),
            "items": source.items,
            "synced": source.synced_at,
            "next": source.due_at,
            "failure": f"{source.failure}: {source.detail}" if source.failure else None,
        }
        for source in desk.board.sources.all(desk.person.id)
    ]
    show(rows, as_json=as_json, empty="There is no source yet. Add one: frontdesk sources add CONNECTOR")


@sources.command()
@click.argument("connector")
@click.option("--title", default="", help="What people call it; by default the source's own name.")
@_values
@click.option("--audience", type=click.Choice([str(a) for a in Audience]), default="person", help="Who reads it.")
@click.option("--group", help="The group that reads it, with --audience group.")
@click.option("--no-check", is_flag=True, help="Save it without testing it at its backend.")
@desk
def add(  # noqa: PLR0917  click passes them by name
    desk: Desk, connector: str, title: str, given: tuple[str, ...], audience: str, group: str | None, no_check: bool
) -> None:
    """Test a source and save it. Secrets that are not given are asked for, or read from standard input."""
    values = _asked(desk, connector, given)
    tried, source = desk.board.sources.add(
        desk.person.id, connector, title, values, audience=Audience(audience), group=group, check=not no_check
    )
    if source is None:
        raise click.ClickException(told(tried, connector))
    click.echo(f"Source {source.id} ({source.title}) is saved and will be fetched at once by the worker.")


@sources.command()
@click.argument("source")
@click.confirmation_option("--yes", prompt="Remove the source with all its items?", help="Do not ask.")
@desk
def remove(desk: Desk, source: str) -> None:
    """Remove a source with all its items; nothing changes at the backend."""
    found = desk.source(source)
    if not desk.board.sources.remove(desk.person.id, found.id):
        raise click.ClickException("This source is not yours to remove.")
    click.echo(f"Source {found.id} ({found.title}) is removed.")


@sources.command()
@click.argument("source")
@desk
def pause(desk: Desk, source: str) -> None:
    """Fetch a source no more until it is resumed."""
    found = desk.source(source)
    if not desk.board.sources.pause(desk.person.id, found.id):
        raise click.ClickException("This source is not yours to pause.")
    click.echo(f"Source {found.id} ({found.title}) pauses. Go on with: frontdesk sources resume {found.id}")


@sources.command()
@click.argument("source")
@desk
def resume(desk: Desk, source: str) -> None:
    """Fetch a paused source again, at once."""
    found = desk.source(source)
    if not desk.board.sources.resume(desk.person.id, found.id):
        raise click.ClickException("This source is not yours to resume.")
    click.echo(f"Source {found.id} ({found.title}) will be fetched at once by the worker.")


@sources.command()
@click.argument("source")
@click.argument("days", metavar="DAYS|forever|default")
@desk
def retain(desk: Desk, source: str, days: str) -> None:
    """Say for how many days the items of a source are kept; default is what the setting retention.days says.

    What is pinned or still to come stays whatever is said here.
    """
    found = desk.source(source)
    words: dict[str, int | None] = {"forever": 0, "default": None}
    if days not in words and not days.isdecimal():
        raise click.UsageError(f"{days!r} is no number of days; write a number, forever or default.")
    kept = words[days] if days in words else int(days)
    if not desk.board.sources.keep(desk.person.id, found.id, kept):
        raise click.ClickException("This source is not yours to change.")
    told = "as long as the settings say" if kept is None else f"for {kept} days" if kept else "for good"
    click.echo(f"The items of source {found.id} ({found.title}) are kept {told}.")


@sources.command()
@click.argument("source")
@desk
def connect(desk: Desk, source: str) -> None:
    """Log a source in at its provider (OAuth 2): open an address, allow it, paste where you were sent."""
    consent = Consent(desk.house.store, desk.house.connections)
    found, now = desk.source(source), desk.board.now
    url = consent.begin(found, desk.person.id, f"{desk.settings.address}/oauth/callback", now=now())
    click.echo(f"Open this address, and allow the access:\n\n{url}\n")
    answer = click.prompt("The address you were sent to afterwards", hide_input=True)
    consent.finish(desk.person.id, answer, now=now())
    click.echo(f"Source {found.id} ({found.title}) is connected and will be fetched at once by the worker.")


@click.command()
@click.argument("connector")
@_values
@desk
def check(desk: Desk, connector: str, given: tuple[str, ...]) -> None:
    """Test a connector with options at its backend, without saving anything."""
    tried = desk.board.sources.check(connector, _asked(desk, connector, given))
    if not tried.ok:
        raise click.ClickException(told(tried, connector))
    click.echo(f"It works. {tried.detail}".strip())


@click.command("import-opml")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@desk
def import_opml(desk: Desk, file: Path) -> None:
    """Add every feed of an OPML file that is not there yet."""
    added = desk.board.sources.import_opml(desk.person.id, file.read_bytes())
    click.echo(f"{added} feeds were added.")


@click.command("export-opml")
@desk
def export_opml(desk: Desk) -> None:
    """Print the feeds as OPML, for another reader."""
    click.echo(desk.board.sources.export_opml(desk.person.id))


def told(tried: Tried, connector: str) -> str:
    """Return what is wrong with options and what to do, as lines."""
    lines = [f"  {name or 'all'}: {text}" for name, text in tried.errors.items()]
    if lines:
        return "\n".join([f"These options cannot be used (see: frontdesk connectors {connector}):", *lines])
    return f"The source does not work: {tried.failure}. {tried.detail}".rstrip()


def _asked(desk: Desk, connector: str, given: tuple[str, ...]) -> dict[str, Any]:
    """Return the values of ``--set``, with every secret that is still missing asked for."""
    fields = desk.board.sources.form(connector)
    if fields is None:
        raise click.ClickException(f"There is no connector {connector}, or it is broken. See: frontdesk connectors")
    values: dict[str, Any] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals or name not in {field.name for field in fields}:
            raise click.UsageError(f"{name!r} is no option of {connector}; write --set KEY=VALUE.")
        values[name] = value
    for field in fields:
        if field.type == "secret" and field.required and field.name not in values:
            values[field.name] = _secret(field.title or field.name)
    return values


def _secret(title: str) -> str:
    """Ask for a secret without showing it; where nobody sits at a terminal, read a line."""
    return getpass.getpass(f"{title}: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
