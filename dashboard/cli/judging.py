"""The command that measures the ranking."""

import sys
from pathlib import Path

import click

from dashboard.evaluation.report import run_evaluation
from dashboard.evaluation.run import SALT


@click.command()
@click.argument("logs", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--salt", default=SALT, show_default=True, help="Splits the people into those learned from and the others."
)
@click.option("--shipped", is_flag=True, help="Measure the weights as they are shipped, learn none.")
@click.option(
    "--learn", type=click.Path(path_type=Path, dir_okay=False), help="Write the learned weights to this file."
)
def evaluate(logs: tuple[Path, ...], salt: str, shipped: bool, learn: Path | None) -> None:
    """Measure how well the order fits what people did, from one or more LOGS of what they wrote."""
    err = sys.stderr

    def progress(what: str, done: int, total: int) -> None:
        if err.isatty():
            err.write(f"\r{what}: {done} of {total}\x1b[K")
            err.flush()

    try:
        run_evaluation(logs, salt=salt, shipped=shipped, learn=learn, say=click.echo, progress=progress)
    except (KeyError, ValueError, OSError) as error:
        raise click.ClickException(f"The log cannot be read: {error}") from None
