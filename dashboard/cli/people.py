"""The commands about people and what is kept about them."""

import json
import tomllib
from typing import Any, TextIO

import click

from dashboard.cli.desk import Desk, as_json, desk, show
from dashboard.givens import ADMIN


@click.group()
def people() -> None:
    """List and add people."""


@people.command("list")
@as_json
@desk
def list_(desk: Desk, as_json: bool) -> None:
    """List everybody who uses this Frontdesk."""
    rows = [
        {"login": person.login, "name": person.name, "admin": person.admin, "groups": ", ".join(sorted(person.groups))}
        for person in desk.house.store.employees()
    ]
    show(rows, as_json=as_json, empty="There is nobody yet. Add somebody: frontdesk people add LOGIN")


@people.command()
@click.argument("login")
@click.option("--name", help="What others call them.")
@click.option("--admin/--no-admin", default=None, help="May give sources to everyone.")
@click.option("--group", "groups", multiple=True, help="A group they are in; may be repeated; replaces those before.")
@click.option("--profile", metavar="NAME", help="A starting profile: a file in profiles/ beside the settings file.")
@desk
def add(  # noqa: PLR0917  click passes them by name
    desk: Desk, login: str, name: str | None, admin: bool | None, groups: tuple[str, ...], profile: str | None
) -> None:
    """Add a person, or change what is given of one; all else stays as it was.

    Where people log in, LOGIN is what the provider or the proxy calls them; without a login the page is for
    one person, and others are acted for with --as LOGIN.
    """
    _refuse_keeper(login)
    start = _starting_profile(desk, profile) if profile else {}
    store = desk.house.store
    known = next((person for person in store.employees() if person.login == login), None)
    person = store.enroll(
        login,
        name=name if name is not None else known.name if known else "",
        admin=admin if admin is not None else bool(known and known.admin),
        groups=groups or (known.groups if known else ()),
    )
    if start:
        desk.board.profiles.save(person.id, desk.board.profiles.read(person.id) | start)
    click.echo(f"{person.login} is known now. Act for them with: frontdesk --as {person.login} …")


@people.command("sign-out")
@click.argument("login")
@desk
def sign_out(desk: Desk, login: str) -> None:
    """End every login of a person; their open pages close within two seconds.

    They can log in again as long as the provider lets them: block who is to stay out.
    """
    ended = desk.board.logins.end_all(desk.find(login).id)
    click.echo(f"{login} was logged in {ended} times and is no longer.")


def _refuse_keeper(login: str) -> None:
    if login == ADMIN:
        raise click.ClickException(f"{ADMIN} keeps the sources that everyone is given. Choose another login.")


def _starting_profile(desk: Desk, name: str) -> dict[str, Any]:
    """Return the weights of a file in ``profiles/``, or end with a sentence that names those there are."""
    folder = desk.settings.config_folder
    files = {file.stem: file for file in folder.joinpath("profiles").glob("*.toml")} if folder else {}
    if name not in files:
        there = ", ".join(sorted(files)) or "none (start with --config FILE)"
        raise click.ClickException(f"There is no starting profile {name}. There are: {there}")
    return tomllib.loads(files[name].read_text(encoding="utf-8"))


@click.command()
@click.argument("login")
@click.option("--output", type=click.File("w", encoding="utf-8", lazy=True), default="-", help="The file to write.")
@desk
def export(desk: Desk, login: str, output: TextIO) -> None:
    """Write everything that is kept about a person as JSON lines, without secrets."""
    person = desk.find(login)
    lines = desk.house.store.export(person.id)
    output.writelines(json.dumps(line, default=str, ensure_ascii=False) + "\n" for line in lines)


@click.command()
@click.argument("login")
@click.confirmation_option("--yes", prompt="Remove this person and everything kept about them?", help="Do not ask.")
@desk
def erase(desk: Desk, login: str) -> None:
    """Remove a person with their own sources, items, marks and profile. This cannot be undone.

    Sources they gave to a group or to everyone stay, without an owner.
    """
    _refuse_keeper(login)
    desk.house.store.erase(desk.find(login).id)
    click.echo(f"Nothing is kept about {login} any more. Remember the backups.")
