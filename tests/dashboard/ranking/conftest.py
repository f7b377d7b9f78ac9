"""Rows as the store gives them, made by hand or at random."""

from datetime import UTC, datetime

import pytest
from hypothesis import strategies as st

from dashboard.store.records import Facts, Flag
from dashboard.terms import pack_terms

NOW = 1_800_000_000.0
HOUR, DAY = 3600.0, 86_400.0


def make(number: int = 1, *, title: str = "", text: str = "", hours: float = 1.0, **fields) -> Facts:
    """Return one row that came some hours ago."""
    plain = Facts(
        id=number,
        rev=number,
        source=1,
        kind="mail",
        thread=f"t{number}",
        channel="inbox",
        author="ada@example.org",
        name="",
        people="",
        reply_to="",
        key=f"k{number}",
        at=NOW - hours * HOUR,
        due=None,
        start=None,
        end=None,
        flags=0,
        importance=0,
        length=len(text),
        terms=pack_terms(title, text),
        gone=False,
        seen=None,
        done=None,
        snoozed=None,
        pinned=False,
    )
    return plain._replace(**fields)


@pytest.fixture(scope="session")
def now():
    return datetime.fromtimestamp(NOW, UTC)


@pytest.fixture(scope="session")
def row():
    return make


@pytest.fixture(scope="session")
def rows():
    """Return lists of rows of which some are later revisions of others."""
    return _LISTS


_flags = st.sets(
    st.sampled_from([Flag.OWN, Flag.DIRECT, Flag.MENTION, Flag.BULK, Flag.AUTOMATED, Flag.QUESTION, Flag.UNREAD])
).map(sum)
_words = st.lists(st.sampled_from("budget invoice plan secret travel holiday".split()), max_size=4).map(" ".join)  # noqa: SIM905
_moment = st.none() | st.floats(NOW - 20 * DAY, NOW + 20 * DAY)


def _rows(numbers: st.SearchStrategy[int]) -> st.SearchStrategy[Facts]:
    return st.builds(
        make,
        numbers,
        title=_words,
        text=_words,
        hours=st.integers(0, 200).map(float),
        thread=st.sampled_from(["", "a", "b", "c"]),
        channel=st.sampled_from(["", "inbox", "news"]),
        source=st.integers(1, 2),
        kind=st.sampled_from(["mail", "chat", "task", "event", "call"]),
        author=st.sampled_from(["ada@example.org", "bob@example.org", "me@example.org", ""]),
        name=st.sampled_from(["", "ada lovelace", "me myself"]),
        people=st.sampled_from(["", "me@example.org", "bob@example.org\nme@example.org"]),
        reply_to=st.sampled_from(["", "k1", "k2", "k3"]),
        due=_moment,
        start=_moment,
        end=_moment,
        flags=_flags,
        importance=st.integers(-1, 1),
        seen=_moment,
        done=st.none() | st.just(NOW),
        snoozed=_moment,
        pinned=st.booleans(),
        gone=st.integers(0, 9).map(lambda dice: dice == 0),
    )


_LISTS = st.lists(_rows(st.integers(1, 12)), max_size=25).map(
    lambda found: [row._replace(rev=rev) for rev, row in enumerate(found, 1)]
)
