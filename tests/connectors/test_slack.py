"""The Slack connector passes what every connector must; what is special to it is in the folder beside."""

from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import pytest

from connectors.kit import Run
from connectors.kit.files import Files
from connectors.kit.testing import Conformance, ConformanceWithoutTape
from connectors.slack.api import Slack
from connectors.slack.export import SlackExport


class TestSlack(Conformance):
    connector = Slack
    options: ClassVar = {"token": "xoxp-secret-of-the-test"}
    tape = "slack.json"
    acts: ClassVar = {"reply": {"text": "Coming"}}


class TestSlackExport(ConformanceWithoutTape):
    connector = SlackExport
    options: ClassVar = {"path": "export"}

    @pytest.fixture(autouse=True)
    def export(self, tmp_path: Path) -> None:
        self.folder = tmp_path
        self.options = {"path": str(tmp_path), "me": ["mina"]}
        (tmp_path / "general").mkdir()
        (tmp_path / "users.json").write_text('[{"id": "U1", "name": "mina"}, {"id": "U2", "name": "ada"}]')
        (tmp_path / "channels.json").write_text('[{"id": "C1", "name": "general"}]')
        day = '[{"type": "message", "user": "U2", "text": "<@U1> look", "ts": "1769767200.000100"}]'
        (tmp_path / "general" / "2026-01-30.json").write_text(day)

    def run(self, cursor: object) -> Run:
        now = datetime(2026, 2, 1, tzinfo=UTC)
        return Run(http=None, dial=None, files=Files([self.folder]), now=now, cursor=cursor)
