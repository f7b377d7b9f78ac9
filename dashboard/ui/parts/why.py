"""Why an item stands where it stands: sentences, and bars that add up to the score."""

from collections.abc import Sequence

import streamlit as st

from dashboard.board.records import Because
from dashboard.i18n import Translator


def sentence(reason: Because, t: Translator) -> str:
    """Say a reason in the language of the person."""
    return t(f"why.{reason.key}", **{name: value for name, value in reason.args.items() if name != "count"})


def show(reasons: Sequence[Because], score: float, t: Translator) -> None:
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
