"""The relevance profile of a person: what they decided, over what everyone and their groups are given."""

from collections.abc import Mapping
from typing import Any

from dashboard.board.layers import Flat, Key, given_layer, givers, own_document, own_layer, profile_of, valid
from dashboard.relevance import Profile
from dashboard.store.protocol import Store
from dashboard.store.records import Employee, Step

_NAME = "profile"


class Profiles:
    """The profile of each person. What is theirs is kept as one JSON document that is theirs alone."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, person: int) -> Profile:
        """Return the profile that the ranking uses: the person's own over what they are given."""
        return profile_of(self._own(person), self._given(person))

    def read(self, person: int) -> dict[str, Any]:
        """Return the whole profile as JSON-ready data, with everything that is empty; what :meth:`save` takes."""
        return self.get(person).model_dump(mode="json")

    def given(self, person: int) -> Profile:
        """Return the profile of a person who decided nothing themselves."""
        return profile_of({}, self._given(person))

    def givers(self, person: int) -> dict[Key, str]:
        """Return who gives what a person is given, by part and name: a group, ``""`` for everyone."""
        return givers(self._store.defaults(person))

    def save(self, person: int, data: dict[str, Any], *, step: Step | None = None) -> None:
        """Keep what is to become the whole profile; a ``step`` can be taken back. Raises Invalid with a sentence.

        What is as the person is given stays a gift, and follows it; what is left out of it is off.
        """
        document = own_document(checked(data), self._own(person), self._given(person))
        self._store.keep(person, _NAME, document, step=step)

    def language(self, person: Employee) -> str | None:
        """Return the language of a person's page: their own, else what they are given; None is the browser's."""
        if person.language:
            return person.language
        return self._given(person.id).get(("language", ""))

    def _own(self, person: int) -> Flat:
        return own_layer(self._store.document(person, _NAME))

    def _given(self, person: int) -> Flat:
        return given_layer(self._store.defaults(person))


def checked(data: Mapping[str, Any]) -> Profile:
    """Return the profile that some data say, without empty names. Raises Invalid with a sentence."""
    muted = data.get("muted", {})
    if isinstance(muted, Mapping):
        muted = {what: _written(names) for what, names in muted.items()}
    return valid({**data, "me": _written(data.get("me", [])), "muted": muted})


def _written(names: Any) -> Any:
    """Return names without the empty ones; what is no list of names stays as it is, and is refused as such."""
    if not isinstance(names, list | tuple | set | frozenset):
        return names
    return [name for name in names if not isinstance(name, str) or name.strip()]
