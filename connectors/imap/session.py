"""A logged-in IMAP connection: IMAPClient over the guarded wire, and failures as the errors of the contract."""

import imaplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Literal

from imapclient import IMAPClient
from imapclient.exceptions import CapabilityError, IMAPClientError, LoginError, ProtocolError

from connectors.imap.reply import Ranges, Segments, listed, merged
from connectors.imap.wire import Wire
from connectors.kit import BadData, Login, Misconfigured, RateLimited, SourceError, Unauthorized, Unavailable
from connectors.kit.dial import Dial

Security = Literal["tls", "starttls", "plain"]


@dataclass(frozen=True, slots=True)
class Status:
    """What the server says of a folder when it is opened; 0 where it does not say."""

    validity: int
    next: int
    exists: int
    modseq: int


class Session(IMAPClient):  # type: ignore[misc]
    """One connection for one run."""

    def __init__(self, dial: Dial, host: str, port: int, security: Security) -> None:
        self._dial = dial
        self._security = security
        self.resync = False
        """Whether the server tells which mails have vanished (RFC 7162)."""
        super().__init__(host, port, ssl=security == "tls")
        self._imap.debug = 0
        if security == "plain" and ip_address(self._imap.sock.getpeername()[0]).is_global:
            raise Misconfigured("the password would cross the internet in the clear: choose tls or starttls")
        if security == "starttls":
            if not self.has_capability("STARTTLS"):
                raise Misconfigured("the server offers no STARTTLS: choose tls, usually at port 993")
            self._imap.secure()
            self._cached_capabilities = None

    def _create_IMAP4(self) -> Wire:  # noqa: N802  the name is IMAPClient's
        return Wire(self._dial, self.host, self.port, tls=self._security == "tls")

    def _set_read_timeout(self) -> None:
        """Leave the timeout to the wire, which has a deadline."""

    def enter(self, user: str, password: str) -> None:
        """Log in with a password; one attempt. Raises Unauthorized where the server refuses.

        By SASL PLAIN, which carries any character, else by LOGIN.
        """
        if self.has_capability("AUTH=PLAIN"):
            self._sasl("PLAIN", f"\0{user}\0{password}", "user name or password")
        elif self.has_capability("LOGINDISABLED"):
            raise Misconfigured("the server wants a secure connection before a password: choose tls or starttls")
        else:
            self.login(user, password)

    def enter_by_token(self, user: str, login: Login | None) -> None:
        """Log in with a token; one attempt, and one more with a renewed token.

        Raises Unauthorized where the server refuses.
        """
        if login is None:
            raise Unauthorized("the source is not connected")
        token = login.token()
        try:
            self._bearer(user, token)
        except Unauthorized:
            self._bearer(user, login.token(fresh=True))

    def begin(self) -> None:
        """Ask, once logged in, to be told what vanishes, where the server can."""
        self._cached_capabilities = None
        if self.has_capability("QRESYNC") and self.has_capability("ENABLE"):
            self.resync = b"QRESYNC" in {bytes(name).upper() for name in self.enable("QRESYNC")}

    def examine(self, folder: str) -> Status:
        """Open a folder to read it only: nothing that follows can change a flag (RFC 9051, EXAMINE)."""
        return self._status(self.select_folder(folder, readonly=True))

    def open(self, folder: str) -> Status:
        """Open a folder to change it."""
        return self._status(self.select_folder(folder))

    def find(self, criteria: str) -> Ranges:
        """Return the UIDs that match, as runs where the server can (ESEARCH)."""
        how = "RETURN (ALL) " if self.has_capability("ESEARCH") else ""
        found: Ranges = []
        for answer in self.replies(f"UID SEARCH {how}{criteria}"):
            found += listed(answer) or []
        return merged(found)

    def ask(self, command: str) -> bytes:
        """Send a command and return its tag, to be read with :meth:`answer`."""
        return bytes(self._imap.ask(command))

    def answer(self, tag: bytes) -> Iterator[Segments]:
        """Yield what the server answers to a command that was sent."""
        yield from self._imap.answer(tag)

    def replies(self, command: str) -> Iterator[Segments]:
        """Send a command and yield what the server answers."""
        return self.answer(self.ask(command))

    def folders(self) -> dict[str, set[bytes]]:
        """Return every folder that can be opened, with its flags in lower case."""
        found = {}
        for flags, _, name in self.list_folders():
            marks = {bytes(flag).lower() for flag in flags}
            if not marks & {b"\\noselect", b"\\nonexistent"}:
                found[str(name)] = marks
        return found

    def leave(self) -> None:
        """Log out without waiting for the answer: what was read is read."""
        with suppress(OSError):
            self._imap.ask("LOGOUT")

    def _bearer(self, user: str, token: str) -> None:
        """Log in by OAUTHBEARER (RFC 7628), else by XOAUTH2."""
        if self.has_capability("AUTH=OAUTHBEARER"):
            name = user.replace("=", "=3D").replace(",", "=2C")
            self._sasl("OAUTHBEARER", f"n,a={name},\1auth=Bearer {token}\1\1", "token")
        elif self.has_capability("AUTH=XOAUTH2"):
            self._sasl("XOAUTH2", f"user={user}\1auth=Bearer {token}\1\1", "token")
        else:
            raise Misconfigured("the server takes no tokens")

    def _sasl(self, mechanism: str, words: str, what: str) -> None:
        """Send the words once; whatever the server still asks is its error in detail, answered with nothing."""
        answers = iter([words.encode()])
        try:
            self.sasl_login(mechanism, lambda _: next(answers, b""))
        except LoginError as error:
            raise _refused(error, what) from error

    def _status(self, answer: dict[bytes, Any]) -> Status:
        def number(name: bytes) -> int:
            value = answer.get(name)
            value = value[0] if isinstance(value, list | tuple) and value else value
            return value if isinstance(value, int) else 0

        modseq = number(b"HIGHESTMODSEQ") if self.has_capability("CONDSTORE") else 0
        return Status(number(b"UIDVALIDITY"), number(b"UIDNEXT"), number(b"EXISTS"), modseq)


@contextmanager
def connected(dial: Dial, host: str, port: int, security: Security) -> Iterator[Session]:
    """Open a session and close it in the end; every failure becomes an error of the contract."""
    session: Session | None = None
    try:
        session = Session(dial, host, port, security)
        yield session
        session.leave()
    except SourceError:
        raise
    except LoginError as error:
        raise _refused(error, "user name or password") from error
    except CapabilityError as error:
        raise Misconfigured(str(error)[:200]) from error
    except (ProtocolError, ValueError, LookupError, TypeError) as error:
        raise BadData(f"the server answered something that is not IMAP: {str(error)[:200]}") from error
    except (imaplib.IMAP4.error, IMAPClientError, OSError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)[:200]
        where = (
            f"{host}, port {port}, does not answer as an IMAP server with security {security}"
            if session is None
            else host
        )
        raise Unavailable(f"{where}: {reason}") from error
    finally:
        if session is not None:
            session.shutdown()


def _refused(error: Exception, what: str) -> SourceError:
    """Sort a failed login (RFC 5530): a lost connection, the server's own trouble, too much, or a wrong secret."""
    text = str(error)[:200]
    if isinstance(error.__context__, imaplib.IMAP4.abort) or "[UNAVAILABLE]" in text.upper():
        return Unavailable(text)
    if "[LIMIT]" in text.upper() or "[INUSE]" in text.upper():
        return RateLimited(text)
    return Unauthorized(f"the server does not accept the {what}: {text}")
