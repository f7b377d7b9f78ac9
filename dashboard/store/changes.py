"""Whether anything was written, and what of it concerns whom: for pages that wait for news."""

from collections.abc import Iterable

import sqlalchemy as sa

from dashboard.store.database import Topic, chunks, possible
from dashboard.store.records import Rev
from dashboard.store.schema import employees, reads, sources

_person = employees.alias("person")
_progress = sa.func.sum(sa.func.coalesce(sources.c.synced_at, 0.0) + sa.func.coalesce(sources.c.done + 1, 0))
_revs = (
    sa.select(
        _person.c.id,
        sa.func.max(_person.c.rev),
        sa.func.max(sources.c.rev),
        sa.type_coerce(_progress, sa.Double),
    )
    .select_from(_person.outerjoin(sources, reads(_person.c.id)))
    .where(_person.c.id.in_(sa.bindparam("people", expanding=True)))
    .group_by(_person.c.id)
)


class Changes(Topic):
    """What a page asks several times a second while somebody looks at it."""

    def stamp(self) -> str:
        with self._database.watching() as connection:
            return self._database.dialect.stamp(connection)

    def revs(self, people: Iterable[int]) -> dict[int, Rev]:
        with self._database.reading() as connection:
            return {
                row[0]: Rev(max(row[1], row[2] or 0), row[3] or 0.0)
                for chunk in chunks(possible(people))
                for row in connection.execute(_revs, {"people": chunk})
            }
