"""What connectors are made of; everything a plugin author imports comes from here."""

from connectors.kit.auth import Basic, Bearer, Login, OAuth2
from connectors.kit.contract import About, Connector, Run, action
from connectors.kit.errors import BadData, Misconfigured, RateLimited, SourceError, Unauthorized, Unavailable
from connectors.kit.html.sanitizer import safe_html
from connectors.kit.item import (
    Attachment,
    Change,
    Cursor,
    Event,
    Events,
    Gone,
    Importance,
    Item,
    Kind,
    NotBefore,
    Person,
    Progress,
    Read,
    Role,
    Snapshot,
)
from connectors.kit.text import plain, shorten, tidy
from connectors.kit.times import utc
from connectors.kit.web import Http, Reply

__all__ = [
    "About",
    "Attachment",
    "BadData",
    "Basic",
    "Bearer",
    "Change",
    "Connector",
    "Cursor",
    "Event",
    "Events",
    "Gone",
    "Http",
    "Importance",
    "Item",
    "Kind",
    "Login",
    "Misconfigured",
    "NotBefore",
    "OAuth2",
    "Person",
    "Progress",
    "RateLimited",
    "Read",
    "Reply",
    "Role",
    "Run",
    "Snapshot",
    "SourceError",
    "Unauthorized",
    "Unavailable",
    "action",
    "plain",
    "safe_html",
    "shorten",
    "tidy",
    "utc",
]
