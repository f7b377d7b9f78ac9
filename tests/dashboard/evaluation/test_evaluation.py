"""The evaluation measures what it says: honest figures, no look into the future, the product's own order."""

import gzip
import itertools
import json
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.evaluation.learning import Lesson, learn
from dashboard.evaluation.log import Log, half, read_log
from dashboard.evaluation.metrics import Figures, figures
from dashboard.evaluation.replay import Replay, feature_names
from dashboard.evaluation.report import run_evaluation
from dashboard.evaluation.run import evaluate
from dashboard.rank import Ranking
from dashboard.ranking.weights import DEFAULT, load_weights

DAY = 86_400


@pytest.fixture(scope="session")
def path(tmp_path_factory):
    """Return a made-up log: people who each care for two of five channels, and questions by newcomers."""
    dice = random.Random(4)
    lines = []
    for day in range(120):
        for number in range(24):
            channel = dice.randrange(5)
            thread = f"c{channel}-{day - day % 2}-{dice.randrange(3)}"
            author = f"u{dice.choice([channel, channel + 1, channel + 2, dice.randrange(12)])}"
            words = " ".join(dice.choices([f"word{channel}{n}" for n in range(9)], k=6))
            at = 1_600_000_000 // DAY * DAY + day * DAY + number * 3600
            named = [f"u{dice.randrange(7)}"] * (number % 9 == 0)
            lines.append(
                {
                    "id": f"m{day}-{number}", "ch": f"c{channel}", "th": thread, "ti": thread, "au": author, "ts": at,
                    "tx": words + dice.choice(["", "?"]), "re": None, "me": named,
                }
            )  # fmt: skip
    file = tmp_path_factory.mktemp("log") / "made.events.jsonl.gz"
    with gzip.open(file, "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(line) + "\n" for line in lines)
    return file


def plain(order: list[float]) -> Figures:
    """Return the figures of an order without ties, written down from their definitions."""
    hits, size = sum(order), len(order)
    pairs = sum(1 for i in range(size) for j in range(i + 1, size) if order[i] > order[j])

    def ndcg(depth):
        gain = sum(value / np.log2(place + 2) for place, value in enumerate(order[:depth]))
        return gain / sum(1 / np.log2(place + 2) for place in range(int(min(depth, hits))))

    reciprocal = sum(value / (place + 1) for place, value in enumerate(order)) / hits
    return Figures(pairs / (hits * (size - hits)), reciprocal, ndcg(5), ndcg(10), sum(order[:5]) / min(5, hits))


labels = st.lists(st.sampled_from([0.0, 1.0]), min_size=2, max_size=14).filter(
    lambda found: 0 < sum(found) < len(found)
)


@given(labels)
def test_the_figures_are_those_of_their_definitions(order):
    found = figures(np.array(order), -np.arange(len(order), dtype=float))
    assert found == pytest.approx(plain(order))


@given(labels.filter(lambda found: len(found) <= 6), st.data())
def test_equal_scores_count_as_the_mean_of_all_their_orders(order, data):
    scores = data.draw(st.lists(st.sampled_from([1.0, 2.0]), min_size=len(order), max_size=len(order)))
    every = [
        plain([order[place] for place in places])
        for places in itertools.permutations(range(len(order)))
        if all(scores[one] >= scores[other] for one, other in itertools.pairwise(places))
    ]
    assert figures(np.array(order), np.array(scores)) == pytest.approx(tuple(np.mean(every, 0)))


def test_learning_finds_what_people_choose_by():
    dice = np.random.default_rng(1)
    truth = np.array([2.0, -1.0, 0.0])
    lessons = []
    for number in range(600):
        features = dice.normal(size=(8, 3))
        relevant = np.zeros(8)
        relevant[np.argmax(features @ truth + dice.gumbel(size=8))] = 1
        lessons.append(Lesson("log", f"u{number % 50}", features, relevant))
    assert learn(lessons) == pytest.approx(truth, abs=0.3)


def test_a_feature_that_never_varies_gets_no_weight():
    lessons = [Lesson("log", "u", np.column_stack([np.ones(3), [3.0, 1.0, 2.0]]), np.array([1.0, 0, 0]))] * 20
    assert learn(lessons)[0] == 0


def test_every_shipped_weight_is_for_a_feature_there_is():
    assert set(DEFAULT.learned) == {feature for _, feature in feature_names()}


def test_nothing_after_a_session_changes_what_is_known_at_it(path):
    log = read_log(path)
    session = log.sessions[len(log.sessions) // 2]
    before = Log("cut", [event for event in log.events if event.at < session.at])
    assert np.array_equal(Replay(log).features(session), Replay(before).features(session))


def test_half_of_the_people_are_never_learned_from(path):
    log = read_log(path)
    held_out = {user for user in {session.user for session in log.sessions} if half(user, "s") == 1}
    assert held_out
    found = evaluate([path], salt="s")
    assert set(found.tables[0].scores["all"]["Frontdesk"].per_user) <= held_out
    assert found.learned_from > 0


def test_an_evaluation_prints_its_table_and_writes_weights_that_load(path, tmp_path):
    lines, steps = [], []
    found = run_evaluation(
        [path], salt="s", learn=tmp_path / "w.toml", say=lines.append, progress=lambda *step: steps.append(step)
    )
    assert any(line.startswith("Frontdesk") for line in lines)
    assert steps[-1][1] == steps[-1][2] > 0
    assert load_weights((tmp_path / "w.toml").read_text()) == found.weights
    scores = found.tables[0].scores["all"]
    assert scores["Frontdesk"].user_ndcg_10 > scores["recency"].user_ndcg_10
    gain, low, high = scores["Frontdesk"].against(scores["recency"])
    assert low <= gain <= high


def test_the_shipped_weights_can_be_measured_without_learning(path):
    found = evaluate([path], salt="s", shipped=True)
    assert (found.learned_from, found.weights) == (0, DEFAULT)


def test_reasons_that_do_not_add_up_stop_the_evaluation(path, monkeypatch):
    told = Ranking.why
    monkeypatch.setattr(Ranking, "why", lambda self, item: told(self, item)[1:])
    with pytest.raises(ArithmeticError):
        evaluate([path], salt="s", shipped=True)


def test_recency_on_the_tracker_log_is_what_the_reference_measures(shared):
    log = read_log(shared("ranking/track.events.jsonl.gz"))
    assert (len(log.events), len(log.sessions)) == (32_361, 2_681)
    found = [
        figures(session.relevant, np.array([log.events[messages[-1]].at for messages in session.messages], float))
        for session in log.sessions
        if session.at >= log.test_from and half(session.user, "split-v1") == 1
    ]
    assert len(found) == 545
    assert np.mean(found, 0) == pytest.approx([0.675, 0.444, 0.548, 0.618, 0.710], abs=0.0006)
