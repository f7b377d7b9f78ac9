"""People, groups and roles as an admin looks after them."""

from collections.abc import Callable, Iterable
from datetime import datetime
from time import monotonic

from connectors.kit import SourceError
from dashboard.board.admin import csv
from dashboard.board.admin.records import Deed, Import, Proof
from dashboard.board.records import Invalid
from dashboard.connection import Connections, Secrets
from dashboard.store.protocol import Store
from dashboard.store.records import OPERATOR, Account, Actor, Employee


class People:
    """Who uses Frontdesk. Nothing here tells what reaches them; ``forget`` lets go of what is in memory of a person."""

    def __init__(
        self, store: Store, connections: Connections, forget: Callable[[int], None], clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._connections = connections
        self._forget = forget
        self._clock = clock

    def all(self, me: Actor) -> list[Account]:
        """Return everybody, by login, with counts of what is theirs."""
        return self._store.admin.people(me)

    def groups(self, me: Actor) -> dict[str, int]:
        """Return every group that anybody is in, with how many are."""
        return self._store.admin.groups(me)

    def add(
        self,
        me: Actor,
        login: str,
        *,
        name: str = "",
        admin: bool = False,
        groups: Iterable[str] = (),
        language: str | None = None,
    ) -> Employee:
        """Add a person. Raises Invalid where the login is taken or cannot be one."""
        fields = csv.checked(login, name=name, admin=admin, groups=groups, language=language)
        added = self._store.admin.add_person(me, login.strip(), now=self._clock(), **fields)
        if added is None:
            raise Invalid("known", login=login)
        return added

    def change(
        self,
        me: Actor,
        person: int,
        *,
        name: str | None = None,
        admin: bool | None = None,
        groups: Iterable[str] | None = None,
        language: str | None = None,
    ) -> Employee:
        """Change what is given; ``language`` ``""`` is the browser's again. Raises Invalid and LastAdmin."""
        given = {"name": name, "admin": admin, "groups": groups, "language": language}
        fields = csv.checked(None, **{key: value for key, value in given.items() if value is not None})
        return self._found(self._store.admin.change_person(me, person, now=self._clock(), **fields))

    def block(self, me: Actor, person: int) -> Employee:
        """Let a person log in no more and end every login of theirs. Raises LastAdmin for the last admin."""
        blocked = self._found(self._store.admin.change_person(me, person, now=self._clock(), blocked=True))
        self._forget(person)
        return blocked

    def unblock(self, me: Actor, person: int) -> Employee:
        """Let a person log in again."""
        return self._found(self._store.admin.change_person(me, person, now=self._clock(), blocked=False))

    def sign_out(self, me: Actor, person: int) -> int:
        """End every login of a person; return how many. Raises Invalid where there is no such person."""
        known = next((account.employee for account in self.all(me) if account.employee.id == person), None)
        found = self._found(known)
        self._store.admin.note(me, "person.sign_out", found.login, {}, now=self._clock())
        return self._store.end_logins(person)

    def erase(self, me: Actor, person: int) -> Proof:
        """Remove a person with everything that is theirs alone, for good. Raises LastAdmin and Invalid.

        Sources they gave to others stay, without an owner and with their secrets.
        """
        began, now = monotonic(), self._clock()
        before = self._store.admin.held(me, person)
        shared = self._disowned(me, person)
        erased = self._found(self._store.admin.erase_person(me, person, now=now))
        self._forget(person)
        after = self._store.admin.held(OPERATOR, person)  # who erases themselves may ask nothing any more
        return Proof(login=erased.login, at=now, seconds=monotonic() - began, before=before, after=after, shared=shared)

    def import_csv(self, me: Actor, document: bytes, *, dry: bool) -> Import:
        """Read a list of people (``login,name,groups,admin,language``) and say what each line does.

        Nothing happens with ``dry``, or where any line is refused: all of them or none. Only the
        columns that are there are changed; groups are divided by ``|``. Raises LastAdmin, and Invalid
        where the document is no such list.
        """
        known = {account.employee.login: account.employee for account in self.all(me)}
        lines, rows = csv.read(document, known)
        if dry or any(line.deed is Deed.REFUSE for line in lines):
            return Import(lines=lines)
        self._store.admin.bring_people(me, rows, now=self._clock())
        return Import(lines=lines, done=True)

    def export_csv(self, me: Actor) -> str:
        """Return everybody as a list that :meth:`import_csv` reads."""
        return csv.write(account.employee for account in self.all(me))

    def _disowned(self, me: Actor, person: int) -> list[str]:
        """Take the owner off the sources a person gave to others: their secrets are bound to the owner."""
        shared = [source for source in self._store.admin.shared_sources(me) if source.owner == person]
        for source in shared:
            try:
                secrets = self._connections.secrets(source)
            except SourceError:
                secrets = Secrets()
            self._store.admin.disown(me, source.id, self._connections.seal(secrets, source=source.id, owner=None))
        return [source.title for source in shared]

    def _found(self, person: Employee | None) -> Employee:
        if person is None:
            raise Invalid("no_person")
        return person
