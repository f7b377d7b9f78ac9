"""Slack's mrkdwn as plain text, and who it names.

The markup is described at https://docs.slack.dev/messaging/formatting-message-text: everything
between ``<`` and ``>`` is a reference, and only ``&``, ``<`` and ``>`` are escaped.
"""

import re
from collections.abc import Callable, Mapping

_REFERENCE = re.compile(r"<([^<>]*)>")
_BROADCASTS = frozenset(("here", "channel", "everyone"))


def plain(text: str, names: Mapping[str, str]) -> str:
    """Return ``text`` as people read it; ``names`` has the names of users and channels by id."""
    parts: list[str] = []
    end = 0
    for match in _REFERENCE.finditer(text):
        parts += unescape(text[end : match.start()]), _reference(match[1], names)
        end = match.end()
    parts.append(unescape(text[end:]))
    return "".join(parts)


def escape(text: str) -> str:
    """Return plain text so that Slack shows exactly this and calls nobody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Undo :func:`escape`: the three entities that Slack knows, each once."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def mentioned(text: str) -> list[str]:
    """Return the ids of the users that ``text`` names, in their order, each once."""
    found = (_target(match[1]) for match in _REFERENCE.finditer(text))
    return list(dict.fromkeys(target[1:] for target in found if target[:1] == "@" and len(target) > 1))


def broadcast(text: str) -> bool:
    """Tell whether ``text`` calls everybody in the channel (``@here``, ``@channel``, ``@everyone``)."""
    found = (_target(match[1]) for match in _REFERENCE.finditer(text))
    return any(target[:1] == "!" and target[1:] in _BROADCASTS for target in found)


def _target(reference: str) -> str:
    return reference.partition("|")[0]


def _reference(reference: str, names: Mapping[str, str]) -> str:
    target, _, label = reference.partition("|")
    show = _SHOW.get(target[:1], _link)
    return show(target, unescape(label), names)


def _user(target: str, label: str, names: Mapping[str, str]) -> str:
    return "@" + (names.get(target[1:]) or label.removeprefix("@") or target[1:])


def _channel(target: str, label: str, names: Mapping[str, str]) -> str:
    return "#" + (label or names.get(target[1:]) or target[1:]).removeprefix("#")


def _special(target: str, label: str, names: Mapping[str, str]) -> str:  # noqa: ARG001  one of four alike
    return label or "@" + target[1:].partition("^")[0]


def _link(target: str, label: str, names: Mapping[str, str]) -> str:  # noqa: ARG001  one of four alike
    address = unescape(target)
    bare = address.removeprefix("mailto:")
    if label in ("", address, bare) or address in (f"http://{label}", f"https://{label}"):
        return bare
    return f"{label} ({bare})"


_SHOW: Mapping[str, Callable[[str, str, Mapping[str, str]], str]] = {"@": _user, "#": _channel, "!": _special}
