"""What an evaluation found, as a table to read and as the file of weights to ship."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from dashboard.evaluation.run import BASELINE, PRODUCT, SALT, SLICES, Evaluation, Progress, evaluate
from dashboard.ranking.weights import Weights

_HEAD = (
    f"{'':20}{'AUC':>7}{'MRR':>7}{'nDCG@5':>8}{'nDCG@10':>9}{'R@5':>7}  {'user nDCG@10':>12}  against {BASELINE}, 95 %"
)


def run_evaluation(
    paths: Sequence[Path],
    *,
    salt: str = SALT,
    shipped: bool = False,
    learn: Path | None = None,
    say: Callable[[str], None] = print,
    progress: Progress = lambda *_: None,
) -> Evaluation:
    """Measure the ranking on logs and say what was found; with ``learn``, write the learned weights there."""
    found = evaluate(paths, salt=salt, shipped=shipped, progress=progress)
    for line in table(found):
        say(line)
    if learn and found.learned_from:
        learn.write_text(weights_file(found, paths, salt), "utf-8")
    return found


def table(found: Evaluation) -> Iterator[str]:
    """Yield the lines of the report: held-out people, the last 40 % of the time, one table for each log and slice."""
    how = f"learned from {found.learned_from} sessions of other people" if found.learned_from else "as shipped"
    yield f"One set of weights for all logs, {how}."
    for log in found.tables:
        for name in SLICES:
            scores = log.scores[name]
            product = scores[PRODUCT]
            yield f"\n{log.log}, {name}: {product.sessions} sessions, {len(product.per_user)} people"
            yield _HEAD
            for scorer, score in scores.items():
                auc, mrr, ndcg_5, ndcg_10, recall = score.mean
                gain, low, high = score.against(scores[BASELINE])
                yield (
                    f"{scorer:20}{auc:7.3f}{mrr:7.3f}{ndcg_5:8.3f}{ndcg_10:9.3f}{recall:7.3f}  "
                    f"{score.user_ndcg_10:12.3f}  {gain:+.3f} [{low:+.3f}, {high:+.3f}]"
                )
    yield "\nuser nDCG@10 of the product, mean of the logs"
    for name in SLICES:
        measured = [log.scores[name][PRODUCT] for log in found.tables if log.scores[name][PRODUCT].sessions]
        yield f"{name:20}{np.mean([score.user_ndcg_10 for score in measured] or [np.nan]):7.3f}"


def weights_file(found: Evaluation, paths: Iterable[Path], salt: str) -> str:
    """Return the TOML text of the weights with where they come from."""
    names = " ".join(path.name for path in paths)
    return "\n".join(
        [
            "# How much each signal counts, in points. The learned weights are those under which people's own answers",
            f"# were chosen most readily, in {found.learned_from} sessions of public logs. They are made again by",
            f"#   frontdesk evaluate {names} --salt {salt} --learn dashboard/ranking/weights.toml",
            "# The typical ones are the points of an average candidate, which are taken away; they change no order.",
            "# The chosen ones were set by hand and are kept by that command.",
            "",
            *_tables(found.weights),
        ]
    )


def _tables(weights: Weights) -> Iterator[str]:
    for name, values in (("learned", weights.learned), ("typical", weights.typical), ("chosen", weights.chosen)):
        yield f"[{name}]"
        yield from (f"{key} = {value}" for key, value in values.items())
        yield ""
