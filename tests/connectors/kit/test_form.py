"""Every option becomes a field, every mistake points at its field, and secrets are kept apart."""

import json
from enum import Enum
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, DirectoryPath, Field, HttpUrl, SecretStr, model_validator

from connectors.kit import About, Connector
from connectors.kit.form import Fault, Input, OptionsError, build, fields, join, secrets, split

CANARY = "hunter2-canary"


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Example(Connector):
    """Something with every kind of option."""

    about = About(kind="news")

    url: HttpUrl = Field(title="Address", description="Where it is.", examples=["https://example.org"])
    token: SecretStr | None = None
    name: Annotated[str, Field(min_length=2, max_length=9, pattern="^[a-z]+$")] = "abc"
    query: Annotated[str, Field(json_schema_extra={"multiline": True})] = ""
    days: Annotated[int, Field(ge=1, le=90)] = 30
    share: float | None = None
    state: Literal["open", "all"] = "open"
    colour: Colour = Colour.BLUE
    replies: bool = False
    channels: list[str] = Field(default_factory=list)
    labels: list[Literal["a", "b"]] = Field(default_factory=lambda: ["a"])
    only: Literal["x"] = "x"
    file: Path | None = None
    folder: DirectoryPath | None = None
    depth: Annotated[int, Field(json_schema_extra={"rare": True})] = 3

    def fetch(self, run):
        yield {}

    def item(self, raw):
        return None

    @model_validator(mode="after")
    def _agree(self):
        if self.days == 7 and self.replies:
            raise ValueError("replies are not kept for a week")
        return self


BY_NAME = {field.name: field for field in fields(Example)}


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("url", Input.URL),
        ("token", Input.SECRET),
        ("name", Input.TEXT),
        ("query", Input.MULTILINE),
        ("days", Input.NUMBER),
        ("share", Input.NUMBER),
        ("state", Input.CHOICE),
        ("colour", Input.CHOICE),
        ("replies", Input.BOOL),
        ("channels", Input.LIST),
        ("labels", Input.LIST),
        ("only", Input.CHOICE),
        ("file", Input.PATH),
        ("folder", Input.PATH),
    ],
)
def test_a_type_becomes_the_field_that_fits_it(name, type_):
    assert BY_NAME[name].type is type_


def test_what_few_people_have_to_touch_is_said_to_be_rare():
    assert [name for name, field in BY_NAME.items() if field.rare] == ["depth"]


def test_fields_come_in_the_order_they_were_written():
    assert list(BY_NAME) == list(Example.model_fields)


def test_a_field_says_what_it_is_for_and_what_it_takes():
    url, name, days, state = (BY_NAME[each] for each in ("url", "name", "days", "state"))
    assert (url.title, url.description, url.example) == ("Address", "Where it is.", "https://example.org")
    assert (url.required, days.required) == (True, False)
    assert (days.title, days.default, days.minimum, days.maximum, days.step) == ("Days", 30, 1, 90, 1)
    assert (name.min_length, name.max_length, name.pattern) == (2, 9, "^[a-z]+$")
    assert state.choices == ("open", "all")
    assert BY_NAME["labels"].choices == ("a", "b")
    assert BY_NAME["only"].choices == ("x",)
    assert BY_NAME["share"].step is None


def test_defaults_can_be_written_as_json_and_give_no_secret_away():
    class Preset(Example):
        """With a secret that has a default."""

        token: SecretStr = SecretStr(CANARY)

    defaults = {field.name: field.default for field in fields(Preset)}
    assert json.loads(json.dumps(defaults)) == defaults
    assert (defaults["labels"], defaults["colour"], defaults["token"]) == (["a"], "blue", None)


@pytest.mark.parametrize("type_", [dict[str, str], list[list[str]], list[SecretStr], tuple[int, str], BaseModel])
def test_an_option_that_no_form_can_show_is_refused(type_):
    class Nested(Example):
        """With an option that is too much for a form."""

        odd: type_

    with pytest.raises(TypeError, match="no form can show the option 'odd'"):
        fields(Nested)


@pytest.mark.parametrize(
    ("values", "name", "type_", "word"),
    [
        ({}, "url", "missing", "required"),
        ({"url": "  "}, "url", "missing", "required"),
        ({"url": "nowhere"}, "url", "url_parsing", "URL"),
        ({"days": 0}, "days", "greater_than_equal", "1"),
        ({"state": "shut"}, "state", "literal_error", "'open'"),
        ({"labels": "a, c"}, "labels", "literal_error", "entry 2"),
        ({"chanels": "x"}, "chanels", "extra_forbidden", "not permitted"),
        ({"days": 7, "replies": True}, "", "value_error", "not kept for a week"),
    ],
)
def test_a_mistake_points_at_its_field(values, name, type_, word):
    given = values if name == "url" else {"url": "https://example.org"} | values
    with pytest.raises(OptionsError) as caught:
        build(Example, given)
    assert list(caught.value.errors) == [name]
    fault = caught.value.errors[name]
    assert isinstance(fault, Fault)
    assert fault.type == type_
    assert word in fault.text


def test_a_mistake_never_repeats_what_was_typed():
    with pytest.raises(OptionsError) as caught:
        build(Example, {"url": "https://example.org", "token": {"is": CANARY}, "days": CANARY})
    assert set(caught.value.errors) == {"token", "days"}
    assert CANARY not in f"{caught.value!s} {caught.value!r} {caught.value.errors} {caught.value.__cause__!r}"
    assert caught.value.__suppress_context__


def test_what_was_left_empty_has_its_default():
    made = build(Example, {"url": "https://example.org", "name": " ", "days": None, "labels": [], "token": ""})
    assert (made.name, made.days, made.labels, made.token) == ("abc", 30, ["a"], None)


@pytest.mark.parametrize("typed", ["general\n random \n", "general, random", ["general", "random"]])
def test_a_list_may_be_typed_as_text(typed):
    assert build(Example, {"url": "https://example.org", "channels": typed}).channels == ["general", "random"]


def test_a_stored_secret_stays_until_another_is_typed():
    values = {"url": "https://example.org", "token": ""}
    assert build(Example, values, kept={"token": CANARY}).token == SecretStr(CANARY)
    assert build(Example, values | {"token": "new"}, kept={"token": CANARY}).token == SecretStr("new")


def test_secrets_are_stored_apart_and_come_back():
    made = build(Example, {"url": "https://example.org", "token": CANARY, "colour": "red", "channels": "a\nb"})
    options, hidden = split(made)
    assert secrets(Example) == {"token"}
    assert hidden == {"token": CANARY}
    assert CANARY not in json.dumps(options)
    assert options == {"url": "https://example.org/", "colour": "red", "channels": ["a", "b"]}
    assert join(Example, json.loads(json.dumps(options)), hidden) == made


def test_options_without_secrets_have_none_to_store():
    assert split(build(Example, {"url": "https://example.org", "token": None}))[1] == {}
    assert split(join(Example, {"url": "https://example.org", "token": None}))[1] == {}


def test_stored_options_that_no_longer_fit_say_so():
    with pytest.raises(OptionsError, match="renamed"):
        join(Example, {"url": "https://example.org", "renamed": 1})
