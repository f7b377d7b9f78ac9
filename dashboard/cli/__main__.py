"""``python -m dashboard.cli``: the same as the ``frontdesk`` command."""

from dashboard.cli import main

main(prog_name="frontdesk")
