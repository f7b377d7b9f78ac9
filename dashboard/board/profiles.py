"""The relevance profile of a person: read, save, and starting profiles to begin with."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from dashboard.board.records import Invalid
from dashboard.relevance import Profile, dump, load
from dashboard.store.protocol import Store
from dashboard.store.records import Step

_NAME = "profile"


class Profiles:
    """The profile of each person, kept as one JSON document that is theirs alone."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, person: int) -> Profile:
        """Return the profile that the ranking uses."""
        return load(self._store.document(person, _NAME))

    def read(self, person: int) -> dict[str, Any]:
        """Return the whole profile as JSON-ready data, with everything that is empty."""
        return self.get(person).model_dump(mode="json")

    def save(self, person: int, data: dict[str, Any], *, step: Step | None = None) -> None:
        """Check and keep a profile; a ``step`` can be taken back. Raises Invalid with a sentence where it is of no use."""
        self._store.keep(person, _NAME, dump(checked(data)), step=step)


def checked(data: Mapping[str, Any]) -> Profile:
    """Return the profile that some data say, without empty names. Raises Invalid with a sentence."""
    muted = {what: _written(names) for what, names in data.get("muted", {}).items()}
    try:
        return Profile.model_validate({**data, "me": _written(data.get("me", ())), "muted": muted})
    except ValidationError as error:
        places = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise Invalid("; ".join(places)) from None


def _written(names: Iterable[str]) -> list[str]:
    return [name for name in names if name.strip()]
