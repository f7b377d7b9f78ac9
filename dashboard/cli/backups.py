"""The commands that write a backup and bring one back."""

from datetime import UTC, datetime
from pathlib import Path

import click

from dashboard.backup import back_up
from dashboard.backup import restore as bring_back
from dashboard.cli.desk import Desk, desk
from dashboard.store.records import OPERATOR


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--with-keys", is_flag=True, help="Put the keys of the vault in as well: then the file alone tells all.")
@desk
def backup(desk: Desk, file: Path, with_keys: bool) -> None:
    """Write everything into one file, while Frontdesk runs on. Only you can read it.

    With PostgreSQL its program pg_dump is used.
    """
    done = back_up(desk.settings, file, keys=with_keys, now=datetime.now(UTC))
    desk.board.admin.note(OPERATOR, "backup", file.name, {"bytes": done.size, "keys": done.keys})
    click.echo(f"{file} holds everything as it was at {done.manifest.made_at:%Y-%m-%d %H:%M:%S} UTC.")
    if with_keys:
        click.echo("The keys are in it: who has this file can read every password and token. Keep it locked away.")
    else:
        click.echo(
            f"The keys are not in it. Keep a copy of {desk.settings.key_file} apart from it: "
            "without them the passwords and tokens of sources have to be entered again."
        )


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="Put it in place of the database that is there.")
@desk
def restore(desk: Desk, file: Path, replace: bool) -> None:
    """Bring a backup back: everything is checked first, and it is put in place whole or not at all.

    Stop the page and every worker before. Keys in the backup are put before those that are there.
    """
    done = bring_back(desk.settings, file, replace=replace)
    people = len(desk.board.admin.people.all(OPERATOR))
    made = f"{done.manifest.made_at:%Y-%m-%d %H:%M:%S}"
    desk.board.admin.note(OPERATOR, "restore", file.name, {"made_at": made, "version": done.manifest.version})
    click.echo(f"Everything is as it was at {made} UTC: {people} people. What came since is fetched again.")
    house = desk.house
    if left := house.vault.unreadable(house.store.engine):
        click.echo(f"The keys of {left} sources are missing: bring back the key file, or enter their passwords again.")
