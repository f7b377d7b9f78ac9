"""What a failure knows of a host, written into its detail and read back here: a page says it in its own words."""

import re
from typing import NamedTuple


class Met(NamedTuple):
    """A host, and the status of HTTP with which it answered; None where it did not answer."""

    host: str
    status: int | None


def answered(host: str, status: int) -> str:
    """Return the detail for a host that answered with a status."""
    return f"{status} from {host}"


def silent(host: str) -> str:
    """Return the detail for a host that cannot be reached."""
    return f"cannot be reached: {host}"


_HOST = r"(?P<host>[^\s:/]+(?::\d+)?|\[[\da-fA-F:.]+\](?::\d+)?)"
_ANSWERED = re.compile(rf"(?P<status>[1-5]\d\d) from {_HOST}")
_SILENT = re.compile(rf"cannot be reached: {_HOST}")


def met(detail: str) -> Met | None:
    """Return what a detail knows of a host, None where it was written for a technician alone."""
    if found := _ANSWERED.fullmatch(detail):
        return Met(found["host"], int(found["status"]))
    if found := _SILENT.fullmatch(detail):
        return Met(found["host"], None)
    return None
