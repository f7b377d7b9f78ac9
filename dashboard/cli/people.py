"""The commands about people and what is kept about them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO, TextIO

import click

from dashboard import __version__
from dashboard.board.admin.records import Deed
from dashboard.board.starts import over
from dashboard.cli.desk import Desk, as_json, desk, printable, show
from dashboard.relevance import Profile
from dashboard.store.records import KEEPER, OPERATOR


@click.group()
def people() -> None:
    """List, add, change, block and unblock people, one by one or by a list."""


@people.command("list")
@as_json
@desk
def list_(desk: Desk, as_json: bool) -> None:
    """List everybody who uses this Frontdesk."""
    rows = [
        {
            "login": person.login,
            "name": person.name,
            "admin": person.admin,
            "blocked": person.blocked,
            "groups": ", ".join(sorted(person.groups)),
        }
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
    start = _starting_profile(desk, profile) if profile else None
    admins = desk.board.admin.people
    known = next((one.employee for one in admins.all(desk.actor) if one.employee.login == login), None)
    if known is None:
        known = admins.add(desk.actor, login, name=name or "", admin=bool(admin), groups=groups)
    else:
        admins.change(desk.actor, known.id, name=name, admin=admin, groups=groups or None)
    if start:
        begun = over(desk.board.profiles.get(known.id), start)
        desk.board.profiles.save(known.id, begun.model_dump(mode="json"))
    click.echo(f"{login} is known now. Act for them with: frontdesk --as {login} …")


@people.command()
@click.argument("login")
@desk
def block(desk: Desk, login: str) -> None:
    """Let a person log in no more, and end every login of theirs. Everything of theirs stays."""
    desk.board.admin.people.block(desk.actor, desk.find(login).id)
    click.echo(f"{login} cannot log in any more. Let them in again with: frontdesk people unblock {login}")


@people.command()
@click.argument("login")
@desk
def unblock(desk: Desk, login: str) -> None:
    """Let a person log in again."""
    desk.board.admin.people.unblock(desk.actor, desk.find(login).id)
    click.echo(f"{login} can log in again.")


@people.command()
@as_json
@desk
def groups(desk: Desk, as_json: bool) -> None:
    """List every group with how many people are in it."""
    rows = [{"group": name, "people": count} for name, count in desk.board.admin.people.groups(desk.actor).items()]
    show(rows, as_json=as_json, empty="Nobody is in a group. Put somebody in one: frontdesk people add LOGIN --group G")


@people.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Only say what each line would do.")
@desk
def import_(desk: Desk, file: BinaryIO, dry_run: bool) -> None:
    """Add and change people by a CSV list (login,name,groups,admin,language); groups are divided by |.

    All lines or none: where one cannot be used, nothing happens.
    """
    found = desk.board.admin.people.import_csv(desk.actor, file.read(), dry=dry_run)
    for line in found.lines:
        what = _FAULTS.get(line.fault) or ", ".join(f"{name} {_written(to)}" for name, (_, to) in line.changes.items())
        click.echo(f"line {line.number}: {line.deed} {printable(line.login)} {printable(what)}".rstrip())
    if found.refused:
        raise click.ClickException(f"{len(found.refused)} lines cannot be used; nothing was changed.")
    done = "would be" if dry_run else "were"
    counts = {str(deed): found.count(deed) for deed in Deed}
    click.echo(f"{counts['add']} {done} added, {counts['change']} {done} changed, {counts['same']} are as they were.")


@people.command("export-csv")
@click.option("--output", type=click.File("w", encoding="utf-8", lazy=True), default="-", help="The file to write.")
@desk
def export_csv(desk: Desk, output: TextIO) -> None:
    """Write everybody as a list that `people import` reads."""
    output.write(desk.board.admin.people.export_csv(desk.actor).replace("\r\n", "\n"))


@people.command("sign-out")
@click.argument("login")
@desk
def sign_out(desk: Desk, login: str) -> None:
    """End every login of a person; their open pages close within two seconds.

    They can log in again as long as the provider lets them: block who is to stay out.
    """
    ended = desk.board.admin.people.sign_out(desk.actor, desk.find(login).id)
    click.echo(f"Logins of {login} that were ended: {ended}.")


_FAULTS = {
    "login": "(there is no login, or it has a space or a sign in it that cannot be shown)",
    "keeper": "(this login keeps the sources that everyone is given)",
    "twice": "(this login stands in a line before)",
    "columns": "(it has more or fewer columns than the first line)",
    "admin": "(admin is yes or no)",
    "language": "(language is de or en, or empty)",
    "long": "(something is too long, or has a sign in it that cannot be shown)",
}
"""What is wrong with a line of a list."""


def _written(value: object) -> str:
    return "|".join(sorted(value)) if isinstance(value, set | frozenset) else str(value)


def _refuse_keeper(login: str) -> None:
    if login == KEEPER:
        raise click.ClickException(f"{KEEPER} keeps the sources that everyone is given. Choose another login.")


def _starting_profile(desk: Desk, name: str) -> Profile:
    """Return a starting profile, or end with a sentence that names those there are."""
    starts = desk.board.starts
    if starts.folder is None:
        raise click.ClickException("There is no settings file beside which profiles could lie. Say --config FILE.")
    if not starts.folder.is_dir():
        raise click.ClickException(f"There is no folder {starts.folder}. Make it, with a file {name}.toml in it.")
    known = starts.all()
    if name not in known:
        there = ", ".join(known) or "none"
        raise click.ClickException(f"No starting profile {name} in {starts.folder} can be used. There are: {there}")
    return known[name]


@click.command()
@click.argument("login")
@click.option("--output", type=click.File("w", encoding="utf-8", lazy=True), default="-", help="The file to write.")
@desk
def export(desk: Desk, login: str, output: TextIO) -> None:
    """Write everything that is kept about a person as JSON lines, without secrets."""
    person = desk.find(login)
    lines = desk.house.store.export(person.id)
    output.writelines(json.dumps(line, default=str, ensure_ascii=False) + "\n" for line in lines)
    desk.board.admin.note(OPERATOR, "person.export", login, {})


@click.command()
@click.argument("login")
@click.option("--proof", type=click.Path(path_type=Path, dir_okay=False), help="Write here what was there, and is not.")
@click.confirmation_option("--yes", prompt="Remove this person and everything kept about them?", help="Do not ask.")
@desk
def erase(desk: Desk, login: str, proof: Path | None) -> None:
    """Remove a person with their own sources, items, marks and profile. This cannot be undone.

    Sources they gave to a group or to everyone stay, without an owner. The log of admin changes
    keeps their login.
    """
    _refuse_keeper(login)
    person = desk.find(login)
    with _new(proof) if proof else nullcontext() as file:
        told = asdict(desk.board.admin.people.erase(desk.actor, person.id)) | {"frontdesk": __version__}
        if file is not None:
            json.dump(told, file, default=str, ensure_ascii=False, indent=2)
    click.echo(f"Nothing is kept about {login} any more. Remember the backups.")


@contextmanager
def _new(file: Path) -> Iterator[TextIO]:
    """Open a file that was not there, before anything else is done; it goes again where that fails."""
    try:
        out = file.open("x", encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}. Nothing was removed.") from None
    try:
        with out:
            yield out
    except BaseException:
        file.unlink()
        raise
