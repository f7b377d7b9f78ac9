"""The IMAP connector passes what every connector must, against a real server."""

from datetime import UTC, datetime
from typing import ClassVar

import pytest

from connectors.imap import Imap
from connectors.kit import Run
from connectors.kit.testing import ConformanceWithoutTape


class TestImap(ConformanceWithoutTape):
    connector = Imap
    options: ClassVar = {"host": "127.0.0.1", "user": "me@example.org", "password": "secret-of-the-test"}

    @pytest.fixture(autouse=True)
    def mails(self, account) -> None:
        account.deliver("one", "two", "three", Cc="bob@example.org", Date="")
        account.deliver("read", flags=r"(\Seen \Flagged)", References="<one@example.org>")
        account.deliver("elsewhere", folder="Archive")
        self.account = account
        self.options = {
            "host": "127.0.0.1",
            "port": str(account.server.port),
            "security": "plain",
            "user": account.user,
            "password": account.password,
            "folders": "INBOX, Arch*",
        }

    def run(self, cursor: object) -> Run:
        now = datetime(2026, 5, 1, tzinfo=UTC)
        return Run(http=None, dial=self.account.dial, now=now, cursor=cursor)
