import tomllib
from pathlib import Path

import pytest

from dashboard.board.starts import Starts
from dashboard.relevance import load

FILES = sorted((Path(__file__).resolve().parents[2] / "config" / "profiles").glob("*.toml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_starting_profile_can_be_used_and_says_what_it_is_for(file):
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# A starting profile for people who ")
    profile = load(tomllib.loads(text))
    assert profile.topics
    assert profile.kinds


def test_the_page_offers_every_starting_profile_and_passes_over_a_file_of_no_use(tmp_path):
    folder = tmp_path / "profiles"
    folder.mkdir()
    (folder / "good.toml").write_text("[topics]\nbudget = 2.0\n")
    (folder / "wrong.toml").write_text("[topics]\nbudget = 99\n")
    (folder / "broken.toml").write_bytes(b"\xff[")
    assert {name: start.topics for name, start in Starts(tmp_path).all().items()} == {"good": {"budget": 2.0}}
    assert set(Starts(FILES[0].parents[1]).all()) == {file.stem for file in FILES}
    assert Starts(None).all() == {}
