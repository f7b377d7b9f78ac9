"""The commands about items."""

import click

from dashboard.cli.desk import Desk, as_json, desk, show


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="QUERY...")
@click.option("--limit", default=20, type=click.IntRange(1, 500), help="How many items at most.")
@as_json
@desk
def search(desk: Desk, words: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Find items, the best first; the same words and operators as on the page.

    Example: frontdesk search from:ada after:2026-01-01 budget
    """
    found = desk.board.listing.search(desk.person.id, " ".join(words), limit=limit)
    for problem in found.problems:
        click.echo(f"Not understood, and left out: {problem}", err=True)
    rows = [
        {
            "date": row.entry.at,
            "source": row.source,
            "from": getattr(row.entry.item.author, "name", "") or getattr(row.entry.item.author, "address", ""),
            "title": row.entry.item.title or row.snippet,
        }
        for row in found.rows
    ]
    show(rows, as_json=as_json, empty="Nothing was found.")
