"""The relevance profile of a person: what they decided, over what everyone and their groups are given."""

from collections.abc import Mapping
from typing import Any

from dashboard.board.layers import (
    Flat,
    Layer,
    Origin,
    given_layers,
    own_document,
    own_layer,
    profile_of,
    settled,
    valid,
)
from dashboard.relevance import Profile
from dashboard.store.protocol import Store
from dashboard.store.records import Employee, Step

_NAME = "profile"
_OWN, _BUILT_IN = Origin(Layer.PERSON), Origin(Layer.BUILT_IN)


class Profiles:
    """The profile of each person. What is theirs is kept as one JSON document that is theirs alone."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, person: int) -> Profile:
        """Return the profile that the ranking uses: the person's own over what they are given."""
        return profile_of(self._own(person), settled(self._given(person)))

    def read(self, person: int) -> dict[str, Any]:
        """Return the whole profile as JSON-ready data, with everything that is empty; what :meth:`save` takes."""
        return self.get(person).model_dump(mode="json")

    def own(self, person: int) -> dict[str, Any]:
        """Return what the person decided themselves, as it is kept.

        A weight of 0, and a name under ``unmuted``, turn off what they are given.
        """
        return dict(self._store.document(person, _NAME) or {})

    def given(self, person: int) -> Profile:
        """Return the profile of a person who decided nothing themselves."""
        return profile_of({}, settled(self._given(person)))

    def origin(self, person: int) -> dict[str, dict[str, Origin]]:
        """Return by part and name which layer decided it, what is off included.

        Parts are those of the profile, with ``muted.words`` and its like apart; those decided as a
        whole (``hours``, ``uses``, ``language``) have the one name ``""``.
        """
        found: dict[str, dict[str, Origin]] = {part: {"": _BUILT_IN} for part in ("hours", "uses", "language")}
        for (part, name), (_, origin) in settled([*self._given(person), (_OWN, self._own(person))]).items():
            found.setdefault(part, {})[name] = origin
        return found

    def save(self, person: int, data: dict[str, Any], *, step: Step | None = None) -> None:
        """Keep what is to become the whole profile; a ``step`` can be taken back. Raises Invalid with a sentence.

        What is as the person is given stays a gift, and follows it; what is left out of it is off.
        """
        wanted, below = checked(data), settled(self._given(person))
        self._store.keep(person, _NAME, own_document(wanted, self._own(person), below), step=step)

    def language(self, person: Employee) -> str | None:
        """Return the language of a person's page: their own, else what they are given; None is the browser's."""
        if person.language:
            return person.language
        decided = settled(self._given(person.id)).get(("language", ""))
        return decided[0] if decided else None

    def _own(self, person: int) -> Flat:
        return own_layer(self._store.document(person, _NAME))

    def _given(self, person: int) -> list[tuple[Origin, Flat]]:
        return given_layers(self._store.defaults(person))


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
