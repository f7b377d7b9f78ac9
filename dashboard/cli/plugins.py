"""The commands about connectors."""

from pathlib import Path

import click

from dashboard.cli.desk import Desk, as_json, desk, printable, show


@click.command()
@click.argument("name", required=False)
@as_json
@desk
def connectors(desk: Desk, name: str | None, as_json: bool) -> None:
    """List what can be connected, also what is broken and why; with NAME, what it asks for."""
    if name is None:
        rows = [
            {
                "name": offer.name,
                "kind": offer.kind,
                "summary": offer.broken or offer.summary,
                "usable": not offer.broken,
            }
            for offer in desk.board.sources.offers()
        ]
        show(rows, as_json=as_json, empty="No connector is installed.")
        return
    fields = desk.board.sources.form(name)
    if fields is None:
        raise click.ClickException(f"There is no connector {name}, or it is broken. See: frontdesk connectors")
    rows = [
        {
            "option": field.name,
            "type": str(field.type),
            "required": field.required,
            "default": field.default,
            "meaning": field.description or field.title,
        }
        for field in fields
    ]
    show(rows, as_json=as_json, empty=f"{printable(name)} asks for nothing.")


@click.command()
@click.argument("source")
@click.argument("tape", type=click.Path(path_type=Path, dir_okay=False))
@desk
def record(desk: Desk, source: str, tape: Path) -> None:
    """Record what SOURCE answers to a small fetch into the file TAPE, without its secrets.

    A test of the connector then plays it instead of the network.
    """
    if tape.exists():
        raise click.ClickException(f"{tape} is there already; it was left as it is.")
    recorded = desk.house.connections.record(desk.source(source), now=desk.board.now())
    recorded.save(tape)
    click.echo(f"{len(recorded.exchanges)} exchanges are in {tape}. Look through it before you give it to anybody.")
