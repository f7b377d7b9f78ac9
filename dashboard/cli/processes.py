"""The commands that keep running, and those that do by hand what these do by themselves."""

import os
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click

from dashboard.cli.desk import Desk, desk
from dashboard.serve import serve as serve_both
from dashboard.settings import CONFIG, document, load

_BEHIND = 5
"""How much lower than that of the page beside it the priority of a worker is: who looks goes before what comes."""


@click.command()
@click.option("--host", help="The address to listen on; also the setting web.host.")
@click.option("--port", type=click.IntRange(1, 65535), help="The port to listen on; also the setting web.port.")
@click.option("--no-worker", is_flag=True, help="Only the page; run the worker elsewhere.")
@desk
def serve(desk: Desk, host: str | None, port: int | None, no_worker: bool) -> None:
    """Start the page and the worker, and print the address.

    Both are started again when they end unexpectedly. Ctrl+C or SIGTERM ends them in order.
    """
    settings = desk.settings
    if host or port:
        web = settings.web.model_copy(update={"host": host or settings.web.host, "port": port or settings.web.port})
        settings = load(web=web)
    serve_both(settings, click.echo, worker=not no_worker, prepare=lambda: _prepare(desk))


@click.command()
@click.option("--with-parent", type=int, hidden=True, help="End when this process is gone.")
@desk
def worker(desk: Desk, with_parent: int | None) -> None:
    """Fetch due sources, with no page.

    Several workers, also on several machines, may share one PostgreSQL database.
    """
    if with_parent and hasattr(os, "nice"):
        os.nice(_BEHIND)
    from dashboard.worker import Worker  # noqa: PLC0415  the page must not wait for it

    if not with_parent:
        _prepare(desk)
    house = desk.house
    running = Worker(
        house.store.engine, house.connections, house.settings.sync, keep_days=house.settings.retention.days
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: running.stop())
    if with_parent:
        threading.Thread(target=_follow, args=(with_parent, running.stop), daemon=True).start()
    running.run()
    house.store.close()


def _prepare(desk: Desk) -> None:
    """Make the database and the keys before there is a worker, and bring in the sources for everyone.

    Raises VaultError where the keys cannot be used: an operator is told at the start, not each source.
    """
    from dashboard.givens import bring_in  # noqa: PLC0415  the page must not wait for it

    house, folder = desk.house, desk.settings.config_folder
    house.vault.check()
    if folder is not None:
        bring_in(folder / "sources", house.store, house.connections, now=datetime.now(UTC))
    house.store.close()


def _follow(parent: int, stop: Callable[[], None]) -> None:
    """Stop when the process that started this one is gone, however it went."""
    pause = threading.Event()
    while os.getppid() == parent:
        pause.wait(1)
    stop()


@click.command()
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@desk
def sync(desk: Desk, names: tuple[str, ...]) -> None:
    """Fetch sources now, given by number or title, or all of them, and say what came.

    Exit code 1 where one of them fails.
    """
    from dashboard.worker import Worker  # noqa: PLC0415  the page must not wait for it

    sources = [desk.source(name) for name in names] or desk.board.sources.all(desk.person.id)
    if not sources:
        click.echo("There is no source yet. Add one: frontdesk sources add")
        return
    house = desk.house
    house.vault.check()  # else every source would pause as if its password were wrong
    running = Worker(
        house.store.engine, house.connections, house.settings.sync, keep_days=house.settings.retention.days
    )
    failed = 0
    with click.progressbar(sources, label="Fetching", item_show_func=lambda s: s.title if s else "") as bar:
        reports = [(source, running.once(source.id)) for source in bar]
    for source, report in reports:
        if report is None:
            click.echo(f"{source.title}: another worker is fetching it right now")
        elif report.error is not None:
            failed += 1
            after = house.store.source(desk.person.id, source.id)
            click.echo(
                f"{source.title}: {after.failure if after else ''} {after.detail if after else ''}".rstrip(), err=True
            )
        else:
            bad = f", {report.unreadable} unreadable" if report.unreadable else ""
            click.echo(f"{source.title}: {report.new} new, {report.changed} changed, {report.gone} gone{bad}")
    if failed:
        raise click.exceptions.Exit(1)


@click.command()
@click.option("--login", help="The login of the first person, who may administer; by default you.")
@click.option("--name", default="", help="Their name.")
@click.option("--write-settings", type=click.Path(path_type=Path, dir_okay=False), help="Write a settings file here.")
@desk
def init(desk: Desk, login: str | None, name: str, write_settings: Path | None) -> None:
    """Make the data folder, the database and the first person; nothing that exists is changed."""
    if write_settings is not None:
        if write_settings.exists():
            raise click.ClickException(f"{write_settings} is there already; it was left as it is.")
        write_settings.parent.mkdir(parents=True, exist_ok=True)
        write_settings.write_text(document(), encoding="utf-8")
        click.echo(f"Settings: {write_settings} (start with --config {write_settings}, or set {CONFIG})")
    person = _first(desk, login, name) if login else desk.person.login
    click.echo(f"Data: {desk.settings.data}")
    click.echo(f"Person: {person}")


def _first(desk: Desk, login: str, name: str) -> str:
    """Add a person who is not there as an admin; return their login."""
    if desk.house.store.employee(login) is None:
        desk.board.admin.people.add(desk.actor, login, name=name, admin=True)
    return login
