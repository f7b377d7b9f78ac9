"""What a change of the profile would do to the list, shown before it is saved; until then it is kept as a draft."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from connectors.kit.text import shorten
from dashboard.board.layers import merged
from dashboard.board.listing import Listing
from dashboard.board.profiles import Profiles, checked
from dashboard.board.records import Invalid
from dashboard.rank import Ranking
from dashboard.ranking.ordering import Position
from dashboard.ranking.standing import Place
from dashboard.relevance import Profile, dump, load
from dashboard.store.protocol import Store
from dashboard.store.records import Step

FIRST = 10
"""How many conversations from the top are compared."""

_NAME = "profile draft"
_TITLE = 100
_VERB = "profile"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One conversation among the first before or after a change.

    ``before`` and ``after`` are its numbers in the list, from 1 on, None where it is not in it;
    ``place`` is where it is afterwards.
    """

    item: int
    title: str
    before: int | None
    after: int | None
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """What a change would do: ``first`` is the new top of the list, ``gone`` who was there and will not be."""

    first: Sequence[Move]
    gone: Sequence[Move]
    order: Sequence[int]
    """The whole new list by item, as it will be when it is saved at the same moment."""
    shown: int
    """By how many items the list becomes longer; below 0 where it becomes shorter."""

    @property
    def none(self) -> bool:
        """Whether the top of the list stays as it is."""
        return not self.gone and all(move.before == move.after for move in self.first)


class Preview:
    """The profile that a person is editing, theirs alone, and its effect; nothing of it counts before it is saved."""

    def __init__(self, store: Store, profiles: Profiles, listing: Listing, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._profiles = profiles
        self._listing = listing

    def draft(self, person: int) -> Profile:
        """Return the profile as it is being edited; the saved one where nothing was changed.

        What was saved since the draft began, such as a mute in the list, is in it.
        """
        kept, saved = self._store.document(person, _NAME), self._profiles.get(person)
        if kept is None:
            return saved
        try:
            return merged(load(kept["saved"]), load(kept["draft"]), saved)
        except (Invalid, KeyError, ValidationError):  # a draft of another release is begun anew, not converted
            return saved

    def changed(self, person: int) -> bool:
        """Return whether there is a draft that is not the saved profile."""
        return self.draft(person) != self._profiles.get(person)

    def edit(self, person: int, profile: Profile) -> None:
        """Keep a draft, so that it outlives the page; one that is the saved profile is no draft."""
        saved = self._profiles.get(person)
        kept = {"saved": dump(saved), "draft": dump(profile)}
        self._store.keep(person, _NAME, None if profile == saved else kept)

    def read(self, file: bytes) -> Profile:
        """Return the profile in a file that somebody saved. Raises Invalid with a sentence."""
        try:
            data = json.loads(file)
        except (ValueError, RecursionError):
            data = None
        if not isinstance(data, dict):
            raise Invalid("no_profile")
        return checked(data)

    def discard(self, person: int) -> None:
        """Forget the draft."""
        self._store.keep(person, _NAME, None)

    def save(self, person: int) -> None:
        """Let the draft count from now on; :meth:`undo` takes that back."""
        step = Step(verb=_VERB, at=self._clock())
        self._profiles.save(person, self.draft(person).model_dump(mode="json"), step=step)
        self.discard(person)

    def undoable(self, person: int) -> bool:
        """Return whether the last thing that the person did, here or in a list, was to save the profile."""
        return any(step.verb == _VERB for step in self._store.steps(person))

    def undo(self, person: int) -> None:
        """Bring back the profile from before the last save, where nothing else was done since."""
        if self.undoable(person):
            self._store.undo(person)
            self.discard(person)

    def moves(self, person: int, profile: Profile, *, first: int = FIRST) -> Moves:
        """Return what the list of this moment would become with another profile."""
        now, then = self._listing.desk(person).compare(profile)
        top = [(item, then.items(item)) for item in then.order[:first]]
        left = [(item, now.items(item)) for item in now.order[:first]]
        left = [(item, members) for item, members in left if not 0 < (_number(then, members) or 0) <= first]
        titles = self._titles(person, [item for item, _ in (*top, *left)])

        def move(item: int, members: Sequence[int]) -> Move:
            where = _position(then, members)
            return Move(
                item=item,
                title=titles.get(item, ""),
                before=_number(now, members),
                after=_number(then, members),
                place=where.place if where else then.place(item) or Place.DONE,
            )

        return Moves(
            first=[move(item, members) for item, members in top],
            gone=[move(item, members) for item, members in left],
            order=then.order,
            shown=then.sums[Place.SHOWN] - now.sums[Place.SHOWN],
        )

    def _titles(self, person: int, items: Sequence[int]) -> dict[int, str]:
        entries = self._store.entries(person, items)
        return {entry.id: entry.item.title or shorten(entry.item.text, _TITLE) for entry in entries}


def _position(ranking: Ranking, members: Sequence[int]) -> Position | None:
    """Return where a conversation stands, by any of its items: muting some of them makes another one its newest."""
    return next((found for found in map(ranking.position, members) if found), None)


def _number(ranking: Ranking, members: Sequence[int]) -> int | None:
    found = _position(ranking, members)
    return found.number if found and found.place is Place.SHOWN else None
