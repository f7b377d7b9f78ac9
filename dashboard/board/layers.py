"""The layers under a profile: built in, then everyone, then groups, then the person's own. Pure.

Each name of each part is decided for itself by the uppermost layer that says anything about it.
"Off" is said too: a weight of 0 and a name under ``unmuted`` hide what the layers below say.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pydantic import ValidationError

from connectors.kit import Kind
from dashboard.board.records import MOST_ALERTS, Choice, Invalid
from dashboard.relevance import Profile
from dashboard.store.records import Default

_WEIGHED = ("people", "topics", "projects", "channels", "kinds", "sources")
_MUTED = ("people", "channels", "threads", "words")
_WHOLE = ("hours", "uses")
_MOST_WEIGHTS, _MOST_NAMES = 500, 2000
"""What a profile may hold of each part: the person's own come first where layers together have more."""

LANGUAGES = ("de", "en")


@dataclass(frozen=True, slots=True)
class Shape:
    """How the value of a default is written."""

    type: str
    choices: tuple[str, ...] = ()


PARTS: Mapping[str, Shape] = {
    **dict.fromkeys(("people", "topics", "projects", "channels"), Shape("weights")),
    "kinds": Shape("weights", tuple(kind.value for kind in Kind)),
    **dict.fromkeys(("muted.people", "muted.channels", "muted.words"), Shape("names")),
    "hours": Shape("hours"),
    "language": Shape("choice", LANGUAGES),
    "notify": Shape("notify"),
}
"""Everything that a default can be given for."""

Key = tuple[str, str]
"""A part and a name in it, ``""`` for a part that is decided as a whole."""

Flat = dict[Key, Any]


def checked_part(name: str, value: Any) -> Any:
    """Return the value of a default as it is kept. Raises Invalid with a sentence."""
    if name not in PARTS:
        raise Invalid("no_part", part=name, parts=", ".join(PARTS))
    shape = PARTS[name]
    if shape.type == "choice":
        if value not in shape.choices:
            raise Invalid("choice", part=name, choices=", ".join(shape.choices))
        return value
    if not isinstance(value, Mapping | list | tuple):
        raise Invalid("no_value", part=name)
    if shape.type == "notify":
        return _checked_notify(name, value)
    part, _, what = name.partition(".")
    if not what:
        return _ordered(valid({part: value}).model_dump(mode="json")[part])
    if not all(isinstance(each, str) for each in value):
        raise Invalid("no_value", part=name)
    said = value if isinstance(value, Mapping) else dict.fromkeys(value, True)
    names = {on: [each for each, kept in said.items() if bool(kept) is on] for on in (False, True)}
    return {
        each: on
        for on, written in names.items()
        for each in sorted(getattr(valid({part: {what: written}}).muted, what))
    }


def _checked_notify(name: str, value: Any) -> dict[str, Any]:
    fits = isinstance(value, Mapping) and value.keys() <= {"first", "budget"}
    first, budget = (value.get("first", False), value.get("budget", Choice().budget)) if fits else (None, None)
    if not isinstance(first, bool) or type(budget) is not int or not 1 <= budget <= MOST_ALERTS:
        raise Invalid("no_value", part=name)
    return {"first": first, "budget": budget}


def own_layer(document: Mapping[str, Any] | None) -> Flat:
    """Return what a person's own document says, off included."""
    document = dict(document or {})
    unmuted = document.pop("unmuted", {})
    profile = valid(document)
    said = {part: value for part, value in profile.model_dump(mode="json").items() if part in profile.model_fields_set}
    flat = _flat(said)
    return flat | {(f"muted.{what}", name): False for what, names in unmuted.items() for name in names}


def given_layer(defaults: Iterable[Default]) -> Flat:
    """Return what a person is given, off included: everyone's, then their groups', the first by name last."""
    flat: Flat = {}
    for default in _upwards(defaults):
        flat |= _given(default.name, default.value)
    return flat


def givers(defaults: Iterable[Default]) -> dict[Key, str]:
    """Return by part and name which group's word counts of those that a person is given, ``""`` for everyone's."""
    return {key: default.group for default in _upwards(defaults) for key in _given(default.name, default.value)}


def _upwards(defaults: Iterable[Default]) -> list[Default]:
    groups = sorted(defaults, key=lambda default: default.group, reverse=True)
    return sorted(groups, key=lambda default: default.group != "")


def profile_of(own: Flat, below: Flat) -> Profile:
    """Return the profile that the person's own layer makes over those below."""
    given = {key: value for key, value in below.items() if key not in own}
    flat = {key: value for key, value in {**own, **given}.items() if value or key not in below}
    data: dict[str, Any] = {part: dict(islice(_named(flat, part), _MOST_WEIGHTS)) for part in _WEIGHED}
    data["muted"] = {
        what: [name for name, on in islice(_named(flat, f"muted.{what}"), None if what == "threads" else _MOST_NAMES)]
        for what in _MUTED
    }
    data["me"] = [name for name, _ in _named(flat, "me")]
    data |= {part: {**own, **given}[part, ""] for part in _WHOLE if (part, "") in own or (part, "") in given}
    return Profile.model_validate(data)


def _named(flat: Flat, part: str) -> Iterator[tuple[str, Any]]:
    """Yield the names of a part with their values; a name that was unmuted is none."""
    return ((name, value) for (where, name), value in flat.items() if where == part and value is not False)


def own_document(wanted: Profile, before: Flat, below: Flat) -> dict[str, Any]:
    """Return the own document with which the effective profile becomes ``wanted``.

    What is as the layers below say is not the person's own, unless they had said just that before: so a
    default that is changed later reaches whoever never decided themselves, or took their word back. What
    the layers below have and ``wanted`` lacks is kept as off.
    """
    said, built_in = _flat(wanted.model_dump(mode="json")), _flat(_built_in())
    own: Flat = {}
    for key, value in said.items():
        base = below.get(key, built_in.get(key))
        if base != value or (key in below and before.get(key) == value):
            own[key] = value
    own |= {key: _off(key) for key, value in below.items() if value and key not in said and key[1]}
    own |= {key: value for key, value in before.items() if key in below and key not in said and not value}
    return _document(own)


def merged(before: Profile, wanted: Profile, now: Profile) -> Profile:
    """Return a profile as it is ``now``, with what is otherwise in ``wanted`` than it was in ``before``."""
    was, said = _flat(before.model_dump(mode="json")), _flat(wanted.model_dump(mode="json"))
    flat = {key: value for key, value in _flat(now.model_dump(mode="json")).items() if key not in was or key in said}
    return valid(_document(flat | {key: value for key, value in said.items() if key not in was or was[key] != value}))


def _off(key: Key) -> Any:
    return False if key[0].startswith("muted.") else 0.0


def _given(name: str, value: Any) -> Flat:
    """Return a default by part and name; one of a release that knew other parts says nothing."""
    if name not in PARTS:
        return {}
    if PARTS[name].type in ("weights", "names"):
        return {(name, each): inner for each, inner in value.items()}
    return {(name, ""): value}


def _flat(data: Mapping[str, Any]) -> Flat:
    """Return profile data by part and name."""
    flat: Flat = {}
    for part, value in data.items():
        if part in _WEIGHED:
            flat |= {(part, str(name)): weight for name, weight in value.items()}
        elif part == "muted":
            flat |= {(f"muted.{what}", name): True for what, names in value.items() for name in names}
        elif part == "me":
            flat |= {(part, name): True for name in value}
        else:
            flat[part, ""] = _ordered(value)
    return flat


def _document(flat: Flat) -> dict[str, Any]:
    """Return flat data as a document: as a profile, with ``unmuted`` beside ``muted``; always in the same order."""
    document: dict[str, Any] = {}
    for (part, name), value in sorted(flat.items(), key=lambda item: item[0]):
        outer, _, what = part.partition(".")
        if what:
            place = "muted" if value else "unmuted"
            document.setdefault(place, {}).setdefault(what, []).append(name)
        elif part == "me":
            document.setdefault(part, []).append(name)
        elif name:
            document.setdefault(part, {})[name] = value
        else:
            document[outer] = value
    return document


def _ordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: sorted(inner) if isinstance(inner, list) else inner for name, inner in value.items()}
    return value


def _built_in() -> dict[str, Any]:
    return Profile().model_dump(mode="json", include=set(_WHOLE))


def valid(data: Mapping[str, Any]) -> Profile:
    """Return the profile that some data say. Raises Invalid with a sentence."""
    try:
        return Profile.model_validate(data)
    except ValidationError as error:
        raise Invalid.of(error) from None
