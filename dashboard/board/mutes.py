"""What a person never wants to see: a conversation, a person, a channel, a source; each can be taken back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from pydantic import ValidationError

from connectors.kit.text import shorten
from dashboard.board.listing import Listing
from dashboard.board.profiles import Profiles
from dashboard.board.records import Invalid
from dashboard.relevance import Mutable, Profile, mute, thread_name, unmute
from dashboard.store.protocol import Store
from dashboard.store.records import Entry, Step

What: TypeAlias = Literal["thread", "person", "channel", "source"]
"""What of an item can be muted."""

_IN_PROFILE: Mapping[What, Mutable] = {"thread": "threads", "person": "people", "channel": "channels"}
_TITLE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class MutedThread:
    """A muted conversation: how the profile names it, and what to call it; ``""`` for what is not known any more."""

    name: str
    title: str
    source: str


class Mutes:
    """The mutes of one person; what is muted leaves the list, and is still counted and found."""

    def __init__(self, store: Store, profiles: Profiles, listing: Listing, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._profiles = profiles
        self._listing = listing
        self._clock = clock

    def mute(self, person: int, entry: int, what: What) -> None:
        """Mute something of an item. Does nothing where the item is gone or has no such thing.

        Raises Invalid where its name cannot be kept in a profile.
        """
        found = next(iter(self._store.entries(person, [entry])), None)
        if found is None:
            return
        if what == "source":
            source = self._store.source(person, found.source)
            self._hear(person, found.source, muted=True, subject=source.title if source else "")
        elif name := names(found).get(what):
            shown = found.item.title if what == "thread" else spoken(found).get(what, name)
            self._change(person, lambda profile: mute(profile, _IN_PROFILE[what], name), "mute", shown)

    def unmute(self, person: int, what: Mutable, name: str) -> None:
        """Let a person, channel, thread or word be seen again."""
        self._change(person, lambda profile: unmute(profile, what, name), "unmute", name)

    def hear(self, person: int, source: int) -> None:
        """Let a muted source be seen again."""
        found = self._store.source(person, source)
        self._hear(person, source, muted=False, subject=found.title if found else "")

    def release(self, person: int, entry: int) -> None:
        """Take away whatever mutes an item by its conversation, person, channel or source, not a word in it."""
        for found in self._store.entries(person, [entry]):
            for what, name in names(found).items():
                if name in getattr(self._profiles.get(person).muted, _IN_PROFILE[what]):
                    self.unmute(person, _IN_PROFILE[what], name)
            self.hear(person, found.source)

    def threads(self, person: int) -> list[MutedThread]:
        """Return the muted conversations by title, for a list in which they can be taken back."""
        census, known = self._listing.ranking(person).census, self._profiles.get(person).muted.threads
        newest = {name: item for name in known if (item := census.newest(name)) is not None}
        entries = {entry.id: entry for entry in self._store.entries(person, list(newest.values()))}
        titles = {source.id: source.title for source in self._store.sources(person)}
        found = []
        for name in known:
            entry = entries.get(newest.get(name, 0))
            title = shorten(entry.item.title or entry.item.text, _TITLE) if entry else ""
            found.append(MutedThread(name=name, title=title, source=titles.get(entry.source, "") if entry else ""))
        return sorted(found, key=lambda thread: (thread.title.casefold(), thread.name))

    def _change(self, person: int, change: Callable[[Profile], Profile], verb: str, subject: str) -> None:
        step = Step(verb=verb, at=self._clock(), subject=shorten(subject, _TITLE))
        try:
            changed = change(self._profiles.get(person))
        except ValidationError as error:
            raise Invalid.of(error) from None
        self._profiles.save(person, changed.model_dump(mode="json"), step=step)

    def _hear(self, person: int, source: int, *, muted: bool, subject: str) -> None:
        step = Step(verb="mute" if muted else "unmute", at=self._clock(), subject=shorten(subject, _TITLE))
        self._store.change_source(person, source, step=step, muted=muted)


def names(entry: Entry) -> dict[What, str]:
    """Return what of an item a profile can mute, each as the profile names it."""
    item = entry.item
    author = getattr(item.author, "address", "") or getattr(item.author, "name", "")
    found: dict[What, str] = {
        "thread": thread_name(entry.source, item.thread or "", item.id),
        "person": " ".join(author.casefold().split()),
        "channel": " ".join((item.channel or "").casefold().split()),
    }
    return {what: name for what, name in found.items() if name}


def spoken(entry: Entry) -> dict[What, str]:
    """Return the same for a person to read, without the conversation, which its title stands for."""
    item = entry.item
    author = getattr(item.author, "name", "") or getattr(item.author, "address", "")
    found: dict[What, str] = {"person": author, "channel": item.channel or ""}
    return {what: name for what, name in found.items() if name.strip()}
