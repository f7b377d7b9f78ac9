"""Why an item stands where it stands: sentences, and bars that add up to the score."""

from collections.abc import Sequence
from datetime import timedelta

import streamlit as st

from dashboard.board.records import Reason
from dashboard.i18n import Translator

_ORDINARY = {"why.other", "why.form", "why.renown", "why.recency"}
_ONE_MESSAGE = ("why.lively", 1)
_SPANS = ("hours", "minutes")


def sentence(reason: Reason, t: Translator) -> str:
    """Say a reason in the language of the person."""
    length = {unit: reason.args[unit] for unit in _SPANS if unit in reason.args}
    return t(reason.key, **reason.args, time=t.span(timedelta(**length)))


def telling(reasons: Sequence[Reason]) -> list[Reason]:
    """Return what speaks for an item, without what is true of nearly every item."""
    plain = [one for one in reasons if one.key not in _ORDINARY and (one.key, one.args.get("count")) != _ONE_MESSAGE]
    return [reason for reason in plain if reason.points > 0]


def show(reasons: Sequence[Reason], score: float, t: Translator) -> None:
    """Show every reason with its points, and their sum."""
    st.dataframe(
        {
            t("why.column_reason"): [sentence(reason, t) for reason in reasons],
            t("why.column_points"): [round(reason.points, 3) for reason in reasons],
        },
        hide_index=True,
        width="stretch",
        alt=t("why.table"),
    )
    st.caption(t("why.sum", score=f"{score:+.3f}"))
