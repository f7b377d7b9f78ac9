"""What Frontdesk knows about a person: shown to them, given to them as a file, and gone when they say so."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from zipfile import ZIP_DEFLATED, ZipFile

from connectors.kit import Person
from dashboard.board.admin.people import People
from dashboard.board.listing import Listing
from dashboard.board.records import Invalid, Refused
from dashboard.ranking.known import Known, Met
from dashboard.store.administration import LastAdmin
from dashboard.store.protocol import Store
from dashboard.store.records import Employee, Trace

_TOLD = 50
_FILE = "frontdesk.jsonl"
_IN_MEMORY = 8 << 20  # bytes of an export that are kept in memory before they go to a file


@dataclass(frozen=True, slots=True, kw_only=True)
class Knows:
    """What the items show of a person, and what they left behind here; ``called`` are names as people write them."""

    items: Known
    called: Mapping[str, str]
    traces: Mapping[str, Trace]


class Privacy:
    """What is a person's own business: nobody else, no admin either, has a door to it."""

    def __init__(self, store: Store, listing: Listing, people: People) -> None:
        self._store = store
        self._listing = listing
        self._people = people

    def knows(self, person: int) -> Knows:
        """Return everything beside the profile that is known about a person."""
        items = self._listing.desk(person).known()
        told = {met.name: met for met in (*items.people[:_TOLD], *items.answered[:_TOLD])}
        return Knows(items=items, called=self._called(person, list(told.values())), traces=self._store.traces(person))

    def speak(self, person: int, language: str | None) -> None:
        """Set the language of the person's page; None follows what they are given, or else their browser."""
        self._store.speak(person, language)

    def forget_seen(self, person: int) -> int:
        """Forget which items the person opened; return how many."""
        return self._store.forget_seen(person)

    def export(self, person: int) -> bytes:
        """Return a ZIP file with everything kept about a person as JSON lines, without secrets."""
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
            with (
                ZipFile(file, "w", ZIP_DEFLATED) as archive,
                archive.open(_FILE, "w", force_zip64=True) as inner,
                TextIOWrapper(inner, encoding="utf-8") as text,
            ):
                for record in self._store.export(person):
                    text.write(json.dumps(record, default=str, ensure_ascii=False) + "\n")
            file.seek(0)
            return file.read()

    def erase(self, person: Employee, typed: str) -> None:
        """Remove a person with everything kept about them.

        Raises Invalid where they did not type their login, and Refused where nobody would be left to administer.
        """
        if typed.strip() != person.login:
            raise Invalid("typed", login=person.login)
        try:
            if person.admin:
                self._people.erase(person.id, person.id)  # what they gave to others goes on without them
            else:
                self._store.erase(person.id)
        except LastAdmin:
            raise Refused("LastAdmin") from None
        self._listing.forget(person.id)

    def _called(self, person: int, people: Sequence[Met]) -> dict[str, str]:
        """Return how people write their names in their newest item."""
        entries = self._store.entries(person, [met.item for met in people])
        authors = (entry.item.author for entry in entries)
        names = (author.name if isinstance(author, Person) else author or "" for author in authors)
        return {" ".join(name.casefold().split()): name for name in names}


__all__ = ["Knows", "Met", "Privacy"]
