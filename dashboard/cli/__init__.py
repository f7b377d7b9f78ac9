"""The command line: every use of Frontdesk that needs no browser."""

from importlib import import_module
from pathlib import Path

import click

from dashboard import __version__
from dashboard.settings import SettingsError, load

COMMANDS = {
    "serve": ("processes", "Start the page and the worker, and print the address."),
    "demo": ("demo", "Start with a made-up day in a company, apart from your own data."),
    "worker": ("processes", "Fetch due sources, with no page."),
    "sync": ("processes", "Fetch a source now, or all of them, and say what came."),
    "init": ("processes", "Make the data folder, the database and the first person."),
    "vault": ("keys", "Look after the keys that encrypt passwords."),
    "connectors": ("plugins", "List what can be connected, and what each asks for."),
    "record": ("plugins", "Record what a source answers, to test its connector with."),
    "sources": ("sources", "List, add, test, pause, resume and remove sources."),
    "check": ("sources", "Test a source at its backend without saving anything."),
    "import-opml": ("sources", "Add every feed of an OPML file."),
    "export-opml": ("sources", "Print the feeds as OPML."),
    "search": ("items", "Find items; the same words and operators as on the page."),
    "people": ("people", "List, add, change, block and unblock people, one by one or by a list."),
    "export": ("people", "Write everything that is kept about a person as JSON lines."),
    "erase": ("people", "Remove a person with everything that is kept about them."),
    "defaults": ("house", "List, set and take away what people are given until they decide themselves."),
    "log": ("house", "Show what admins changed, the newest first."),
    "backup": ("backups", "Write everything into one file, while Frontdesk runs on."),
    "restore": ("backups", "Bring a backup back, whole or not at all."),
    "evaluate": ("judging", "Measure how well the order fits what people did, from logs."),
    "settings": ("keys", "Print every setting with its sentence and default."),
}
"""Each command with its module and one sentence; a module is imported when its command is used."""


class Commands(click.Group):
    """Loads a command when it is used, and turns the errors that an operator can mend into sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  the signature is click's
        """Return the names in the order of the help page."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the module of a command and return it."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"dashboard.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; exit code 1 with a sentence where it cannot be done, 2 where it was not understood."""
        try:
            return super().invoke(ctx)
        except (click.exceptions.Exit, click.ClickException, click.Abort):
            raise
        except Exception as error:
            sentence = _sentence(error)
            if sentence is None:
                raise
            raise click.ClickException(sentence) from None


def _sentence(error: Exception) -> str | None:
    """Return what to tell of an error that an operator can mend, None for a bug."""
    kind = {base.__name__ for base in type(error).__mro__}
    if kind & {"BackupError", "Invalid", "LastAdmin", "ServeError", "SettingsError", "VaultError"}:
        return str(error)
    if "StoreError" in kind:
        return f"The database cannot be used: {error}"
    if "SourceError" in kind:
        return f"{type(error).__name__}: {error}"
    return str(error) if isinstance(error, PermissionError) and error.errno is None else None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="frontdesk")
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The settings file; also FRONTDESK_CONFIG.",
)
@click.option("--as", "login", metavar="LOGIN", help="Act for this person; by default the only one there is.")
@click.pass_context
def main(ctx: click.Context, config: Path | None, login: str | None) -> None:
    """Frontdesk: everything that reaches you on one page, ordered by what matters now."""
    from dashboard import log  # noqa: PLC0415  the help page needs no log
    from dashboard.cli.desk import Desk  # noqa: PLC0415  nor a database

    try:
        settings = load(config)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    log.set_up(settings.log.level, settings.log.format)
    ctx.obj = Desk(settings, login)
