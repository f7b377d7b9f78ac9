"""The status page passes every check, and says what matters about an incident."""

from frontdesk_status import Status

from connectors.kit import Importance
from connectors.kit.testing import Conformance


class TestStatus(Conformance):
    connector = Status
    options = {"page": "https://status.example.org"}  # noqa: RUF012
    tape = "status.json"

    def test_a_resolved_incident_is_done(self) -> None:
        newest, oldest = self.items()
        assert (newest.done, oldest.done) == (False, True)
        assert newest.importance is Importance.HIGH
