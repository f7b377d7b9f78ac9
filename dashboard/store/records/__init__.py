"""What crosses the border of the store: plain records, every time aware UTC."""

from connectors.kit import Attachment, Importance, Item, Kind, Person
from dashboard.store.records.administration import (
    KEEPER,
    OPERATOR,
    Account,
    Actor,
    AuditRecord,
    ConnectorHealth,
    Default,
    Operator,
    Survey,
)
from dashboard.store.records.items import Batch, Entry, Facts, Flag, Hit, Mark, Rev, Step, Tally, Trace
from dashboard.store.records.people import Employee, Login
from dashboard.store.records.sources import Audience, Health, HealthChange, Source

__all__ = [
    "KEEPER",
    "OPERATOR",
    "Account",
    "Actor",
    "Attachment",
    "Audience",
    "AuditRecord",
    "Batch",
    "ConnectorHealth",
    "Default",
    "Employee",
    "Entry",
    "Facts",
    "Flag",
    "Health",
    "HealthChange",
    "Hit",
    "Importance",
    "Item",
    "Kind",
    "Login",
    "Mark",
    "Operator",
    "Person",
    "Rev",
    "Source",
    "Step",
    "Survey",
    "Tally",
    "Trace",
]
