"""Every reason that the ranking can give is told in the documentation and in both languages."""

import re
from pathlib import Path

import pytest

from dashboard.i18n import LANGUAGES, catalog
from dashboard.ranking.features import FAMILIES
from dashboard.ranking.reasons import LESS

ROOT = Path(__file__).resolve().parents[3]


def keys() -> set[str]:
    """Return every key in the sources of the ranking, and those of the learned families."""
    found = {f"why.{name}" for name in FAMILIES} | {key.replace("why.", "why.less.") for key in LESS}
    for module in ("rank", "ranking/reasons", "ranking/rules"):
        text = (ROOT / "dashboard" / f"{module}.py").read_text("utf-8")
        found |= {key for key in re.findall(r'"(why\.[a-z.]+[a-z])"', text) if not key.endswith(".first")}
    state = ("direct", "flagged", "unread", "answered")
    profile = ("topic", "project", "channel", "kind", "source")
    return found | {f"why.{name}" for name in state + profile}


@pytest.mark.parametrize("key", sorted(keys()))
def test_a_reason_is_documented_and_has_a_sentence_in_every_language(key):
    assert f"`{key}`" in (ROOT / "docs" / "relevance.md").read_text("utf-8")
    for language in LANGUAGES:
        assert {key, f"{key}.one"} & set(catalog(language)), language


def test_the_documentation_tells_no_reason_that_is_never_given():
    told = set(re.findall(r"`(why\.[a-z.]+[a-z])`", (ROOT / "docs" / "relevance.md").read_text("utf-8")))
    assert told <= keys()
