"""The values of a connector's options as plain text, for addresses and logins."""

import re
from collections.abc import Iterator

from pydantic import AnyUrl, SecretStr

from connectors.kit.contract import Connector
from connectors.kit.errors import Misconfigured

_NAME = re.compile(r"\{(\w+)\}")


def option(connector: Connector, name: str) -> str:
    """Return the value of an option, the content of a secret included. Raises Misconfigured where there is none."""
    if name not in type(connector).model_fields:
        raise Misconfigured(f"there is no option named {name}")
    value = getattr(connector, name)
    return value.get_secret_value() if isinstance(value, SecretStr) else "" if value is None else str(value)


def filled(connector: Connector, template: str) -> str:
    """Return an address with the options that it names in braces put in (``"{server}/api"``)."""
    return _NAME.sub(lambda match: option(connector, match[1]).rstrip("/"), template)


def addresses(connector: Connector) -> Iterator[str]:
    """Yield the values of the options that are web addresses."""
    for name in type(connector).model_fields:
        value = getattr(connector, name)
        if isinstance(value, AnyUrl) and value.scheme in {"http", "https"}:
            yield str(value)


def has_secret(connector: Connector) -> bool:
    """Whether an option is a secret that has been filled in."""
    return any(isinstance(value, SecretStr) and value.get_secret_value() for _, value in connector)
