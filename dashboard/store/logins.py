"""Where people are logged in: one row a browser, found by the hash of what it holds."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from dashboard.store.database import Topic, chunks
from dashboard.store.records import Login
from dashboard.store.schema import employees, logins


class Logins(Topic):
    """What is known of logins. None of it is on anybody's list, so no revision grows."""

    def open_login(self, person: int, key: str, *, device: str, now: datetime) -> Login:
        row = {"key": key, "person": person, "opened_at": now, "seen_at": now, "device": device}
        with self._database.writing() as connection:
            connection.execute(logins.delete().where(logins.c.key == key))
            connection.execute(logins.insert().values(row))
        return Login(key=key, person=person, opened_at=now, seen_at=now, device=device)

    def find_logins(self, keys: Iterable[str]) -> list[Login]:
        query = sa.select(logins).join(employees, employees.c.id == logins.c.person).where(~employees.c.blocked)
        with self._database.reading() as connection:
            return [
                login
                for chunk in chunks(list(keys))
                for login in _logins(connection, query.where(logins.c.key.in_(chunk)))
            ]

    def logins(self, person: int) -> list[Login]:
        query = sa.select(logins).where(logins.c.person == person).order_by(logins.c.seen_at.desc(), logins.c.key)
        with self._database.reading() as connection:
            return _logins(connection, query)

    def see_login(self, key: str, *, now: datetime) -> None:
        with self._database.writing() as connection:
            connection.execute(logins.update().where(logins.c.key == key).values(seen_at=now))

    def end_logins(self, person: int, *, only: str | None = None, but: str | None = None) -> int:
        which = [logins.c.person == person]
        which += [logins.c.key == only] if only is not None else []
        which += [logins.c.key != but] if but is not None else []
        with self._database.writing() as connection:
            return connection.execute(logins.delete().where(*which)).rowcount

    def expire_logins(self, *, opened_before: datetime, seen_before: datetime) -> int:
        over = sa.or_(logins.c.opened_at < opened_before, logins.c.seen_at < seen_before)
        with self._database.writing() as connection:
            return connection.execute(logins.delete().where(over)).rowcount


def _logins(connection: sa.Connection, query: sa.Select[tuple[object, ...]]) -> list[Login]:
    return [Login(**row) for row in connection.execute(query).mappings()]
