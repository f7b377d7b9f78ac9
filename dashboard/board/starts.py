"""Starting profiles: what an admin wrote for kinds of work, to begin one's own with."""

import tomllib
from pathlib import Path

import structlog
from pydantic import ValidationError

from dashboard.relevance import Profile, load

log = structlog.get_logger(__name__)


_WEIGHTS = ("people", "topics", "projects", "channels", "kinds")


class Starts:
    """The files in ``profiles/`` beside the settings file; ``folder`` is None where there is no such file."""

    def __init__(self, settings: Path | None) -> None:
        self.folder = settings / "profiles" if settings else None

    def all(self) -> dict[str, Profile]:
        """Return the starting profiles by name; a file that is of no use is told to the log and left out."""
        found = {}
        for file in sorted(self.folder.glob("*.toml")) if self.folder else ():
            try:
                found[file.stem] = load(tomllib.loads(file.read_text(encoding="utf-8")))
            except (OSError, ValueError, ValidationError) as error:
                log.warning("a starting profile cannot be used", file=str(file), error=str(error))
        return found


def over(profile: Profile, start: Profile) -> Profile:
    """Return a profile with the weights of a starting one for everything that it says nothing about itself."""
    weights = {part: {**getattr(start, part), **getattr(profile, part)} for part in _WEIGHTS}
    return Profile.model_validate({**profile.model_dump(), **weights})
