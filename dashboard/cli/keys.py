"""The commands about keys and settings."""

import click

from dashboard.cli.desk import Desk, desk
from dashboard.settings import document
from dashboard.store.records import OPERATOR


@click.group()
def vault() -> None:
    """Look after the keys that encrypt passwords and tokens."""


@vault.command()
@desk
def rotate(desk: Desk) -> None:
    """Make a new key and encrypt every secret with it; running workers go on meanwhile.

    The key before is kept in the file so that a backup of the database can still be read. Keys
    that come from the settings are changed there: put the new one first, start again, run this.
    """
    house = desk.house
    if house.settings.vault.keys:
        changed = house.vault.reseal(house.store.engine)
    else:
        changed = house.vault.rotate(house.store.engine)
    left = sum(house.vault.stale(sealed) for _, _, sealed in house.store.engine.sealed())
    desk.board.admin.note(OPERATOR, "vault.rotate", "", {"sources": changed})
    click.echo(f"{changed} sources are encrypted with the new key, {left} with an old one.")
    if left:
        raise click.ClickException("Some secrets were written meanwhile; run this once more.")


@click.command()
def settings() -> None:
    """Print every setting with its sentence and default, as a file to start from."""
    click.echo(document(), nl=False)
