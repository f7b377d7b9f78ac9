import tomllib
from pathlib import Path

import pytest

from dashboard.relevance import load

FILES = sorted((Path(__file__).resolve().parents[2] / "config" / "profiles").glob("*.toml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_starting_profile_can_be_used_and_says_what_it_is_for(file):
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# A starting profile for people who ")
    profile = load(tomllib.loads(text))
    assert profile.topics
    assert profile.kinds
