"""The demo on a person's own page: a made-up day, read by the ordinary connectors and gone with one click."""

import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from dashboard.board.sources import Sources
from dashboard.store.records import Source


class Demo:
    """The made-up day of each person, in a folder of its own below ``folder``; with None it is not offered.

    A source is the demo's when its file lies in that folder: no other mark says so, and none can be lost.
    """

    def __init__(self, sources: Sources, folder: Path | None, clock: Callable[[], datetime]) -> None:
        self._sources = sources
        self.folder = folder.resolve() if folder else None
        self._clock = clock

    @property
    def offered(self) -> bool:
        """Whether a person may have the demo beside their own sources: only where nobody else opens the page."""
        return self.folder is not None

    def on(self, person: int) -> bool:
        """Whether the person has sources of the demo."""
        place = self._place(person)
        return place is not None and place.is_dir() and bool(self._made_up(person))

    def owns(self, source: Source) -> bool:
        """Whether a source is the demo's."""
        named = (os.path.normpath(value) for value in source.options.values() if isinstance(value, str))
        return self.folder is not None and any(Path(name).is_relative_to(self.folder) for name in named)

    def add(self, person: int, language: str = "en") -> None:
        """Write the made-up day, with its hours counted from now, and add its sources; nothing where it is there."""
        place = self._place(person)
        if place is None or self.on(person):
            return
        from dashboard.demo import deliver  # noqa: PLC0415  its libraries take a tenth of every start

        shutil.rmtree(place, ignore_errors=True)
        for source in deliver(place, self._clock(), language):
            # One of them is broken on purpose: a test before saving would refuse it.
            self._sources.add(person, source.connector, source.title, source.options, check=False)

    def remove(self, person: int) -> None:
        """Remove the demo's sources with all that came from them, and their files; no other source is touched."""
        for source in self._made_up(person):
            self._sources.remove(person, source.id)
        if place := self._place(person):
            shutil.rmtree(place, ignore_errors=True)

    def _place(self, person: int) -> Path | None:
        return self.folder / str(person) if self.folder else None

    def _made_up(self, person: int) -> list[Source]:
        return [source for source in self._sources.all(person) if source.owner == person and self.owns(source)]
