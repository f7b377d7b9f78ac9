"""What a person left behind by using the page: counted for them, and forgotten where they say so."""

from typing import Any

import sqlalchemy as sa

from dashboard.store.database import Topic, next_rev
from dashboard.store.records import Trace
from dashboard.store.schema import employees, journal, marks

_TIMES = ("seen_at", "done_at", "snoozed_until")


class Traces(Topic):
    """The marks of a person as a whole, and what they prefer for the page itself."""

    def traces(self, person: int) -> dict[str, Trace]:
        mine = marks.c.person == person
        earliest = [sa.func.min(marks.c[name]) for name in _TIMES]
        counted = [sa.func.count(marks.c[name]) for name in _TIMES]
        pinned = sa.select(sa.func.count()).select_from(marks).where(mine, marks.c.pinned)
        steps = sa.select(sa.func.count(), sa.func.min(journal.c.at)).where(journal.c.person == person)
        with self._database.reading() as connection:
            row: Any = connection.execute(sa.select(*counted, *earliest).where(mine)).one()
            found = {name: Trace(row[n], row[n + len(_TIMES)]) for n, name in enumerate(_TIMES)}
            found["pinned"] = Trace(connection.execute(pinned).scalar_one(), None)
            found["steps"] = Trace(*connection.execute(steps).one())
            return found

    def forget_seen(self, person: int) -> int:
        with self._database.writing() as connection:
            rev = next_rev(connection)
            seen = sa.and_(marks.c.person == person, marks.c.seen_at.is_not(None))
            forgotten = connection.execute(marks.update().where(seen).values(seen_at=None, rev=rev)).rowcount
            connection.execute(employees.update().where(employees.c.id == person).values(rev=rev))
            return forgotten

    def speak(self, person: int, language: str | None) -> None:
        with self._database.writing() as connection:
            mine = employees.c.id == person
            connection.execute(employees.update().where(mine).values(language=language, rev=next_rev(connection)))
