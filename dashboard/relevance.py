"""What matters to one person as plain data that they edit, export and import: names with weights, and mutes."""

import re
from datetime import datetime, time, timedelta
from typing import Annotated, Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from connectors.kit import Kind

HEAVIEST = 3.0
"""The largest weight: 1 is "matters", 3 is "first of all", a negative weight is "less of it"."""


_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
"""What no page can show and no database has to take: half a character, as only JSON can write it."""


def _name(text: str) -> str:
    text = " ".join(text.casefold().split())
    if _UNWRITABLE.search(text):
        raise PydanticCustomError("unwritable", "a name has a character that is none")
    if not text:
        raise PydanticCustomError("no_name", "a name needs at least one character")
    return text


Name: TypeAlias = Annotated[str, AfterValidator(_name), Field(max_length=200)]
Weight: TypeAlias = Annotated[float, Field(ge=-HEAVIEST, le=HEAVIEST, allow_inf_nan=False)]
Weights: TypeAlias = Annotated[dict[Name, Weight], Field(max_length=500)]
Names: TypeAlias = Annotated[frozenset[Name], Field(max_length=2000)]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # what zoneinfo raises for a name that is no zone, no file or no text
        raise PydanticCustomError("no_zone", "there is no such time zone") from None
    return name


Zone: TypeAlias = Annotated[str, Field(max_length=100), AfterValidator(_zone)]

Weighed: TypeAlias = Literal["people", "topics", "projects", "channels", "kinds", "sources"]
"""What can have a weight."""

Mutable: TypeAlias = Literal["people", "channels", "threads", "words"]
"""What can be muted."""


class Plain(BaseModel):
    """Data that never changes and refuses what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Hours(Plain):
    """When the person works, in their own time zone; outside of it only what is ``private`` is listed.

    ``days`` counts from Monday, 0, and says on which days the work begins: it may end after
    midnight. Where it begins and ends at the same time it lasts all day. ``private`` are the
    numbers of the sources that are not about work.
    """

    start: time = time(8)
    end: time = time(18)
    days: frozenset[Annotated[int, Field(ge=0, le=6)]] = frozenset(range(5))
    zone: Zone = "UTC"
    private: Annotated[frozenset[int], Field(max_length=500)] = frozenset()

    def working(self, now: datetime) -> bool:
        """Return whether a moment is in the working time; it lasts until just before its end."""
        there = now.astimezone(ZoneInfo(self.zone))
        today, yesterday, at = there.weekday(), (there.weekday() - 1) % 7, there.time()
        if self.start < self.end:
            return today in self.days and self.start <= at < self.end
        return (today in self.days and at >= self.start) or (yesterday in self.days and at < self.end)

    def begins(self, now: datetime) -> datetime | None:
        """Return when the working time begins the next time, None where there is no day with any."""
        zone = ZoneInfo(self.zone)
        days = (now.astimezone(zone).date() + timedelta(days=ahead) for ahead in range(8))
        times = (datetime.combine(day, self.start, zone) for day in days if day.weekday() in self.days)
        return next((begin for begin in times if begin > now), None)


class Uses(Plain):
    """What of the person's own doing the order uses beside their profile."""

    written: bool = True
    """Whom they answer, where and about what they write, as the items of their sources show it."""
    opened: bool = False
    """Which items they opened here: those go down."""


class Muted(Plain):
    """What is never shown in the list, whatever else speaks for it.

    A thread is named by :func:`thread_name`. A muted word is any of its German and English forms.
    """

    people: Names = frozenset()
    channels: Names = frozenset()
    threads: Annotated[frozenset[str], Field(max_length=5000)] = frozenset()
    words: Names = frozenset()


class Profile(Plain):
    """The relevance profile of one person; the empty one is valid and ranks by what the items show.

    People are named by address or by name, where the address goes first; topics and projects are
    words, all of which an item must contain; sources are the numbers of the store.
    """

    me: Names = frozenset()
    """Own addresses and names: what they wrote is one's own, and naming them is a mention."""
    people: Weights = {}
    topics: Weights = {}
    projects: Weights = {}
    channels: Weights = {}
    kinds: dict[Kind, Weight] = {}
    sources: Annotated[dict[int, Weight], Field(max_length=500)] = {}
    muted: Muted = Muted()
    hours: Hours | None = None
    """None where nothing waits for the working time."""
    uses: Uses = Uses()


def thread_name(source: int, thread: str, key: str) -> str:
    """Return how a profile names a conversation; ``key`` is the item's own where it has no thread."""
    return f"{source}:{thread or key}"


def weigh(profile: Profile, what: Weighed, name: str | int, weight: float) -> Profile:
    """Return the profile with this weight for a name; 0 takes the name out. Raises ValidationError."""
    return _changed(profile, **{what: {**_without(getattr(profile, what), name), **({name: weight} if weight else {})}})


def mute(profile: Profile, what: Mutable, name: str) -> Profile:
    """Return the profile with a person, channel, thread or word muted. Raises ValidationError."""
    return _changed(profile, muted=profile.muted.model_dump() | {what: getattr(profile.muted, what) | {name}})


def unmute(profile: Profile, what: Mutable, name: str) -> Profile:
    """Return the profile with a person, channel, thread or word no longer muted."""
    kept = {other for other in getattr(profile.muted, what) if _same(other) != _same(name)}
    return _changed(profile, muted=profile.muted.model_dump() | {what: kept})


def dump(profile: Profile) -> dict[str, Any]:
    """Return the profile as JSON-ready data, only what differs from the empty one, always in the same order."""
    return {name: _ordered(value) for name, value in profile.model_dump(mode="json", exclude_defaults=True).items()}


def load(data: Any) -> Profile:
    """Return the profile that :func:`dump` gave; None is the empty one. Raises ValidationError."""
    return Profile.model_validate(data or {})


def _changed(profile: Profile, **fields: Any) -> Profile:
    return Profile.model_validate(profile.model_dump() | fields)


def _without(weights: dict[Any, float], name: str | int) -> dict[Any, float]:
    return {other: weight for other, weight in weights.items() if _same(other) != _same(name)}


def _same(name: str | int) -> str:
    return " ".join(str(name).casefold().split())


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _ordered(inner) for key, inner in sorted(value.items())}
    return sorted(value) if isinstance(value, list) else value
