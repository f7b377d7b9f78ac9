"""How much each signal counts: the numbers that ship, learned ones and chosen ones."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Weights:
    """``learned`` are per feature of :mod:`~dashboard.ranking.features`, ``chosen`` per rule of the rules beside it.

    ``typical`` are the points that the learned weights give a typical conversation, per family of
    features. They are taken away, so that a point above 0 speaks for a conversation.
    """

    learned: Mapping[str, float] = field(default_factory=dict)
    typical: Mapping[str, float] = field(default_factory=dict)
    chosen: Mapping[str, float] = field(default_factory=dict)


def load_weights(text: str) -> Weights:
    """Return the weights that a TOML text gives in its tables ``learned``, ``typical`` and ``chosen``."""
    tables = tomllib.loads(text)
    return Weights(*(tables.get(name, {}) for name in ("learned", "typical", "chosen")))


DEFAULT = load_weights(files("dashboard.ranking").joinpath("weights.toml").read_text("utf-8"))
"""The weights of every installation."""
