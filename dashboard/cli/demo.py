"""The demo: a made-up day in a company, in a folder of its own, read by the ordinary connectors."""

import os
import shutil

import click

from dashboard.board import Board
from dashboard.cli.desk import Desk, desk
from dashboard.demo import company
from dashboard.i18n import negotiate
from dashboard.opening import open_house
from dashboard.serve import serve as serve_both
from dashboard.settings import Settings, load


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="The port to listen on; also the setting web.port.")
@click.option("--remove", is_flag=True, help="Remove everything the demo has made, and end.")
@desk
def demo(desk: Desk, port: int | None, remove: bool) -> None:
    """Start Frontdesk with a made-up day in a company, apart from your own data.

    Each start makes the day anew, so that its hours are counted from now.
    """
    folder = desk.settings.data.with_name(f"{desk.settings.data.name}-demo")
    shutil.rmtree(folder, ignore_errors=True)
    if remove:
        click.echo(f"Removed {folder}")
        return
    settings = _settings(folder.as_posix(), port, desk.settings)
    _fill(settings)
    serve_both(settings, click.echo)


def _settings(folder: str, port: int | None, settings: Settings) -> Settings:
    """Return settings for the demo alone; the environment hands them to the processes that follow.

    Of the real ones only the port and the log are used: the others may name a login, a database or
    keys of a server, and the demo is for this machine alone.
    """
    for name in [name for name in os.environ if name.startswith("FRONTDESK_")]:
        del os.environ[name]
    os.environ["FRONTDESK_DATA"] = folder
    os.environ["FRONTDESK_FILES__FOLDERS"] = ""  # what it may read beside its own files
    os.environ["FRONTDESK_WEB__PORT"] = str(port or settings.web.port)
    os.environ["FRONTDESK_LOG__LEVEL"], os.environ["FRONTDESK_LOG__FORMAT"] = settings.log.level, settings.log.format
    return load()


def _fill(settings: Settings) -> None:
    house = open_house(settings)
    board = Board(house)
    person = board.me()
    me = company(board.now())["me"]
    board.profiles.save(person.id, board.profiles.read(person.id) | {"me": [me["address"], me["name"], me["slack"]]})
    board.demo.add(person.id, negotiate(os.environ.get("LC_ALL") or os.environ.get("LANG")))
    house.store.close()
