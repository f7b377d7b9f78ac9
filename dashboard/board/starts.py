"""Starting profiles: what an admin wrote for kinds of work, to begin one's own with."""

import tomllib
from pathlib import Path

import structlog
from pydantic import ValidationError

from dashboard.relevance import Profile, load

log = structlog.get_logger(__name__)


class Starts:
    """The files in ``profiles/`` beside the settings file."""

    def __init__(self, folder: Path | None) -> None:
        self._files = sorted((folder / "profiles").glob("*.toml")) if folder else []

    def all(self) -> dict[str, Profile]:
        """Return the starting profiles by name; a file that is of no use is told to the log and left out."""
        found = {}
        for file in self._files:
            try:
                found[file.stem] = load(tomllib.loads(file.read_text(encoding="utf-8")))
            except (OSError, ValueError, ValidationError) as error:
                log.warning("a starting profile cannot be used", file=str(file), error=str(error))
        return found
