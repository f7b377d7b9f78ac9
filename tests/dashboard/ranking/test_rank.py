"""The order of a person's conversations: every point told, muting always wins, nothing urgent buried."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.rank import rank
from dashboard.ranking.ordering import OF_ONE, TOP
from dashboard.ranking.signals import Signals
from dashboard.ranking.standing import Place
from dashboard.ranking.weights import DEFAULT
from dashboard.relevance import Profile, mute, thread_name, weigh
from dashboard.store.records import Flag, Kind

NOW = datetime.fromtimestamp(1_800_000_000, UTC)

PROFILES = st.builds(
    Profile,
    me=st.sampled_from([frozenset(), frozenset(["me@example.org"])]),
    people=st.dictionaries(st.sampled_from(["ada@example.org", "bob@example.org"]), st.floats(-3, 3)),
    topics=st.dictionaries(st.sampled_from(["budget", "secret plan", "the"]), st.floats(-3, 3)),
    projects=st.dictionaries(st.sampled_from(["travel", "invoice"]), st.floats(-3, 3)),
    channels=st.dictionaries(st.sampled_from(["inbox", "news"]), st.floats(-3, 3)),
    kinds=st.dictionaries(st.sampled_from(["mail", "call"]), st.floats(-3, 3)),
    sources=st.dictionaries(st.sampled_from([1, 2]), st.floats(-3, 3)),
)


def order(rows, profile=Profile(), **options):  # noqa: B008  a profile never changes
    return rank(Signals(rows), profile, NOW, **options).order


def keys(ranking, item):
    return {reason.key for reason in ranking.why(item)}


@settings(max_examples=30)
@given(st.data(), PROFILES)
def test_the_reasons_add_up_to_the_score_of_every_item(rows, data, profile):
    ranking = rank(Signals(data.draw(rows)), profile, NOW)
    for item in ranking.order + ranking.held:
        told = ranking.why(item)
        assert abs(sum(reason.points for reason in told) - ranking.score(item)) < 1e-9
        sizes = [abs(reason.points) for reason in told if reason.key != "why.other"]
        assert sizes == sorted(sizes, reverse=True)


@settings(max_examples=30)
@given(st.data(), PROFILES)
def test_the_list_is_in_the_order_of_the_scores(rows, data, profile):
    ranking = rank(Signals(data.draw(rows)), profile, NOW)
    for items in (ranking.order, ranking.held):
        scores = [ranking.score(item) for item in items]
        assert scores == sorted(scores, reverse=True)


@settings(max_examples=30)
@given(st.data(), PROFILES)
def test_every_item_is_in_exactly_one_place(rows, data, profile):
    history = data.draw(rows)
    ranking = rank(Signals(history), profile, NOW)
    alive = {row.id: row for row in history}
    places = [ranking.place(number) for number, row in alive.items() if not row.gone]
    assert {place: places.count(place) for place in Place if place is not Place.OWN} == ranking.sums
    assert sum(map(ranking.count, ranking.order)) == ranking.sums[Place.SHOWN]
    assert sum(map(ranking.count, ranking.held)) == ranking.sums[Place.HELD]


@settings(max_examples=30)
@given(st.data(), PROFILES)
def test_signals_that_grew_rank_like_signals_made_anew(rows, data, profile):
    history = data.draw(rows)
    grown = Signals()
    for row in history:
        grown.update([row])
        rank(grown, profile, NOW)
    one, other = rank(grown, profile, NOW), rank(Signals(history), profile, NOW)
    assert (one.order, one.held, one.sums) == (other.order, other.held, other.sums)
    for item in one.order:
        assert one.score(item) == pytest.approx(other.score(item), abs=1e-9)


@settings(max_examples=100)
@given(st.data(), PROFILES, st.sampled_from(["people", "channels", "threads", "words"]))
def test_muting_always_wins(rows, data, profile, what):
    history = data.draw(rows)
    alive = {row.id: row for row in history if not row.gone}
    if not alive:
        return
    row = data.draw(st.sampled_from(sorted(alive.values())))
    name = {"people": row.author, "channels": row.channel, "words": "secret"}.get(what)
    if what == "threads":
        name = thread_name(row.source, row.thread, row.key)
    if not name:
        return
    ranking = rank(Signals(history), mute(profile, what, name), NOW)
    for item in ranking.order + ranking.held:
        for number in ranking.items(item):
            shown = alive[number]
            assert what != "people" or shown.author != row.author
            assert what != "channels" or shown.channel != row.channel
            assert what != "threads" or (shown.source, shown.thread or shown.key) != (row.source, row.thread or row.key)


def test_a_muted_word_mutes_all_its_forms(row):
    rows = [row(1, title="Die Rechnungen"), row(2, text="eine RECHNUNG"), row(3, text="Rechner")]
    assert order(rows, mute(Profile(), "words", "Rechnung")) == [3]


def test_a_conversation_is_one_line_with_its_newest_item_and_a_count(row):
    rows = [row(n, thread="a", hours=10 - n) for n in (1, 2, 3)] + [row(4, hours=30)]
    ranking = rank(Signals(rows), Profile(), NOW)
    assert set(ranking.order) == {3, 4}
    assert (ranking.count(3), ranking.items(3), ranking.items(1)) == (3, [3, 2, 1], [3, 2, 1])
    assert ranking.why(1) == ranking.why(3)


def test_the_same_thread_name_in_two_sources_is_two_conversations(row):
    assert len(order([row(1, thread="a", source=1), row(2, thread="a", source=2)])) == 2


def test_items_without_a_thread_stay_apart(row):
    assert len(order([row(1, thread=""), row(2, thread="")])) == 2


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"done": 1.0}, Place.DONE),
        ({"flags": Flag.DONE}, Place.DONE),
        ({"snoozed": NOW.timestamp() + 60}, Place.SNOOZED),
        ({"snoozed": NOW.timestamp() - 60}, Place.SHOWN),
        ({"flags": Flag.OWN}, Place.OWN),
        ({"author": "me@example.org"}, Place.OWN),
        ({"flags": Flag.BULK}, Place.HELD),
        ({"flags": Flag.AUTOMATED}, Place.HELD),
        ({"flags": Flag.BULK | Flag.MENTION}, Place.SHOWN),
        ({"flags": Flag.AUTOMATED | Flag.DIRECT}, Place.HELD),
        ({"flags": Flag.BULK, "author": "vip@example.org"}, Place.SHOWN),
        ({"flags": Flag.BULK, "people": "me@example.org"}, Place.HELD),
        ({"flags": Flag.AUTOMATED, "due": NOW.timestamp() + 3600}, Place.SHOWN),
        ({"author": "vip@example.org", "channel": "Loud"}, Place.MUTED),
        ({"gone": True}, None),
    ],
)
def test_where_an_item_is(row, fields, place):
    profile = mute(Profile(me={"me@example.org"}, people={"vip@example.org": 1}), "channels", "loud")
    ranking = rank(Signals([row(1, **fields)]), profile, NOW)
    assert ranking.place(1) == place
    assert (1 in ranking.order, 1 in ranking.held) == (place == Place.SHOWN, place == Place.HELD)
    if place not in (Place.SHOWN, Place.HELD):
        assert (ranking.why(1), ranking.score(1), ranking.count(1), ranking.items(1)) == ([], 0.0, 0, [])


MY = Profile(me={"me@example.org", "Ada Byron", "Ada"})


@pytest.mark.parametrize(
    ("what", "fields", "place"),
    [
        ("a ticket mail to me", {"flags": Flag.AUTOMATED | Flag.DIRECT, "people": "me@example.org"}, Place.HELD),
        ("a ticket mail that asks", {"flags": Flag.AUTOMATED | Flag.DIRECT | Flag.QUESTION}, Place.HELD),
        ("a ticket mail for my first name", {"flags": Flag.AUTOMATED, "text": "Hello Ada"}, Place.HELD),
        ("one that says it is mine", {"flags": Flag.AUTOMATED, "text": "Assigned to: Ada Byron"}, Place.SHOWN),
        ("one with my address below", {"flags": Flag.AUTOMATED, "text": "Sent to me@example.org"}, Place.HELD),
        ("a newsletter that greets me", {"flags": Flag.BULK, "text": "Dear Ada Byron"}, Place.HELD),
        ("an announcement to all of a room", {"flags": Flag.BULK | Flag.MENTION}, Place.SHOWN),
        ("an alert I pinned", {"flags": Flag.AUTOMATED, "pinned": True}, Place.SHOWN),
        ("a mail of a colleague", {"flags": Flag.DIRECT}, Place.SHOWN),
    ],
)
def test_newsletters_and_notifications_are_held_unless_they_are_about_me(row, what, fields, place):
    assert rank(Signals([row(1, **fields)]), MY, NOW).place(1) == place, what


def test_a_notification_in_a_conversation_of_people_stays_with_it(row):
    rows = [row(1, thread="a", hours=5), row(2, thread="a", flags=Flag.AUTOMATED, hours=1)]
    assert order(rows) == [2]


def test_a_question_to_me_stands_before_a_newer_message_without_one(row):
    asked = row(1, flags=Flag.DIRECT | Flag.QUESTION, hours=8)
    told = row(2, flags=Flag.DIRECT, hours=1, author="bob@example.org")
    ranking = rank(Signals([asked, told]), Profile(), NOW)
    assert ranking.order == [1, 2]
    assert "why.ask" in keys(ranking, 1)
    answered = row(3, thread="t1", flags=Flag.OWN, hours=2)
    assert "why.ask" not in keys(rank(Signals([asked, told, answered]), Profile(), NOW), 1)


def test_two_who_ask_weigh_more_than_one_who_asks_twice(row):
    asks = {"flags": Flag.DIRECT | Flag.QUESTION, "hours": 2}
    rows = [row(1, thread="a", **asks), row(2, thread="a", author="bob@example.org", **asks)]
    rows += [row(3, thread="b", **asks), row(4, thread="b", **asks)]
    ranking = rank(Signals(rows), Profile(), NOW)
    points = {n: sum(r.points for r in ranking.why(n) if r.key == "why.ask") for n in (2, 4)}
    assert points[2] > points[4] > 0


def test_who_is_only_listed_or_gets_mass_mail_is_not_asked(row):
    for fields in ({"people": "me@example.org"}, {"flags": Flag.AUTOMATED | Flag.DIRECT}):
        asks = row(1, **{**fields, "flags": fields.get("flags", 0) | Flag.QUESTION})
        assert "why.ask" not in keys(rank(Signals([asks]), MY, NOW), 1)


def test_the_addressee_is_told_once_that_it_is_for_them(row):
    ranking = rank(Signals([row(1, flags=Flag.DIRECT, people="me@example.org")]), MY, NOW)
    assert {reason.key for reason in ranking.why(1) if reason.points > 0.5} >= {"why.direct"}
    assert "why.mention" not in keys(ranking, 1)


def test_nobody_is_told_to_be_named_who_is_only_among_the_recipients(row):
    newsletter = row(1, people="me@example.org\nada@example.org", flags=Flag.BULK)
    named = row(2, people="me@example.org", flags=Flag.MENTION)
    guest = row(3, people="me@example.org", flags=Flag.MENTION, kind=Kind.EVENT)
    ranking = rank(Signals([newsletter, named, guest]), MY, NOW)
    told = {item: keys(ranking, item) & {"why.listed", "why.mention", "why.invited"} for item in (1, 2, 3)}
    assert told == {1: {"why.listed"}, 2: {"why.mention"}, 3: {"why.invited"}}


def test_what_is_new_speaks_for_a_conversation_and_what_is_old_against_it(row):
    signals = Signals([row(1, hours=0.5), row(2, hours=70)])
    points = {n: {r.key: r.points for r in rank(signals, Profile(), NOW).why(n)}["why.recency"] for n in (1, 2)}
    assert points[1] > 0 > points[2]


@settings(max_examples=30)
@given(st.data())
def test_what_is_typical_changes_no_order(rows, data):
    signals = Signals(data.draw(rows))
    one, other = (
        rank(signals, Profile(), NOW, weights=replace(DEFAULT, typical=mean)) for mean in (DEFAULT.typical, {})
    )
    scores = [other.score(item) for item in one.order]
    assert scores == sorted(scores, reverse=True) or max(abs(np.diff(sorted(scores)))) < 1e-9


def test_a_newsletter_thread_that_the_person_wrote_in_is_not_held(row):
    rows = [row(1, thread="a", flags=Flag.BULK, hours=5), row(2, thread="a", flags=Flag.OWN, hours=4)]
    assert order(rows) == [1]


@pytest.mark.parametrize(
    ("what", "name", "fields", "key"),
    [
        ("people", "ada@example.org", {}, "why.person"),
        ("topics", "Budget", {"terms_of": "the budgets"}, "why.topic"),
        ("projects", "north sea", {"terms_of": "sea of the north"}, "why.project"),
        ("channels", "INBOX", {}, "why.channel"),
        ("kinds", "mail", {}, "why.kind"),
        ("sources", 1, {}, "why.source"),
    ],
)
def test_an_edit_of_the_profile_moves_what_it_names_and_says_so(row, what, name, fields, key):
    one = row(1, text=fields.get("terms_of", ""), hours=50)
    other = row(2, hours=1, author="bob@example.org", channel="news", kind="chat", source=2)
    signals = Signals([one, other])
    liked, plain = (rank(signals, weigh(Profile(), what, name, weight), NOW) for weight in (3, 0))
    disliked = rank(signals, weigh(Profile(), what, name, -3), NOW)
    assert key in keys(liked, 1)
    assert disliked.score(1) < plain.score(1) < liked.score(1)
    assert liked.score(2) == plain.score(2) == disliked.score(2)


@settings(max_examples=30)
@given(st.data(), st.sampled_from(["person", "topic", "due", "unread", "direct"]))
def test_taking_a_rule_away_changes_a_score_by_exactly_its_points(rows, data, rule):
    signals = Signals(data.draw(rows))
    profile = Profile(people={"ada@example.org": 1}, topics={"budget": 2})
    without = replace(DEFAULT, chosen={**DEFAULT.chosen, rule: 0.0})
    one, other = rank(signals, profile, NOW), rank(signals, profile, NOW, weights=without)
    for item in one.order:
        points = sum(part.points[one._group(item)] for part in one._talks.under.parts if part.key == f"why.{rule}")
        assert other.score(item) == pytest.approx(one.score(item) - points, abs=1e-9)


def test_stuffing_an_item_with_topics_is_no_use(row):
    topics = {f"word{n}": 3.0 for n in range(40)}
    stuffed = row(1, text=" ".join(topics))
    ranking = rank(Signals([stuffed]), Profile(topics=topics), NOW)
    points = sum(part.points[0] for part in ranking._talks.under.parts if part.key == "why.topic")
    assert points == pytest.approx(4 * DEFAULT.chosen["topic"])


def test_one_sender_has_at_most_three_of_the_first_ten(row):
    loud = Flag.MENTION | Flag.QUESTION | Flag.DIRECT
    rows = [row(n, author="spam@example.org", flags=loud, hours=0.1) for n in range(1, 2000)]
    rows += [row(n, author=f"a{n}@example.org", hours=60) for n in range(3000, 3020)]
    signals = Signals(rows)
    ranking = rank(signals, Profile(), NOW)
    assert sum(item < 3000 for item in ranking.order[:TOP]) == OF_ONE
    moved = next(item for item in ranking.order[TOP:] if item < 3000)
    assert "why.crowd" in keys(ranking, moved)
    assert sum(reason.points for reason in ranking.why(moved)) == pytest.approx(ranking.score(moved), abs=1e-9)
    chosen = rank(signals, Profile(people={"spam@example.org": 1}), NOW)
    assert all(item < 3000 for item in chosen.order[:TOP])


def test_where_there_is_nobody_else_one_sender_fills_the_list(row):
    assert len(order([row(n) for n in range(1, 30)])) == 29


URGENT = {
    "why.first.ask": {"flags": Flag.DIRECT | Flag.QUESTION, "author": "boss@example.org"},
    "why.first.call": {"kind": "call", "author": "boss@example.org"},
    "why.first.due": {"due": NOW.timestamp() + 3600},
    "why.first.soon": {"start": NOW.timestamp() + 1800, "end": NOW.timestamp() + 3600},
    "why.first.pinned": {"pinned": True},
}


@pytest.mark.parametrize("key", URGENT)
def test_what_must_not_be_buried_stands_before_all_the_rest(row, key):
    dice = random.Random(1)
    crowd = [
        row(
            n,
            title=dice.choice(["budget plan", "secret", "travel"]),
            author=dice.choice(["ada@example.org", "bob@example.org", f"p{n}@example.org"]),
            thread=f"crowd{dice.randrange(300)}",
            hours=dice.random() * 300,
            flags=dice.choice([0, Flag.MENTION, Flag.DIRECT, Flag.UNREAD | Flag.FLAGGED, Flag.OWN]),
            importance=1,
        )
        for n in range(10, 2000)
    ]
    profile = Profile(
        people={"boss@example.org": 0.1, "ada@example.org": 3, "bob@example.org": 3},
        topics={"budget": 3, "secret": 3, "travel": 3},
        kinds={"call": -3},
    )
    ranking = rank(Signals([*crowd, row(1, hours=299, importance=-1, **URGENT[key])]), profile, NOW)
    assert ranking.order[0] == 1
    assert ranking.why(1)[0].key == key


def test_a_question_that_was_answered_is_no_longer_first(row):
    ask = row(1, thread="a", author="boss@example.org", flags=Flag.DIRECT | Flag.QUESTION, hours=5)
    answer = row(2, thread="a", flags=Flag.OWN, hours=4)
    ranking = rank(Signals([ask, answer]), Profile(people={"boss@example.org": 1}), NOW)
    assert "why.first.ask" not in keys(ranking, 1)


def test_an_event_that_is_over_sinks(row):
    past = row(1, kind="event", start=NOW.timestamp() - 9000, end=NOW.timestamp() - 5000)
    assert order([past, row(2, hours=40)]) == [2, 1]


def test_the_window_leaves_out_the_old_but_not_what_is_still_ahead(row):
    later = NOW.timestamp() + 5 * 86_400
    rows = [
        row(1, hours=900),
        row(2, hours=900, due=later),
        row(3, hours=900, start=later),
        row(4, hours=900, pinned=True),
    ]
    assert set(order(rows, since=NOW - timedelta(days=30))) == {2, 3, 4}
    assert set(order(rows)) == {1, 2, 3, 4}


def test_a_person_without_items_has_an_empty_list():
    ranking = rank(Signals(), Profile(topics={"budget": 1}), NOW)
    assert (ranking.order, ranking.held, ranking.place(1)) == ([], [], None)
    assert set(ranking.sums.values()) == {0}


def test_a_clock_that_runs_behind_breaks_nothing(row):
    assert order([row(1, hours=-48.0), row(2, hours=1)]) is not None
