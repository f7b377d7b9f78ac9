"""Search: a typed query as one bounded statement, newest first."""

from typing import Any

import sqlalchemy as sa

from dashboard.search import All, Between, Not, OfKind, Part, Place, Query, State, Text, snippet, widened
from dashboard.search import Any as AnyOf
from dashboard.store.database import Dialect, Topic, chunks
from dashboard.store.records import Flag, Hit
from dashboard.store.rows import pack_state
from dashboard.store.schema import bodies, entries, marks, readable, reads, sources
from dashboard.words import stems

_FEW = 20  # hits; with fewer, words that only begin with what is looked for are found too


class Searching(Topic):
    """What a person can find."""

    def search(self, person: int, query: Query, *, limit: int = 500, snippets: int = 50) -> list[Hit]:
        with self._database.reading() as connection:
            ids = self._find(connection, person, query, limit)
            if len(ids) < min(limit, _FEW) and (wide := widened(query)) != query:
                query, ids = wide, self._find(connection, person, wide, limit)
            texts = _texts(connection, ids[:snippets])
        return [Hit(id=id_, snippet=snippet(query, *texts[id_]) if id_ in texts else "") for id_ in ids]

    def _find(self, connection: sa.Connection, person: int, query: Query, limit: int) -> list[int]:
        statement = _Statement(connection, self._database.dialect, person, query).select(limit)
        return list(connection.execute(statement).scalars())


def _texts(connection: sa.Connection, ids: list[int]) -> dict[int, tuple[str, str]]:
    query = sa.select(bodies.c.id, bodies.c.title, bodies.c.text)
    return {
        row[0]: (row[1], row[2])
        for chunk in chunks(ids)
        for row in connection.execute(query.where(bodies.c.id.in_(chunk)))
    }


class _Statement:
    """Turns the parts of a query into conditions on the tables of entries and marks."""

    def __init__(self, connection: sa.Connection, dialect: Dialect, person: int, query: Query) -> None:
        self.connection = connection
        self.dialect = dialect
        self.person = person
        self.query = query
        self.marked = False

    def select(self, limit: int) -> sa.Select[Any]:
        """Return the query for the ids of the newest hits."""
        text, others = _split(self.query.part)
        conditions = [self.condition(part) for part in others]
        table: sa.FromClause = entries
        newest: sa.ColumnElement[int] = entries.c.id
        if text is not None:
            # The full-text index leads and is read from its newest end; everything else is looked up per hit.
            found = self.dialect.matching(text).subquery("found")
            table, newest = found.join(entries, entries.c.id == found.c.id), found.c.id
        if self.marked:
            mine = sa.and_(marks.c.entry == entries.c.id, marks.c.person == self.person)
            table = table.outerjoin(marks, mine)
        # The sum keeps the index of sources out: it would lead to all items of all of them, to be sorted.
        visible = sa.and_((entries.c.source + 0).in_(readable(self.person)), entries.c.gone.is_(False))
        return sa.select(newest).select_from(table).where(visible, *conditions).order_by(newest.desc()).limit(limit)

    def condition(self, part: Part) -> sa.ColumnElement[bool]:
        """Return a part as a condition."""
        if _only_text(part):
            return entries.c.id.in_(self.dialect.matching(part))
        if isinstance(part, All):
            return sa.and_(sa.true(), *map(self.condition, part.parts))
        if isinstance(part, AnyOf):
            return sa.or_(sa.false(), *map(self.condition, part.parts))
        if isinstance(part, Not):
            return sa.not_(self.condition(part.part))
        if isinstance(part, Place):
            return self.place(part)
        return self.fact(part)

    def fact(self, part: Part) -> sa.ColumnElement[bool]:
        """Return what a single column or mark answers as a condition."""
        if isinstance(part, OfKind):
            return entries.c.kind == part.kind
        if isinstance(part, Between):
            start = sa.true() if part.start is None else entries.c.at >= part.start
            return sa.and_(start, sa.true() if part.end is None else entries.c.at < part.end)
        assert isinstance(part, State)  # noqa: S101  there is no other part
        return self.state(part.name)

    def place(self, part: Place) -> sa.ColumnElement[bool]:
        """Return the condition that the channel or the source is called so."""
        visible = sa.select(sources.c.id, sources.c.title).where(reads(self.person))
        wanted = " " + " ".join(part.words) + " "
        named = [row.id for row in self.connection.execute(visible) if wanted in f" {' '.join(stems(row.title))} "]
        return sa.or_(self.condition(Text(part.words, column="channel")), entries.c.source.in_(named))

    def state(self, name: str) -> sa.ColumnElement[bool]:
        """Return the condition that an item is in a state, at its source or by the person's mark."""
        if name in _FLAGS:
            return entries.c.flags.bitwise_and(_FLAGS[name]) != 0
        if name == "important":
            return entries.c.importance > 0
        if name == "due":
            return entries.c.due.is_not(None)
        self.marked = True
        read = sa.or_(
            marks.c.seen_at.is_not(None),
            entries.c.state.bitwise_and(3) == pack_state(False, None, None, None),
        )
        done = sa.or_(marks.c.done_at.is_not(None), entries.c.flags.bitwise_and(Flag.DONE) != 0)
        return {
            "read": read,
            "unread": sa.not_(read),
            "done": done,
            "open": sa.not_(done),
            "pinned": sa.func.coalesce(marks.c.pinned, sa.false()),
            "snoozed": sa.func.coalesce(sa.type_coerce(marks.c.snoozed_until, sa.Double), 0.0) > self.query.now,
        }[name]


_FLAGS = {
    "own": Flag.OWN,
    "direct": Flag.DIRECT,
    "mention": Flag.MENTION,
    "bulk": Flag.BULK,
    "automated": Flag.AUTOMATED,
    "flagged": Flag.FLAGGED,
    "answered": Flag.ANSWERED,
    "attachment": Flag.ATTACHMENT,
}


def _only_text(part: Part) -> bool:
    """Say whether the full-text index alone can answer a part: words, and what excludes words beside a wanted one."""
    if isinstance(part, Text):
        return True
    if isinstance(part, AnyOf):
        return all(map(_only_text, part.parts))
    if isinstance(part, All):
        wanted = [inner for inner in part.parts if not isinstance(inner, Not)]
        unwanted = [inner.part for inner in part.parts if isinstance(inner, Not)]
        return bool(wanted) and all(map(_only_text, [*wanted, *unwanted]))
    return False


def _split(whole: Part) -> tuple[Part | None, list[Part]]:
    """Part a query into what the full-text index answers and the rest."""
    parts = whole.parts if isinstance(whole, All) else (whole,)
    wanted = [part for part in parts if not isinstance(part, Not) and _only_text(part)]
    if not wanted:
        return None, list(parts)
    unwanted = [part for part in parts if isinstance(part, Not) and _only_text(part.part)]
    taken = [*wanted, *unwanted]
    return All(tuple(taken)), [part for part in parts if part not in taken]
