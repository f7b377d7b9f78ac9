"""What every command works with: the settings, and behind them the house, opened when it is first needed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click

from dashboard.settings import Settings

if TYPE_CHECKING:  # the command that serves starts the page before it loads what opens a database
    from dashboard.board import Board
    from dashboard.opening import House
    from dashboard.store.records import Actor, Employee, Source


class Desk:
    """One command's view of Frontdesk."""

    def __init__(self, settings: Settings, login: str | None = None) -> None:
        self.settings = settings
        self._login = login

    @cached_property
    def house(self) -> House:
        """The open database, vault and connections."""
        from dashboard.opening import open_house  # noqa: PLC0415

        return open_house(self.settings)

    @cached_property
    def board(self) -> Board:
        """Everything a person can do."""
        from dashboard.board import Board  # noqa: PLC0415

        return Board(self.house)

    @cached_property
    def person(self) -> Employee:
        """The person the command acts for."""
        if self._login is None:
            return self.board.me()
        return self.find(self._login)

    @property
    def actor(self) -> Actor:
        """Who the log of admin changes names: the person given with ``--as``, else the operator."""
        from dashboard.store.records import OPERATOR  # noqa: PLC0415

        return OPERATOR if self._login is None else self.person.id

    def find(self, login: str) -> Employee:
        """Return the person with this login, or end with a sentence."""
        for employee in self.house.store.employees():
            if employee.login == login:
                return employee
        raise click.ClickException(f"There is nobody with the login {login}. See: frontdesk people list")

    def source(self, name: str) -> Source:
        """Return the source with this number or title, or end with a sentence."""
        found = [s for s in self.board.sources.all(self.person.id) if name in {str(s.id), s.title}]
        if len(found) == 1:
            return found[0]
        several = " Several have this title: use the number." if found else ""
        raise click.ClickException(f"There is no source {name}.{several} See: frontdesk sources list")


desk = click.make_pass_decorator(Desk)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def show(rows: Iterable[Mapping[str, Any]], *, as_json: bool, empty: str) -> None:
    """Print rows as JSON, or as a table with aligned columns."""
    rows = list(rows)
    if as_json:
        click.echo(json.dumps(rows, default=str, ensure_ascii=False, indent=2))
        return
    if not rows:
        click.echo(empty)
        return
    table = [[printable(value) for value in row.values()] for row in rows]
    widths = [max(len(line[place]) for line in [list(rows[0]), *table]) for place in range(len(rows[0]))]
    for line in [[name.upper() for name in rows[0]], *table]:
        click.echo("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def printable(value: Any, most: int = 60) -> str:
    """Return a value on one line and without control characters, which could steer the terminal."""
    text = f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else "" if value is None else str(value)
    line = "".join(letter if letter.isprintable() else " " for letter in text).strip()
    return line if len(line) <= most else line[: most - 1] + "…"
