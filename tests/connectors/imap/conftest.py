"""Dovecot in three moods, a mailbox in it, and a source that reads it."""

import importlib.util
import ssl
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from connectors.imap import Imap, ImapOAuth
from connectors.kit.dial import GuardedDial
from connectors.kit.net.guard import Guard


def _sibling(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"imap_tests_{name}", Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


dovecots = _sibling("dovecot")
SERVERS = {"qresync": (), "condstore": ("QRESYNC",), "plain": ("QRESYNC", "CONDSTORE", "ESEARCH", "MOVE")}


class Account:
    """One account on a server, as another mail program of the same person sees it."""

    def __init__(self, server, desk_of) -> None:
        self.server = server
        self.password = dovecots.PASSWORD
        self.user = f"{uuid.uuid4().hex[:12]}@example.org"
        self.client = server.client(self.user)
        self._desk_of = desk_of
        context = ssl.create_default_context(cafile=str(server.home / "cert.pem"))
        guard = Guard(allow=["127.0.0.0/8"], ports=[server.port, server.tls_port])
        self.dial = GuardedDial(guard, tls=context)

    def deliver(self, *subjects: str, folder: str = "INBOX", flags: str = "", **fields: str) -> None:
        for subject in subjects:
            given = {"From": "Ada <ada@example.org>", "To": self.user, "Subject": subject}
            given |= {"Message-ID": f"<{subject}@example.org>", "Date": "Tue, 7 Apr 2026 10:00:00 +0000"} | fields
            text = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value)
            self.client.append(folder, flags, None, f"{text}\r\nThis is {subject}\r\n".encode())

    def select(self, folder: str = "INBOX") -> list[bytes]:
        """Return the UIDs of a folder, open for changes."""
        self.client.select(folder)
        return self.client.uid("SEARCH", "ALL")[1][0].split()

    def store(self, uid: bytes, flag: str, how: str = "+FLAGS") -> None:
        self.client.uid("STORE", uid.decode(), how, flag)

    def expunge(self, uid: bytes) -> None:
        self.store(uid, "(\\Deleted)")
        self.client.expunge()

    def flags(self, folder: str = "INBOX") -> list[bytes]:
        self.client.select(folder, readonly=True)
        return sorted(self.client.fetch("1:*", "(UID FLAGS)")[1])

    def source(self, **options):
        """Return a source with the options, and with ``token`` one that logs in with it."""
        token = options.pop("token", None)
        url = f"http://127.0.0.1:{self.server.port}"
        client = {"authorize_url": f"{url}/authorize", "token_url": f"{url}/token", "client_id": "frontdesk"}
        given = {"host": "127.0.0.1", "port": self.server.port, "security": "plain", "user": self.user}
        given |= client if token else {"password": self.password}
        desk = self._desk_of((ImapOAuth if token else Imap)(**given | options))
        plain = desk.run

        def run(now=None):
            made = plain(now)
            made.dial = self.dial
            made.login = Login(token) if token else None
            return made

        desk.run = run
        return desk


class Login:
    """A login that cannot renew its token, and counts how often it is asked."""

    asked = 0

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self, *, fresh: bool = False) -> str:
        return self._token


@pytest.fixture(scope="session")
def dovecot(program) -> Iterator[object]:
    """Return a function that starts a Dovecot in one of the moods, once."""
    found = program("dovecot")
    running = {}

    def start(mood: str = "qresync"):
        if mood not in running:
            running[mood] = dovecots.Dovecot(found, SERVERS[mood])
        return running[mood]

    yield start
    for server in running.values():
        server.stop()


@pytest.fixture
def account(dovecot, desk_of) -> Account:
    return Account(dovecot(), desk_of)


@pytest.fixture(params=SERVERS)
def any_account(request, dovecot, desk_of) -> Account:
    """Return an account on a server that tells what vanished, on one that tells changes, on one that tells neither."""
    return Account(dovecot(request.param), desk_of)
