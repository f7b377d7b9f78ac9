"""The numbers about a conversation that the learned weights are for, each 0 where there is nothing to say."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np

from dashboard.ranking.columns import Floats, Ints
from dashboard.ranking.conversations import Conversations
from dashboard.store.records import Flag

Family: TypeAlias = Callable[[Conversations], Mapping[str, Floats]]


def _some(count: Floats) -> Floats:
    """Return a count as a share of certainty: 2 is a half, many is nearly 1."""
    return np.asarray(count / (count + 2.0), np.float64)


def freshness(talks: Conversations) -> Mapping[str, Floats]:
    """How new the newest message is."""
    return {
        "age_log": -np.log1p(talks.hours),
        "age_2h": np.exp(-talks.hours / 2),
        "age_6h": np.exp(-talks.hours / 6),
        "age_24h": np.exp(-talks.hours / 24),
    }


def liveliness(talks: Conversations) -> Mapping[str, Floats]:
    """How much is said, by how many, since when."""
    columns, hours = talks.columns, (talks.now - talks.columns.at[talks.rows]) / 3600
    age = np.maximum(talks.now - columns.at[talks.opening], 0) / 3600
    people, posts = columns.people_in[talks.thread], columns.posts[talks.thread]
    alone = (people == 1).astype(float)
    return {
        "new": np.log1p(talks.count),
        "new_24h": np.log1p(talks.sum(hours < 24)),
        "new_6h": np.log1p(talks.sum(hours < 6)),
        "new_people": np.log1p(talks.distinct(columns.author[talks.rows])),
        "posts": np.log1p(posts),
        "people": np.log1p(people),
        "alone": alone,
        "alone_asking": alone * _has(talks, talks.opening, Flag.QUESTION),
        "pair": (people == 2).astype(float),
        "opener_last": ((columns.author[talks.last] == columns.author[talks.opening]) & (posts > 1)).astype(float),
        "thread_new": (age <= 72).astype(float),
        "thread_age": np.log1p(age),
    }


def involvement(talks: Conversations) -> Mapping[str, Floats]:
    """How much the person wrote in the conversation, and whether others wrote after that."""
    columns, history, mine = talks.columns, talks.history, talks.mine.astype(float)
    posts, after = history.my_posts[talks.thread], talks.sum(talks.after_mine)
    return {
        "mine": mine,
        "mine_opened": history.own[talks.opening].astype(float),
        "mine_posts": np.log1p(posts),
        "mine_24h": np.exp(-talks.hours_since_mine / 24),
        "mine_96h": np.exp(-talks.hours_since_mine / 96),
        "mine_share": posts / columns.posts[talks.thread],
        "mine_pair": mine * (columns.people_in[talks.thread] == 2),
        "mine_waiting": mine * (after > 0),
        "mine_after": mine * np.log1p(after),
        "mine_last": mine * (history.my_last[talks.thread] > columns.at[talks.last]),
    }


def replies(talks: Conversations) -> Mapping[str, Floats]:
    """Whether somebody answers the person."""
    answers = talks.columns.answers[talks.rows]
    to_me = (answers >= 0) & talks.history.own[answers]
    return {
        "answer": talks.any(to_me).astype(float),
        "answer_last": to_me[talks.start + talks.count - 1].astype(float),
    }


def naming(talks: Conversations) -> Mapping[str, Floats]:
    """Whether somebody names the person."""
    named = talks.history.named[talks.rows]
    return {
        "named": talks.any(named).astype(float),
        "named_since": talks.any(named & talks.after_mine).astype(float),
    }


def acquaintance(talks: Conversations) -> Mapping[str, Floats]:
    """How well the person knows those who write."""
    columns, history = talks.columns, talks.history
    author = columns.author[talks.rows]
    last, opener = columns.author[talks.last], columns.author[talks.opening]
    return {
        "i_answer": talks.most(_some(history.i_answer[author])),
        "i_answer_last": _some(history.i_answer[last]),
        "i_answer_opener": _some(history.i_answer[opener]),
        "answers_me": talks.most(_some(history.answer_me[author])),
        "answers_me_last": _some(history.answer_me[last]),
        "together": talks.most(_some(history.together[author])),
        "together_last": _some(history.together[last]),
        "together_opener": _some(history.together[opener]),
        "bond": talks.most(history.bond[author]),
        "bond_last": history.bond[last],
        "bond_opener": history.bond[opener],
    }


def renown(talks: Conversations) -> Mapping[str, Floats]:
    """How much those who write are answered by anybody, and how much they write."""
    columns = talks.columns
    return {
        "renown": np.log1p(talks.most(columns.answered[columns.author[talks.rows]])),
        "renown_last": np.log1p(columns.answered[columns.author[talks.last]]),
        "opener_posts": np.log1p(columns.posts_of[columns.author[talks.opening]]),
    }


def place(talks: Conversations) -> Mapping[str, Floats]:
    """How much the person writes in the channel."""
    channel, share = talks.columns.channel[talks.last], talks.history.share
    return {
        "channel": share[channel],
        "channel_log": np.log(share[channel] * 100 + 1),
        "channel_joins": talks.history.haunt[channel],
    }


def wording(talks: Conversations) -> Mapping[str, Floats]:
    """How much the words are those of the person, and those that opened the threads they joined."""
    rows, _ = talks.tail
    last, opening = talks.history.wording(rows), talks.history.wording(talks.opening)
    return {
        "words_lift": talks.most_of_tail(last["lift"]),
        "words_for": talks.most_of_tail(last["for"]),
        "words_title": talks.most_of_tail(last["title"]),
        "opening_words": opening["likeness"],
        "opening_lift": opening["opening_lift"],
    }


def form(talks: Conversations) -> Mapping[str, Floats]:
    """How long the messages are, whether they ask, whether a program wrote them."""
    columns = talks.columns
    return {
        "length": np.log1p(columns.length[talks.last]) - 5,
        "opening_length": np.log1p(columns.length[talks.opening]) - 5,
        "question": _has(talks, talks.last, Flag.QUESTION),
        "opening_question": _has(talks, talks.opening, Flag.QUESTION),
        "automated": _has(talks, talks.last, Flag.AUTOMATED),
    }


def _has(talks: Conversations, rows: Ints, flag: int) -> Floats:
    return (talks.columns.flags[rows] & flag > 0).astype(np.float64)


FAMILIES: dict[str, Family] = {
    "recency": freshness,
    "lively": liveliness,
    "thread": involvement,
    "reply": replies,
    "mention": naming,
    "contact": acquaintance,
    "renown": renown,
    "habit": place,
    "words": wording,
    "form": form,
}
"""Which function computes the numbers behind each reason."""

OF_MINE = frozenset({"thread", "reply", "contact", "habit", "words"})
"""The families that look at what the person wrote and whom they answered."""
