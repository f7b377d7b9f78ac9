"""The profile is plain data that a person reads, changes, takes along and that refuses what it cannot use."""

import json

import pytest

from dashboard.board.records import Invalid


def test_what_is_saved_is_what_is_read_and_json_can_carry_it(board, ada):
    profile = board.profiles.read(ada) | {"topics": {"budget": 2.0}, "me": ["ada@example.org", ""]}
    board.profiles.save(ada, json.loads(json.dumps(profile)))
    assert board.profiles.read(ada)["topics"] == {"budget": 2.0}
    assert board.profiles.read(ada)["me"] == ["ada@example.org"]


def test_a_weight_that_is_too_large_is_refused_with_its_place(board, ada):
    with pytest.raises(Invalid, match=r"topics\.budget"):
        board.profiles.save(ada, {"topics": {"budget": 99}})


@pytest.mark.parametrize(
    "data",
    [
        {"muted": []},
        {"muted": None},
        {"muted": {"people": 5}},
        {"muted": {"words": [1]}},
        {"me": 5},
        {"me": "abc"},
        {"me": [["ada"]]},
        {"topics": {"\ud800": 1}},
        {"me": ["a\x00b"]},
    ],
)
def test_what_is_no_profile_or_could_not_be_shown_is_refused_with_a_sentence(board, ada, data):
    with pytest.raises(Invalid):
        board.profiles.save(ada, data)


def test_the_profile_of_one_person_is_not_that_of_another(board, ada, bob):
    board.profiles.save(ada, {"topics": {"budget": 2.0}})
    assert board.profiles.read(bob)["topics"] == {}
