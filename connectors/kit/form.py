"""Turns a connector class into form fields, typed values into a connector, and a connector into what is stored."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from connectors.kit.contract import Connector

_AnyConnector = TypeVar("_AnyConnector", bound=Connector)


class Input(StrEnum):
    """What a field looks like on the page and how its value is typed on a command line."""

    TEXT = "text"
    MULTILINE = "multiline"
    SECRET = "secret"  # noqa: S105  the name of a kind of field
    NUMBER = "number"
    CHOICE = "choice"
    BOOL = "bool"
    LIST = "list"
    URL = "url"
    PATH = "path"


_SCALARS = {"integer": Input.NUMBER, "number": Input.NUMBER, "boolean": Input.BOOL}
_STRINGS = {"password": Input.SECRET, "uri": Input.URL} | dict.fromkeys(
    ("path", "file-path", "directory-path"), Input.PATH
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One option as a form shows it.

    ``default`` is what JSON can hold, None for a secret. ``choices`` are the allowed values of a
    choice, or of each entry of a list. ``step`` is 1 for whole numbers. ``rare`` is what few people
    have to touch: the page folds it away.
    """

    name: str
    type: Input
    required: bool
    default: Any = None
    title: str = ""
    description: str = ""
    example: str = ""
    choices: tuple[Any, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    step: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    rare: bool = False


class Fault(NamedTuple):
    """What is wrong with one value: pydantic's error type, to translate by, and its English sentence."""

    type: str
    text: str


class OptionsError(ValueError):
    """Values that make no connector; ``errors`` says why by field name, ``""`` for all of them together.

    It never contains the values themselves, which may be secrets.
    """

    def __init__(self, errors: Mapping[str, Fault]) -> None:
        super().__init__("; ".join(f"{name}: {fault.text}" if name else fault.text for name, fault in errors.items()))
        self.errors = dict(errors)


def fields(connector: type[Connector]) -> list[Field]:
    """Return the options in the order they were written. Raises TypeError for one that no form can show."""
    schema = connector.model_json_schema()
    definitions = schema.get("$defs", {})
    return [
        _field(name, info, _plain(schema["properties"][info.alias or name], definitions))
        for name, info in connector.model_fields.items()
    ]


def secrets(connector: type[Connector]) -> frozenset[str]:
    """Return the names of the options that are stored encrypted."""
    return frozenset(field.name for field in fields(connector) if field.type is Input.SECRET)


def build(
    connector: type[_AnyConnector], values: Mapping[str, Any], *, kept: Mapping[str, str] | None = None
) -> _AnyConnector:
    """Make a connector from what a person typed. Raises OptionsError.

    An empty value counts as not given, so a default applies. A list may come as text, one entry
    to a line or between commas. ``kept`` are the stored secrets: one that is not typed again stays.
    """
    listed = {field.name for field in fields(connector) if field.type is Input.LIST}
    given = {name: _entries(value) if name in listed else value for name, value in values.items()}
    given = {name: value for name, value in given.items() if not _empty(value)}
    return _validated(connector, {**(kept or {}), **given})


def split(connector: Connector) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the options that JSON may hold in the clear, and the secrets apart.

    Only what was given is stored, so that a default that becomes better later applies to all.
    """
    hidden = secrets(type(connector))
    plain = connector.model_dump(mode="json", exclude_unset=True, exclude=set(hidden))
    values = {name: getattr(connector, name) for name in sorted(hidden & connector.model_fields_set)}
    return plain, {name: value.get_secret_value() for name, value in values.items() if isinstance(value, SecretStr)}


def join(
    connector: type[_AnyConnector], options: Mapping[str, Any], hidden: Mapping[str, str] | None = None
) -> _AnyConnector:
    """Make the connector again that :func:`split` took apart. Raises OptionsError."""
    return _validated(connector, {**options, **(hidden or {})})


def _validated(connector: type[_AnyConnector], values: Mapping[str, Any]) -> _AnyConnector:
    try:
        return connector.model_validate(values)
    except ValidationError as error:
        faults: dict[str, Fault] = {}
        for problem in error.errors(include_url=False, include_context=False, include_input=False):
            name, *inside = problem["loc"] or ("",)
            where = f"entry {inside[0] + 1}: " if inside and isinstance(inside[0], int) else ""
            faults.setdefault(str(name), Fault(problem["type"], where + problem["msg"].removeprefix("Value error, ")))
        # Without the original error: it can quote values.
        raise OptionsError(faults) from None


def _field(name: str, info: FieldInfo, schema: Mapping[str, Any]) -> Field:
    type_ = _input(name, schema)
    default = None
    if type_ is not Input.SECRET and not info.is_required():
        default = to_jsonable_python(info.get_default(call_default_factory=True))
    inner = schema.get("items", {}) if type_ is Input.LIST else schema
    return Field(
        name=name,
        type=type_,
        required=info.is_required(),
        default=default,
        title=info.title or name.replace("_", " ").capitalize(),
        description=info.description or "",
        example=str(info.examples[0]) if info.examples else "",
        choices=tuple(inner.get("enum", [inner["const"]] if "const" in inner else [])),
        minimum=schema.get("minimum", schema.get("exclusiveMinimum")),
        maximum=schema.get("maximum", schema.get("exclusiveMaximum")),
        step=1 if schema.get("type") == "integer" else None,
        min_length=schema.get("minLength"),
        max_length=schema.get("maxLength"),
        pattern=schema.get("pattern"),
        rare=bool(schema.get("rare")),
    )


def _input(name: str, schema: Mapping[str, Any]) -> Input:
    """Choose the kind of field for a schema without references and alternatives. Raises TypeError."""
    type_, items = schema.get("type"), schema.get("items")
    if "enum" in schema or "const" in schema:
        return Input.CHOICE
    if type_ == "string":
        return _STRINGS.get(schema.get("format", ""), Input.MULTILINE if schema.get("multiline") else Input.TEXT)
    if type_ == "array" and items and _input(name, items) not in {Input.LIST, Input.SECRET}:
        return Input.LIST
    if type_ in _SCALARS:
        return _SCALARS[type_]
    raise TypeError(f"no form can show the option {name!r}: {schema}")


def _plain(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """Follow references and leave out the null of an optional type."""
    found = dict(schema)
    if "$ref" in found:
        found |= definitions[found.pop("$ref").rpartition("/")[2]]
    if "anyOf" in found:
        kept = [each for each in found.pop("anyOf") if each.get("type") != "null"]
        # Several alternatives have the form of the first; the model itself decides what is valid.
        found |= _plain(kept[0], definitions)
    if "items" in found:
        found["items"] = _plain(found["items"], definitions)
    return found


def _entries(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return [entry.strip() for entry in re.split(r"[\n,]", value) if entry.strip()]


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or value == []
