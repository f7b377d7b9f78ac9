"""Per name, a person's own word wins over their groups', a group's over everyone's, and "off" is a word too."""

import itertools

import pytest

from dashboard.board.layers import PARTS
from dashboard.board.records import Choice, Invalid
from dashboard.store.records import OPERATOR

WEIGHTS = ["people", "topics", "projects", "channels", "kinds"]
NAMES = ["people", "channels", "words"]
PLACES = ["everyone", "sales", "person"]


@pytest.fixture
def give(board):
    def give(name, value, group=""):
        board.admin.defaults.set(OPERATOR, name, value, group=group)

    return give


@pytest.fixture
def member(board):
    return board.store.enroll("carl@example.org", groups=("sales", "alpha")).id


def own(board, person, part, what, name, value):
    """Let the person decide one name as their page does: read everything, change it, save everything."""
    data = board.profiles.read(person)
    inner = data[part] if what is None else data[part][what]
    if isinstance(inner, list):
        data[part][what] = sorted({*inner, name} if value else {*inner} - {name})
    elif value:
        inner[name] = value
    else:
        inner.pop(name, None)
    board.profiles.save(person, data)


def kept(board, person):
    return board.store.document(person, "profile")


def given(board, person):
    return board.profiles.given(person).model_dump(mode="json")


@pytest.mark.parametrize("part", WEIGHTS)
@pytest.mark.parametrize("said", list(itertools.product([None, 0.0, 2.0], [None, 0.0, 1.0], [None, 0.0, 3.0])))
def test_the_uppermost_word_about_a_weight_wins_and_0_is_one(board, member, give, part, said):
    name = "mail" if part == "kinds" else "budget"
    everyone, group, person = said
    if everyone is not None:
        give(part, {name: everyone})
    if group is not None:
        give(part, {name: group}, "sales")
    if person is not None:
        own(board, member, part, None, name, person)
    expected = next((value for value in (person, group, everyone) if value is not None), 0.0)
    assert board.profiles.read(member)[part].get(name, 0.0) == expected
    board.profiles.save(member, board.profiles.read(member))
    assert board.profiles.read(member)[part].get(name, 0.0) == expected


@pytest.mark.parametrize("what", NAMES)
@pytest.mark.parametrize("said", list(itertools.product([None, False, True], repeat=3)))
def test_the_uppermost_word_about_a_mute_wins_and_unmuting_is_one(board, member, give, what, said):
    everyone, group, person = said
    if everyone is not None:
        give(f"muted.{what}", {"lunch": everyone})
    if group is not None:
        give(f"muted.{what}", {"lunch": group}, "sales")
    if person is not None:
        own(board, member, "muted", what, "lunch", person)
    expected = next((value for value in (person, group, everyone) if value is not None), False)
    assert ("lunch" in board.profiles.read(member)["muted"][what]) is expected


def test_working_hours_are_decided_as_a_whole_and_can_be_switched_off(board, member, give):
    give("hours", {"start": "09:00", "end": "17:00", "zone": "Europe/Berlin"})
    assert board.profiles.get(member).hours.zone == "Europe/Berlin"
    board.profiles.save(member, board.profiles.read(member) | {"hours": None})
    assert board.profiles.get(member).hours is None
    give("hours", {"start": "10:00"})
    assert board.profiles.get(member).hours is None
    board.profiles.save(member, board.profiles.read(member) | {"hours": given(board, member)["hours"]})
    give("hours", {"start": "10:00", "end": "16:00"})
    assert board.profiles.get(member).hours.start.hour == 10


def test_a_language_is_the_person_s_then_the_group_s_then_everyone_s_then_the_browser_s(board, member, give):
    def employee():
        return next(one for one in board.store.employees() if one.id == member)

    assert board.profiles.language(employee()) is None
    give("language", "de")
    assert board.profiles.language(employee()) == "de"
    give("language", "en", "sales")
    assert board.profiles.language(employee()) == "en"
    board.admin.people.change(OPERATOR, member, language="de")
    assert board.profiles.language(employee()) == "de"


def test_notifications_are_the_person_s_then_the_group_s_then_everyone_s_and_can_be_given_back(board, member, give):
    assert board.alerts.choice(member) == Choice()
    give("notify", {"first": True, "budget": 3})
    assert board.alerts.choice(member) == Choice(first=True, budget=3)
    give("notify", {"first": False}, "sales")
    assert board.alerts.choice(member) == Choice()
    board.alerts.choose(member, Choice(first=True, budget=5))
    assert board.alerts.choice(member) == Choice(first=True, budget=5)
    board.alerts.choose(member, None)
    assert board.alerts.choice(member) == Choice()


def test_a_person_is_told_whose_word_counts_of_those_they_are_given(board, member, give):
    give("topics", {"budget": 1.0, "travel": 1.0})
    give("topics", {"budget": 2.0}, "sales")
    give("topics", {"budget": 3.0}, "alpha")
    give("topics", {"secret": 3.0}, "board")
    assert board.profiles.givers(member) == {("topics", "budget"): "alpha", ("topics", "travel"): ""}
    assert board.profiles.given(member).topics == {"budget": 3.0, "travel": 1.0}


def test_of_two_groups_the_first_by_name_wins(board, member, give):
    give("topics", {"budget": 1.0}, "sales")
    give("topics", {"budget": 3.0, "travel": 1.0}, "alpha")
    give("topics", {"budget": -3.0}, "zeta")
    assert board.profiles.read(member)["topics"] == {"budget": 3.0, "travel": 1.0}


def test_only_what_a_person_decided_is_kept_as_theirs_also_what_is_off(board, member, give):
    give("topics", {"budget": 1.0, "travel": 1.0})
    give("muted.words", ["lunch"])
    own(board, member, "topics", None, "travel", 0)
    own(board, member, "topics", None, "contract", 2.0)
    own(board, member, "muted", "words", "lunch", False)
    assert kept(board, member) == {"topics": {"contract": 2.0, "travel": 0.0}, "unmuted": {"words": ["lunch"]}}


def test_what_is_used_as_it_is_given_again_follows_what_is_given(board, member, give):
    give("topics", {"travel": 1.0})
    give("muted.words", ["lunch"])
    own(board, member, "topics", None, "travel", 0)
    own(board, member, "muted", "words", "lunch", False)
    board.profiles.save(member, given(board, member))
    assert kept(board, member) == {}
    give("topics", {"travel": 3.0})
    assert board.profiles.read(member)["topics"] == {"travel": 3.0}


def test_saving_a_page_as_it_is_decides_nothing(board, member, give):
    give("topics", {"budget": 1.0})
    give("hours", {"start": "09:00", "days": [3, 1, 2]})
    give("muted.words", ["lunch", "cake"])
    board.profiles.save(member, board.profiles.read(member))
    assert kept(board, member) == {}
    give("topics", {"budget": 2.0})
    give("muted.words", [])
    assert board.profiles.read(member)["topics"] == {"budget": 2.0}
    assert board.profiles.read(member)["muted"]["words"] == []


def test_what_a_person_decided_before_stays_theirs_when_a_default_says_the_same(board, member, give):
    own(board, member, "topics", None, "budget", 2.0)
    give("topics", {"budget": 2.0})
    board.profiles.save(member, board.profiles.read(member))
    give("topics", {"budget": 1.0})
    assert board.profiles.read(member)["topics"] == {"budget": 2.0}


def test_what_a_person_turned_off_stays_off_whatever_the_default_says_meanwhile(board, member, give):
    give("topics", {"travel": 1.0})
    give("muted.words", ["lunch"])
    own(board, member, "topics", None, "travel", 0)
    own(board, member, "muted", "words", "lunch", False)
    give("topics", {"travel": 0.0})
    give("muted.words", {"lunch": False})
    own(board, member, "topics", None, "budget", 1.0)
    give("topics", {"travel": 2.0})
    give("muted.words", ["lunch"])
    assert board.profiles.read(member)["topics"] == {"budget": 1.0}
    assert board.profiles.read(member)["muted"]["words"] == []


def test_a_default_that_goes_takes_its_value_along(board, member, give):
    give("topics", {"budget": 1.0})
    own(board, member, "topics", None, "travel", 1.0)
    board.admin.defaults.unset(OPERATOR, "topics")
    assert board.profiles.read(member)["topics"] == {"travel": 1.0}


def test_a_changed_default_orders_an_open_page_anew(board, ada, letters, arrive, give):
    from board_letters import letter

    arrive(letters, *(letter(str(n), hours=n + 1, title="Budget" if n == 4 else "Lunch") for n in range(5)))
    before = [row.entry.item.id for row in board.listing.today(ada).rows]
    give("topics", {"budget": 3.0})
    after = [row.entry.item.id for row in board.listing.today(ada).rows]
    assert before[0] != "4"
    assert after[0] == "4"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nonsense", {}),
        ("topics", {"budget": 99}),
        ("topics", ["budget"]),
        ("topics", None),
        ("topics", "budget"),
        ("topics", {"": 1.0}),
        ("kinds", {"fax": 1.0}),
        ("muted.words", {"": True}),
        ("muted.words", "lunch"),
        ("muted.words", 7),
        ("muted.words", [["lunch"], {}]),
        ("muted.threads", ["1:2"]),
        ("hours", {"zone": "Nowhere/Land"}),
        ("hours", {"start": "25:00"}),
        ("notify", {"first": "yes"}),
        ("notify", {"budget": 0}),
        ("notify", {"budget": True}),
        ("notify", {"loud": True}),
        ("notify", ["first"]),
        ("language", "fr"),
        ("language", ["de"]),
        ("me", ["ceo@example.org"]),
        ("uses", {"opened": True}),
    ],
)
def test_a_default_that_does_not_fit_is_refused_with_a_sentence(board, member, name, value):
    with pytest.raises(Invalid) as refused:
        board.admin.defaults.set(OPERATOR, name, value)
    assert len(str(refused.value)) > 10
    assert board.admin.defaults.all(OPERATOR) == []


def test_more_defaults_than_a_profile_holds_leave_the_person_s_own(board, member, give):
    board.profiles.save(member, {"topics": {f"own {n}": 1.0 for n in range(500)}})
    give("topics", {f"given {n}": 1.0 for n in range(500)})
    topics = board.profiles.read(member)["topics"]
    assert len(topics) == 500
    assert all(name.startswith("own") for name in topics)


def test_every_part_says_how_its_value_is_written(board):
    assert {part.name for part in board.admin.defaults.parts()} == set(PARTS)
    assert {part.type for part in board.admin.defaults.parts()} == {"weights", "names", "hours", "choice", "notify"}
