"""The IMAP connector passes what every connector must, against a real server."""

from datetime import UTC, datetime
from typing import ClassVar

import pytest

from connectors.imap import Imap, ImapOAuth
from connectors.kit import Run
from connectors.kit.login import TokenLogin
from connectors.kit.testing import ConformanceWithoutTape


class MailConformance(ConformanceWithoutTape):
    """The same mails for both ways to log in."""

    @pytest.fixture(autouse=True)
    def mails(self, account) -> None:
        account.deliver("one", "two", "three", Cc="bob@example.org", Date="")
        account.deliver("read", flags=r"(\Seen \Flagged)", References="<one@example.org>")
        account.deliver("elsewhere", folder="Archive")
        self.account = account
        self.options = type(self).options | {
            "host": "127.0.0.1",
            "port": str(account.server.port),
            "security": "plain",
            "user": account.user,
            "folders": "INBOX, Arch*",
        }

    def run(self, cursor: object) -> Run:
        now = datetime(2026, 5, 1, tzinfo=UTC)
        return Run(http=None, dial=self.account.dial, now=now, cursor=cursor)


class TestImap(MailConformance):
    connector = Imap
    options: ClassVar = {"password": "secret-of-the-test"}


class TestImapOAuth(MailConformance):
    connector = ImapOAuth
    options: ClassVar = {
        "authorize_url": "https://login.example.org/authorize",
        "token_url": "https://login.example.org/token",
        "scopes": "https://mail.example.org/ offline_access",
        "client_id": "frontdesk",
        "client_secret": "secret-of-the-client",
    }

    @pytest.fixture(autouse=True)
    def connected(self, mails, account) -> None:
        self.login = TokenLogin(account.server.token(account.user))

    def run(self, cursor: object) -> Run:
        run = super().run(cursor)
        run.login = self.login
        return run
