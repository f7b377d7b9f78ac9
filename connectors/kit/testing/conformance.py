"""The two suites: one for connectors that speak HTTP, one for those with a protocol of their own."""

from connectors.kit.testing.actions import ActionChecks
from connectors.kit.testing.declaration import DeclarationChecks
from connectors.kit.testing.failures import FailureChecks
from connectors.kit.testing.hostility import HostileRecordChecks, HostileReplyChecks
from connectors.kit.testing.items import ItemChecks
from connectors.kit.testing.progress import ProgressChecks


class ConformanceWithoutTape(DeclarationChecks, ItemChecks, ProgressChecks, HostileRecordChecks):
    """The checks for a connector that does not speak HTTP; override :meth:`run` to hand it its backend.

    ::

        class TestNotes(ConformanceWithoutTape):
            connector = Notes
            options = {"folder": "notes"}

            def run(self, cursor):
                return Run(http=None, dial=None, files=Files([FOLDER]), now=NOW, cursor=cursor)
    """


class Conformance(ActionChecks, FailureChecks, HostileReplyChecks, ConformanceWithoutTape):
    """The checks for a connector that speaks HTTP, played from a tape in ``tapes/`` beside the test.

    ::

        class TestStatus(Conformance):
            connector = Status
            options = {"page": "https://status.example.org"}
            tape = "status.json"
    """
