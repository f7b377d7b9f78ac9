"""Checks on what a connector declares: its sentence, its options, its secrets, its imports."""

import ast
import copy
import inspect
import json
import re
from collections.abc import Iterator

from pydantic import BaseModel, ValidationError

from connectors.kit.auth import Basic, Bearer, OAuth2
from connectors.kit.contract import ACTIONS, About, Connector
from connectors.kit.form import Input, OptionsError, build, fields, join, secrets, split
from connectors.kit.item import Kind
from connectors.kit.testing.isolation import watched
from connectors.kit.testing.subject import Subject, require, sources_of

_CANARY = "canary-7b1e90"
_NETWORK = frozenset(
    [
        "aiohttp",
        "asyncio",
        "http.client",
        "httpcore",
        "httpx",
        "requests",
        "socket",
        "socketserver",
        "urllib.request",
        "urllib3",
        "websockets",
    ]
)
_CLOCKS = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time|time\.localtime)\(")
_SECRET_NAMES = re.compile(r"(^|_)(password|passwd|secret|token|api_?key|credential)s?$")
_OVERRIDABLE = frozenset(("about", "fetch", "item", "discover", "check", "explain", "model_config"))
_BRACES = re.compile(r"{(\w+)}")


class DeclarationChecks(Subject):
    """What can be said about a connector before it runs."""

    def test_its_docstring_begins_with_one_sentence(self) -> None:
        line = (self.connector.__doc__ or "").strip().partition("\n")[0]
        require(line.endswith(".") and len(line) <= 100, f"say in one line what it is, with a full stop: {line!r}")

    def test_its_facts_are_known_ones(self) -> None:
        about = getattr(self.connector, "about", None)
        require(isinstance(about, About), "about = About(kind=...) is missing")
        Kind(self.connector.about.kind)

    def test_its_rate_can_be_read(self) -> None:
        rate = self.connector.about.rate
        require(rate is None or re.fullmatch(r"\d+/\d*[smhd]", rate), f"write a rate as '50/m', not {rate!r}")

    def test_it_defines_fetch_and_item(self) -> None:
        missing = sorted(getattr(self.connector, "__abstractmethods__", ()))
        require(not missing, f"it does not define {', '.join(missing)}")

    def test_its_options_make_a_form(self) -> None:
        named = [field.name for field in fields(self.connector)]
        require(named == list(self.connector.model_fields), "a field of the form is missing")

    def test_its_options_are_what_the_test_gives(self) -> None:
        build(self.connector, self.options)

    def test_its_names_clash_with_nothing(self) -> None:
        clashes = sorted(_clashes(self.connector))
        require(not clashes, f"these names belong to the contract or to pydantic: {', '.join(clashes)}")

    def test_a_missing_option_is_reported_at_its_field(self) -> None:
        required = {field.name for field in fields(self.connector) if field.required}
        require(_mistakes(self.connector, {}) >= required, "a required option is missing and nobody says so")

    def test_an_unknown_option_is_refused(self) -> None:
        found = _mistakes(self.connector, {**self.options, "no_such_option": 1})
        require("no_such_option" in found, 'keep extra="forbid": a misspelt option would be lost')

    def test_its_options_cannot_change_under_it(self) -> None:
        made = self.made()
        for name in self.connector.model_fields:
            try:
                setattr(made, name, getattr(made, name))
            except ValidationError:
                continue
            require(False, f"keep frozen=True: {name} could be changed while a fetch runs")

    def test_its_options_survive_being_stored(self) -> None:
        options, hidden = split(self.made())
        again = join(self.connector, json.loads(json.dumps(options)), json.loads(json.dumps(hidden)))
        require(again == self.made(), "the options do not come back from JSON as they were")

    def test_a_copy_of_it_is_equal(self) -> None:
        made = self.made()
        require(copy.deepcopy(made) == made, "a copy differs")

    def test_its_secrets_show_nowhere(self) -> None:
        hidden = secrets(self.connector)
        made = build(self.connector, {**self.options, **dict.fromkeys(hidden, _CANARY)}) if hidden else self.made()
        shown = f"{made!r} {made} {made.model_dump()} {made.model_dump_json()} {split(made)[0]}"
        require(_CANARY not in shown, f"a secret can be read: {shown}")

    def test_its_secrets_are_secret_fields(self) -> None:
        named = {field.name for field in fields(self.connector) if _SECRET_NAMES.search(field.name)}
        plain = sorted(named - secrets(self.connector))
        require(not plain, f"make these a SecretStr: {', '.join(plain)}")

    def test_its_login_names_options_that_exist(self) -> None:
        auth = self.connector.about.auth
        names = {field.name: field.type for field in fields(self.connector)}
        hidden = {Bearer: ("option",), Basic: ("password",), OAuth2: ("client_secret",)}.get(type(auth), ())
        for attribute in hidden:
            option = getattr(auth, attribute)
            require(
                option is None or names.get(option) is Input.SECRET, f"the login needs a SecretStr named {option!r}"
            )

    def test_its_addresses_name_options_that_exist(self) -> None:
        about = self.connector.about
        texts = [about.base or ""] + (
            [about.auth.authorize, about.auth.token, *about.auth.scopes] if isinstance(about.auth, OAuth2) else []
        )
        unknown = {name for text in texts for name in _BRACES.findall(text)} - set(self.connector.model_fields)
        require(not unknown, f"no option is named {', '.join(sorted(unknown))}")

    def test_its_actions_use_known_words(self) -> None:
        marked = [name for name, method in vars(self.connector).items() if hasattr(method, "__frontdesk_action__")]
        require(set(marked) <= ACTIONS, f"unknown actions: {sorted(set(marked) - ACTIONS)}")

    def test_its_actions_ask_for_what_a_form_can_show(self) -> None:
        for name, method in self.connector.actions().items():
            _, run, item, *asked = inspect.signature(method).parameters.values()
            require((run.name, item.name) == ("run", "item"), f"{name} takes self, run, item, and what is asked for")
            bare = [parameter.name for parameter in asked if parameter.annotation is parameter.empty]
            require(not bare, f"{name} must say the type of {', '.join(bare)}")

    def test_it_has_no_network_of_its_own(self) -> None:
        for path, source in sources_of(self.connector).items():
            found = {name for name in _imports(source) if name in _NETWORK or name.partition(".")[0] in _NETWORK}
            require(not found, f"{path.name} imports {', '.join(sorted(found))}: all network is run.http and run.dial")

    def test_it_imports_nothing_of_the_dashboard(self) -> None:
        for path, source in sources_of(self.connector).items():
            found = {name for name in _imports(source) if name.partition(".")[0] in {"dashboard", "streamlit"}}
            require(not found, f"{path.name} imports {', '.join(sorted(found))}")

    def test_it_reads_no_clock_but_that_of_the_run(self) -> None:
        for path, source in sources_of(self.connector).items():
            found = _CLOCKS.search(source)
            require(not found, f"{path.name} calls {found and found[0]}...): use run.now")

    def test_making_it_touches_nothing(self) -> None:
        with watched() as seen:
            self.made()
        require(not seen, f"making the connector tried {seen}")


def _mistakes(connector: type[Connector], values: object) -> set[str]:
    try:
        build(connector, values)  # type: ignore[arg-type]
    except OptionsError as error:
        return set(error.errors)
    return set()


def _clashes(connector: type[Connector]) -> Iterator[str]:
    taken = set(dir(Connector)) | set(dir(BaseModel))
    for each in connector.__mro__[: connector.__mro__.index(Connector)]:
        own = {name for name, value in vars(each).items() if not name.startswith("_") and name not in _OVERRIDABLE}
        written = own & {name for name in own if _written(each, name)}
        yield from ((written | set(vars(each).get("__annotations__", {}))) - _OVERRIDABLE) & taken


def _written(cls: type, name: str) -> bool:
    """Whether a name in a class comes from its author and not from pydantic's machinery."""
    value = inspect.unwrap(getattr(vars(cls)[name], "__func__", vars(cls)[name]))
    return getattr(value, "__module__", cls.__module__) == cls.__module__


def _imports(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
