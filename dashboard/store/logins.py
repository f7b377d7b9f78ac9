"""Where people are logged in: one row a browser, found by the hash of what it holds."""

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import datetime

import sqlalchemy as sa

from dashboard.store.database import Topic, chunks
from dashboard.store.records import Login
from dashboard.store.schema import employees, logins

_known = sa.select(*(logins.c[field.name] for field in fields(Login)))


class Logins(Topic):
    """What is known of logins. None of it is on anybody's list, so no revision grows."""

    def open_login(
        self,
        person: int,
        key: str,
        *,
        device: str,
        now: datetime,
        subject: str | None = None,
        session: str | None = None,
        hint: bytes | None = None,
    ) -> Login:
        login = Login(key=key, person=person, opened_at=now, seen_at=now, device=device)
        given = {"subject": subject, "session": session, "hint": hint}
        with self._database.writing() as connection:
            connection.execute(logins.delete().where(logins.c.key == key))
            connection.execute(logins.insert().values(asdict(login) | given))
        return login

    def find_logins(self, keys: Iterable[str]) -> list[Login]:
        query = _known.join(employees, employees.c.id == logins.c.person).where(~employees.c.blocked)
        with self._database.reading() as connection:
            return [
                login
                for chunk in chunks(list(keys))
                for login in _logins(connection, query.where(logins.c.key.in_(chunk)))
            ]

    def logins(self, person: int) -> list[Login]:
        query = _known.where(logins.c.person == person).order_by(logins.c.seen_at.desc(), logins.c.key)
        with self._database.reading() as connection:
            return _logins(connection, query)

    def login_hint(self, key: str) -> bytes | None:
        with self._database.reading() as connection:
            hint: bytes | None = connection.execute(sa.select(logins.c.hint).where(logins.c.key == key)).scalar()
            return hint

    def see_login(self, key: str, *, now: datetime) -> None:
        with self._database.writing() as connection:
            connection.execute(logins.update().where(logins.c.key == key).values(seen_at=now))

    def end_logins(self, person: int, *, only: str | None = None, but: str | None = None) -> int:
        which = [logins.c.person == person]
        which += [logins.c.key == only] if only is not None else []
        which += [logins.c.key != but] if but is not None else []
        with self._database.writing() as connection:
            return connection.execute(logins.delete().where(*which)).rowcount

    def end_provided(self, subject: str | None, session: str | None) -> int:
        which = [] if session is None else [logins.c.session == session]
        if subject is not None:  # a login of which the provider never said its session may be the one it means
            unsaid = logins.c.session.is_(None) if session is not None else sa.true()
            which.append(sa.and_(logins.c.subject == subject, unsaid))
        with self._database.writing() as connection:
            return connection.execute(logins.delete().where(sa.or_(sa.false(), *which))).rowcount

    def expire_logins(self, *, opened_before: datetime, seen_before: datetime) -> int:
        over = sa.or_(logins.c.opened_at < opened_before, logins.c.seen_at < seen_before)
        with self._database.writing() as connection:
            return connection.execute(logins.delete().where(over)).rowcount


def _logins(connection: sa.Connection, query: sa.Select[tuple[object, ...]]) -> list[Login]:
    return [Login(**row) for row in connection.execute(query).mappings()]
