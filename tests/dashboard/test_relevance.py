"""The relevance profile: edited by plain functions, exported and imported without loss."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dashboard.relevance import HEAVIEST, Muted, Profile, dump, load, mute, thread_name, unmute, weigh

names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30).filter(str.strip)
weights = st.dictionaries(names, st.floats(-HEAVIEST, HEAVIEST), max_size=4)
profiles = st.builds(
    Profile,
    me=st.frozensets(names, max_size=3),
    people=weights,
    topics=weights,
    kinds=st.dictionaries(st.sampled_from(["mail", "chat"]), st.floats(-1, 1), max_size=2),
    sources=st.dictionaries(st.integers(1, 99), st.floats(-1, 1), max_size=2),
    muted=st.builds(Muted, words=st.frozensets(names, max_size=3), threads=st.frozensets(names, max_size=3)),
)


def test_the_empty_profile_is_valid_and_exports_as_nothing():
    assert dump(Profile()) == {}
    assert load({}) == load(None) == Profile()


@given(profiles)
def test_what_is_exported_can_be_imported_without_loss(profile):
    assert load(json.loads(json.dumps(dump(profile)))) == profile


def test_a_weight_replaces_the_one_of_the_same_name_however_it_is_written():
    profile = weigh(weigh(Profile(), "people", "Ada@Example.org", 1), "people", " ada@example.org ", 2)
    assert profile.people == {"ada@example.org": 2}
    assert weigh(profile, "people", "ADA@example.org", 0) == Profile()


def test_sources_and_kinds_have_weights_too():
    profile = weigh(weigh(Profile(), "sources", 3, -1), "kinds", "mail", 0.5)
    assert (profile.sources, profile.kinds) == ({3: -1}, {"mail": 0.5})


@pytest.mark.parametrize("what", ["people", "channels", "threads", "words"])
def test_unmuting_takes_back_muting(what):
    muted = mute(Profile(), what, "Some Name")
    assert getattr(muted.muted, what)
    assert unmute(muted, what, "some name") == Profile()


@pytest.mark.parametrize("wrong", [99, float("nan"), float("inf"), "much"])
def test_a_weight_beyond_all_bounds_is_refused(wrong):
    with pytest.raises(ValidationError):
        weigh(Profile(), "people", "ada", wrong)


@pytest.mark.parametrize("data", [{"peple": {}}, {"people": {" ": 1}}, {"muted": {"sounds": ["x"]}}, [1]])
def test_data_that_is_no_profile_is_refused(data):
    with pytest.raises(ValidationError):
        load(data)


def test_an_item_without_a_thread_is_muted_by_its_own_name():
    assert thread_name(1, "", "m1") == thread_name(1, "m1", "m2") != thread_name(2, "m1", "m1")
