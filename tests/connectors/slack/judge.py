"""Slack's own description of its Web API as the judge of every request and every answer.

The description (Swagger 2.0, slackapi/slack-api-specs) is from 2021 and contradicts itself in a few
places; only there the judge is milder, and each place is listed in :data:`MILDER`.
"""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from openapi_schema_validator import OAS30Validator

MILDER = (
    "a list of schemas under 'items' beside no type 'array' means one of them, as everywhere in the description",
    "'response_metadata' is allowed in every answer: its own examples of history and replies have it",
    "a history may be empty: an empty channel has no first message",
    "'edited' and 'subtype' are allowed in every message: the text describes them, some schemas leave them out",
    "'needed' and 'provided' are allowed in every error, as most have them",
    "the token may be in the header Authorization, as the text says, instead of in the parameter",
    "the vendor's SDK, and only it, posts what the description reads with GET",
    "429 is not described",
)
_WORDS = {"true": True, "false": False, "1": True, "0": False}


class Judge:
    """Collects what does not conform; a test that ends with anything in ``faults`` has failed."""

    def __init__(self, document: Path) -> None:
        described = json.loads(document.read_text())
        self._paths = described["paths"]
        self._definitions = _mild(described["definitions"])
        self._validators: dict[tuple[str, str], OAS30Validator] = {}
        self.faults: list[str] = []
        self.judged: set[str] = set()

    def request(self, method: str, name: str, query: str, body: str, headers: dict[str, str]) -> None:
        operations = self._paths.get(f"/{name}", {})
        sdk = "slackclient" in headers.get("user-agent", "")
        operation = operations.get(method.lower()) or (operations.get("get") if sdk else None)
        if operation is None:
            self.faults.append(f"{method} {name} is not described")
            return
        sent = headers.get("content-type", "").partition(";")[0]
        if body and sent not in operation["consumes"]:
            self.faults.append(f"{name}: {operation['consumes']} is described, not {sent}")
            return
        described = {one["name"]: one for one in operation["parameters"]}
        query_given, form = dict(parse_qsl(query)), _fields(body, headers)
        for parameter, value in {**query_given, **form}.items():
            if parameter not in described:
                self.faults.append(f"{name}: no parameter {parameter!r} is described")
            elif not _fits(described[parameter]["type"], value):
                self.faults.append(f"{name}: {parameter}={value!r} is not {described[parameter]['type']}")
            elif not sdk and (described[parameter]["in"] == "formData") != (parameter in form):
                self.faults.append(f"{name}: {parameter} belongs into {described[parameter]['in']}")
        for parameter, one in described.items():
            given = (
                parameter in query_given or parameter in form or (parameter == "token" and "authorization" in headers)
            )
            if one.get("required") and not given:
                self.faults.append(f"{name}: {parameter} is required")

    def answer(self, method: str, name: str, status: int, body: dict[str, Any]) -> None:
        operations = self._paths.get(f"/{name}", {})
        operation = operations.get(method.lower()) or operations.get("get")
        if operation is None or status != 200:
            return
        self.judged.add(name)
        for error in self._validator(name, operation, "200" if body["ok"] else "default").iter_errors(body):
            self.faults.append(f"{name} answered: {error.json_path}: {error.message[:300]}")

    def _validator(self, name: str, operation: dict[str, Any], outcome: str) -> OAS30Validator:
        if (name, outcome) not in self._validators:
            schema = _mild(operation["responses"][outcome]["schema"])
            schema["properties"]["response_metadata"] = {"type": "object"}
            self._validators[name, outcome] = OAS30Validator(schema | {"definitions": self._definitions})
        return self._validators[name, outcome]


def _fields(body: str, headers: dict[str, str]) -> dict[str, str]:
    """Return what a body holds, a form or JSON."""
    is_json = headers.get("content-type", "").startswith("application/json")
    return json.loads(body or "{}") if is_json else dict(parse_qsl(body))


def _fits(type_: str, value: str) -> bool:
    match type_:
        case "integer":
            return value.isdecimal()
        case "number":
            return value.replace(".", "", 1).isdecimal()
        case "boolean":
            return value in _WORDS
    return True


def _mild(schema: Any) -> Any:
    """Return a schema with the exceptions of :data:`MILDER`."""
    if isinstance(schema, list):
        return [_mild(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: _mild(value) for name, value in schema.items()}
    if isinstance(found.get("items"), list) and found.get("type") != "array":
        found["anyOf"] = found.pop("items")
    if isinstance(found.get("type"), list):  # Swagger 2.0 knows no list of types; a schema for each says the same
        kinds = found.pop("type")
        found["anyOf"] = [{"nullable": True, "enum": [None]} if kind == "null" else {"type": kind} for kind in kinds]
    elif found.get("type") == "null":
        found = {"nullable": True, "enum": [None]}
    properties = found.get("properties")
    if isinstance(properties, dict) and {"ts", "text", "thread_ts"} <= set(properties):
        properties |= {"edited": {"type": "object", "required": ["user", "ts"]}, "subtype": {"type": "string"}}
    if isinstance(properties, dict) and "error" in properties:
        properties |= {"needed": {"type": "string"}, "provided": {"type": "string"}}
    if isinstance(properties, dict) and isinstance(properties.get("messages"), dict):
        properties["messages"].pop("minItems", None)
    return found
