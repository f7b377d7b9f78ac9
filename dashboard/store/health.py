"""How a source has been doing over time: one row whenever that changed."""

from datetime import datetime

import sqlalchemy as sa

from dashboard.store.database import Topic, possible
from dashboard.store.records import Health, HealthChange
from dashboard.store.schema import health, readable


class HealthLog(Topic):
    """What the readers of a source see of its past."""

    def health_log(self, person: int, source: int, *, since: datetime) -> list[HealthChange]:
        ids = possible((source,))
        begun = sa.select(sa.func.max(health.c.at)).where(health.c.source.in_(ids), health.c.at <= since)
        query = (
            sa.select(health.c.at, health.c.health, health.c.failure)
            .where(
                health.c.source.in_(ids),
                health.c.source.in_(readable(person)),
                sa.or_(health.c.at > since, health.c.at == begun.scalar_subquery()),
            )
            .order_by(health.c.at)
        )
        with self._database.reading() as connection:
            return [
                HealthChange(at=row.at, health=Health(row.health), failure=row.failure)
                for row in connection.execute(query)
            ]


def write_health(connection: sa.Connection, source: int, now: datetime, state: str, failure: str | None) -> None:
    """Add how a source is from now on; of two changes at the very same moment the later one stands."""
    connection.execute(health.delete().where(health.c.source == source, health.c.at == now))
    connection.execute(health.insert().values(source=source, at=now, health=state, failure=failure))
