"""Names with their weights as lines of text, one name a line."""

from collections.abc import Mapping


def lines(weights: Mapping[str, float]) -> str:
    """Write one name a line, with its weight behind a colon where it is not 1."""
    return "\n".join(name if weight == 1 else f"{name}: {weight:g}" for name, weight in sorted(weights.items()))


def weights(text: str) -> dict[str, float]:
    """Read what :func:`lines` wrote or a person typed: a number behind the last colon is a weight."""
    found: dict[str, float] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, colon, weight = line.rpartition(":")
        try:
            found[name.strip() or line] = float(weight.replace(",", ".")) if colon else 1.0
        except ValueError:
            found[line] = 1.0
    return found
