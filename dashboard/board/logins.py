"""Who is logged in, and where: opening, finding and ending logins, and enrolling whom the provider vouches for."""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dashboard.board.devices import device
from dashboard.settings import Login as Rules
from dashboard.store.protocol import Store
from dashboard.store.records import KEEPER, Employee, Login

SINGLE = "me"
"""The login of the one person of an embedded Frontdesk."""
_NONCE = 12
_EXACT = timedelta(minutes=1)
"""How exact the time of last use is at most: writing it at every request would cost more than the request."""


class NotAdmitted(Exception):
    """Somebody may not log in; ``reason`` is a key below ``login`` in the locales, ``values`` are what it names."""

    def __init__(self, reason: str, **values: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What a provider or a proxy says of somebody; None is what it says nothing about and stays as it is."""

    login: str
    name: str | None = None
    groups: frozenset[str] | None = None
    admin: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """What a provider calls the login that it vouches for: the person, its own session, and the token that says so."""

    subject: str
    session: str | None = None
    token: str = ""


class Logins:
    """Logins are rows of ours, so that ending one has an effect at once; the browser holds a random token."""

    def __init__(self, store: Store, rules: Rules, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._rules = rules
        self._clock = clock

    @property
    def on(self) -> bool:
        """Whether people log in; where they do not, there is one person."""
        return self._rules.on

    def enroll(self, claimed: Claimed) -> Employee:
        """Add the person or bring them up to date. Raises NotAdmitted where they may not log in."""
        if claimed.login in {SINGLE, KEEPER}:  # these are no people of the provider
            raise NotAdmitted("reserved")
        known = self._store.employee(claimed.login)
        if known and known.blocked:
            raise NotAdmitted("blocked")
        before = known or Employee(id=0, login=claimed.login)
        name = before.name if claimed.name is None else claimed.name
        groups = before.groups if claimed.groups is None else claimed.groups
        admin = before.admin if claimed.admin is None else claimed.admin
        if known and (name, groups, admin) == (known.name, known.groups, known.admin):
            return known
        return self._store.enroll(claimed.login, name=name, groups=groups, admin=admin)

    def open(self, person: int, agent: str, issued: Issued | None = None) -> tuple[str, Login]:
        """Log a person in; return the token for their browser, a new random one of 256 bits."""
        token = secrets.token_urlsafe(32)
        return token, self._opened(person, _key(token), agent, **(_kept(issued, token) if issued else {}))

    def find(self, token: str) -> Login | None:
        """Return the login that a token opens; None where it is over or the person blocked."""
        return self._found(_key(token))

    def issued(self, token: str) -> str:
        """Return the token with which the provider vouched for a login, ``""`` where there is none."""
        sealed = self._store.login_hint(_key(token)) or b""
        try:
            return AESGCM(_seal(token)).decrypt(sealed[:_NONCE], sealed[_NONCE:], None).decode() if sealed else ""
        except InvalidTag:
            return ""

    def vouched(self, login: str, agent: str) -> Login:
        """Return the login of whom a proxy vouches for, one a browser, opened where there is none.

        The proxy asks for the password; the row is there to be seen and counted. Anybody can guess what
        its key is made of, so it is a hash that no token has. Raises NotAdmitted where they may not log in.
        """
        key = hashlib.blake2s(f"{login}\0{agent}".encode()).hexdigest()
        return self._found(key) or self._opened(self.enroll(Claimed(login=login)).id, key, agent)

    def used(self, login: Login) -> None:
        """Count a login as used; this writes once a minute."""
        if self.stale(login):
            self._store.see_login(login.key, now=self._clock())

    def stale(self, login: Login) -> bool:
        """Return whether the next use of a login is to be written down."""
        return self._clock() - login.seen_at >= min(_EXACT, self._rules.idle / 4)

    def lasting(self, keys: Iterable[str]) -> dict[str, Login]:
        """Return those of many logins that are not over, by key."""
        return {login.key: login for login in self._lasting(self._store.find_logins(keys))}

    def all(self, person: int) -> list[Login]:
        """Return where a person is logged in now, the last used first."""
        return self._lasting(self._store.logins(person))

    def end(self, person: int, key: str) -> bool:
        """End one login of a person; its open tabs close within two seconds."""
        return self._store.end_logins(person, only=key) > 0

    def end_others(self, person: int, key: str) -> int:
        """End every login of a person but this one; return how many."""
        return self._store.end_logins(person, but=key)

    def end_all(self, person: int) -> int:
        """End every login of a person; return how many."""
        return self._store.end_logins(person)

    def end_provided(self, subject: str | None, session: str | None) -> int:
        """End what the provider says is over there: one session, or everything of a person; return how many."""
        return self._store.end_provided(_named(subject), _named(session))

    def _found(self, key: str) -> Login | None:
        return next(iter(self._lasting(self._store.find_logins([key]))), None)

    def _opened(self, person: int, key: str, agent: str, **provided: Any) -> Login:
        now = self._clock()
        self._store.expire_logins(opened_before=now - self._rules.absolute, seen_before=now - self._rules.idle)
        opened = self._store.open_login(person, key, device=device(agent), now=now, **provided)
        who = self._store.employee(person)
        if who and who.admin:  # where anybody else logs in is their own business
            self._store.admin.note(person, "person.sign_in", who.login, {"device": opened.device}, now=now)
        return opened

    def _lasting(self, logins: Iterable[Login]) -> list[Login]:
        now = self._clock()
        opened, seen = now - self._rules.absolute, now - self._rules.idle
        return [login for login in logins if login.opened_at > opened and login.seen_at > seen]


def _kept(issued: Issued, token: str) -> dict[str, Any]:
    """Return what is kept of the provider: names as hashes, and its token, which only the browser's can open."""
    nonce = secrets.token_bytes(_NONCE)
    hint = nonce + AESGCM(_seal(token)).encrypt(nonce, issued.token.encode(), None) if issued.token else None
    return {"subject": _named(issued.subject), "session": _named(issued.session), "hint": hint}


def _seal(token: str) -> bytes:
    return hmac.digest(token.encode(), b"frontdesk id token", "sha256")


def _named(name: str | None) -> str | None:
    return None if name is None else hashlib.sha256(name.encode()).hexdigest()


def _key(token: str) -> str:
    """Return what is kept of a token: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()
