"""For every check of the suite a connector that it must catch."""

import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import Field

from connectors.kit import (
    About,
    Bearer,
    Connector,
    Cursor,
    Events,
    Gone,
    Item,
    Misconfigured,
    Person,
    Role,
    Run,
    Snapshot,
    action,
)
from connectors.kit.net.guard import lookup
from tests.connectors.kit.chat import NOW, TOKEN, Chat, message


def changed(**names: Any) -> type[Connector]:
    """Return the good connector with something of it replaced."""
    doc = names.pop("doc", Chat.__doc__)
    return type(Chat)("Broken", (Chat,), {"__module__": __name__, "__doc__": doc, **names})


def items(**fields: Any) -> type[Connector]:
    """Return the connector with these fields of every item replaced."""

    def item(self: Any, raw: Any) -> Item:
        made = Chat.item(self, raw)
        for name, value in fields.items():
            setattr(made, name, value(made) if callable(value) else value)
        return made

    return changed(item=item)


def fetching(function: Any) -> type[Connector]:
    return changed(fetch=function)


def before(*things: Any) -> type[Connector]:
    """Return the connector whose fetch yields these things first."""

    def fetch(self: Any, run: Run) -> Events:
        yield from things
        yield from Chat.fetch(self, run)

    return fetching(fetch)


class PlainToken(Connector):
    """Messages for a token in the clear."""

    about = About(kind="chat", auth=Bearer("token"))
    token: str = ""

    def fetch(self, run):
        yield {}

    def item(self, raw):
        return None


class Nested(Chat):
    """Messages with an option that no form shows."""

    odd: dict[str, list[int]] = Field(default_factory=dict)


class Loose(Chat, extra="ignore"):
    """Messages whose options may be misspelt."""


class Mutable(Chat, frozen=False):
    """Messages whose options may change."""


class Leaky(Chat):
    """Messages that tell their token."""

    def __repr__(self) -> str:
        return f"Leaky({self.token.get_secret_value()})"


class Optional(Chat):
    """Messages whose required option is not noticed."""

    room: Literal["general"]

    @classmethod
    def model_validate(cls, *args, **kwargs):
        return cls.model_construct()


class Forgetful(Chat):
    """Messages that do not come back from storage."""

    def __eq__(self, other):
        return False

    __hash__ = None


class Dialling(Chat):
    """Messages that ask the network when they are made."""

    def model_post_init(self, context: Any) -> None:
        with suppress(OSError):
            lookup("localhost", 80)


class Clashing(Chat):
    """Messages with a method that pydantic has too."""

    def json(self):
        return ""


class Incomplete(Connector):
    """Messages without a translation."""

    about = About(kind="chat")

    def fetch(self, run):
        yield {}


def counting_item() -> Any:
    calls = iter(range(10**9))
    return lambda made: f"{made.id}-{next(calls)}"


def dials(self: Any, raw: Any) -> Item:
    with suppress(OSError):
        lookup("localhost", 80)
    return Chat.item(self, raw)


def spoils(self: Any, raw: Any) -> Item:
    made = Chat.item(self, raw)
    raw["seen"] = True
    return made


def local(self: Any, raw: Any) -> Item:
    made = Chat.item(self, raw)
    made.title = time.ctime(raw["at"])
    return made


def exits(self: Any, raw: Any) -> Item:
    if not isinstance(raw["text"], str):
        raise SystemExit(1)
    return Chat.item(self, raw)


def dialling_fetch(self: Any, run: Run) -> Events:
    with suppress(OSError):
        lookup("localhost", 80)
    yield from Chat.fetch(self, run)


def writing_fetch(self: Any, run: Run) -> Events:
    yield from Chat.fetch(self, run)
    run.http.post("messages", json={"answers": "m1", "text": "Thank you"})


def brittle_fetch(self: Any, run: Run) -> Events:
    for page in run.http.pages("messages", token="next", into="page", room=self.room):
        for each in page["messages"]:
            _ = each["seq"] + 1
            yield each


def costly_fetch(self: Any, run: Run) -> Events:
    for page in run.http.pages("messages", token="next", into="page", room=self.room):
        good = [each for each in page["messages"] if isinstance(each.get("text"), str)]
        yield from good if len(good) == len(page["messages"]) else []


def swallowing_fetch(self: Any, run: Run) -> Events:
    try:
        yield from Chat.fetch(self, run)
    except Exception:
        return


def renaming_fetch(self: Any, run: Run) -> Events:
    try:
        yield from Chat.fetch(self, run)
    except Exception as error:
        raise ValueError(error) from error


def telling_fetch(self: Any, run: Run) -> Events:
    try:
        yield from Chat.fetch(self, run)
    except Exception as error:
        raise Misconfigured(f"token {self.token.get_secret_value()}: {error}") from error


def circling_fetch(self: Any, run: Run) -> Events:
    while True:
        yield from run.http.get("messages", room=self.room).json()["messages"]


def forgetting_fetch(self: Any, run: Run) -> Events:
    first = Run(http=run.http, dial=run.dial, now=run.now)
    yield from Chat.fetch(self, first)


def eager_fetch(self: Any, run: Run) -> list[Any]:
    return list(Chat.fetch(self, run))


def ignorant_fetch(self: Any, run: Run) -> Events:
    yield from [message(0)]
    yield from Chat.fetch(self, run)


def stubborn_fetch(self: Any, run: Run) -> Events:
    try:
        yield from Chat.fetch(self, run)
    finally:
        raise RuntimeError("will not stop")


def doubtful_fetch(self: Any, run: Run) -> Events:
    if run.cursor:
        run.cursor["newest"] + 1
    yield from Chat.fetch(self, run)


@action
def reply(self, run, item, text):
    """Reply without saying what the text is."""


FakeCursor = type("Cursor", (), {"__doc__": "A class of another library that is called like ours."})


def silent(self: Any, run: Run, item: Item, text: str) -> None:
    return None


silent.__name__ = "reply"


def answering(self: Any, run: Run, item: Item, text: str) -> Any:
    Chat.reply(self, run, item, text)
    return "sent"


answering.__name__ = "reply"


def unknown(self: Any, run: Run, item: Item) -> None:
    return None


unknown.__frontdesk_action__ = True

BROKEN = [
    ("test_its_docstring_begins_with_one_sentence", changed(doc="Messages")),
    ("test_its_facts_are_known_ones", changed(about=None)),
    ("test_its_rate_can_be_read", changed(about=About(kind="chat", rate="fast"))),
    ("test_it_defines_fetch_and_item", Incomplete),
    ("test_its_options_make_a_form", Nested),
    ("test_its_options_are_what_the_test_gives", PlainToken, {"options": {"nothing": 1}}),
    ("test_its_names_clash_with_nothing", Clashing),
    ("test_a_missing_option_is_reported_at_its_field", Optional),
    ("test_an_unknown_option_is_refused", Loose),
    ("test_its_options_cannot_change_under_it", Mutable),
    ("test_its_options_survive_being_stored", Forgetful),
    ("test_a_copy_of_it_is_equal", Forgetful),
    ("test_its_secrets_show_nowhere", Leaky),
    ("test_its_secrets_are_secret_fields", PlainToken),
    ("test_its_login_names_options_that_exist", changed(about=About(kind="chat", auth=Bearer("key")))),
    ("test_its_addresses_name_options_that_exist", changed(about=About(kind="chat", base="{server}"))),
    ("test_its_actions_use_known_words", changed(unknown=unknown)),
    ("test_its_actions_ask_for_what_a_form_can_show", changed(reply=reply)),
    ("test_making_it_touches_nothing", Dialling),
    ("test_a_first_fetch_brings_items", changed(item=lambda self, raw: None)),
    ("test_every_record_translates", changed(item=lambda self, raw: raw["nothing"])),
    ("test_a_fetch_yields_records_and_not_items", fetching(lambda self, run: iter([Item(id="1")]))),
    ("test_ids_are_unique", items(id="1")),
    ("test_ids_are_the_same_in_every_run", items(id=counting_item())),
    ("test_items_are_the_same_in_every_run", items(title=counting_item())),
    ("test_ids_fit_into_the_store", items(id="x" * 513)),
    ("test_ids_fit_into_the_store", items(id=lambda made: f"{made.id}\0")),
    ("test_times_have_a_zone", items(created=NOW.replace(tzinfo=None))),
    ("test_what_ends_has_begun", items(start=NOW, end=datetime(2026, 1, 1, tzinfo=UTC))),
    ("test_texts_are_text", items(title=None)),
    ("test_names_of_places_are_text", items(channel="")),
    ("test_an_item_says_something", items(text="")),
    ("test_text_survives_json_and_utf8", items(text="\ud800")),
    ("test_text_survives_json_and_utf8", items(text="a\0b")),
    ("test_flags_are_true_or_false", items(direct=None)),
    ("test_states_are_true_false_or_unknown", items(unread=0)),
    ("test_kinds_and_importance_are_known", items(kind="chat")),
    ("test_kinds_and_importance_are_known", items(importance=5)),
    ("test_people_have_a_name_and_a_role", items(people=(Person(role=Role.TO),))),
    ("test_people_have_a_name_and_a_role", items(author={"name": "Ada"})),
    ("test_labels_and_attachments_are_tuples", items(labels=["a"])),
    ("test_labels_and_attachments_are_tuples", items(attachments=("a",))),
    ("test_links_are_safe_to_open", items(url="javascript:alert(1)")),
    ("test_translating_changes_nothing_and_asks_nobody", changed(item=spoils)),
    ("test_translating_changes_nothing_and_asks_nobody", changed(item=dials)),
    ("test_the_zone_of_the_machine_makes_no_difference", changed(item=local)),
    ("test_items_hold_no_secret", items(text=f"?token={TOKEN}")),
    ("test_events_are_well_formed", before(Gone(""))),
    ("test_cursors_survive_json", before(Cursor({1: 2}))),
    ("test_cursors_hold_no_secret", before(Cursor({"t": TOKEN}))),
    ("test_going_on_from_the_cursor_repeats_nothing", fetching(ignorant_fetch)),
    ("test_a_snapshot_lists_what_was_brought", before(Snapshot(ids=["m1"]))),
    ("test_a_fetch_can_be_left_early", fetching(stubborn_fetch)),
    ("test_a_fetch_does_nothing_before_it_is_asked", fetching(eager_fetch)),
    ("test_checking_the_options_succeeds", changed(check=lambda self, run: True)),
    ("test_a_cursor_that_makes_no_sense_is_no_crash", fetching(doubtful_fetch)),
    ("test_events_are_of_the_kit", before(FakeCursor())),
    ("test_a_damaged_record_is_no_crash", changed(item=exits)),
    ("test_a_damaged_record_costs_only_itself", fetching(brittle_fetch)),
    ("test_a_damaged_record_costs_only_itself", fetching(costly_fetch)),
    ("test_a_fetch_changes_nothing_at_the_backend", fetching(writing_fetch)),
    ("test_a_fetch_opens_no_socket_outside_its_run", fetching(dialling_fetch)),
    ("test_every_action_shows_on_the_tape", changed(reply=action(silent))),
    ("test_every_action_shows_on_the_tape", changed(reply=action(answering))),
    ("test_nothing_on_the_tape_is_left_over", changed(reply=action(silent))),
    ("test_a_refused_login_is_unauthorized", fetching(swallowing_fetch), {"status": 401}),
    ("test_what_is_not_there_is_misconfigured", fetching(renaming_fetch), {"status": 404}),
    ("test_too_many_requests_is_rate_limited_for_as_long_as_it_says", fetching(renaming_fetch)),
    ("test_a_broken_backend_is_unavailable", fetching(renaming_fetch), {"status": 500}),
    ("test_another_refusal_is_bad_data", fetching(swallowing_fetch), {"status": 418}),
    ("test_garbage_is_bad_data", fetching(swallowing_fetch), {"content": b"\0"}),
    ("test_json_of_another_shape_is_no_crash", fetching(brittle_fetch), {"shape": "null"}),
    ("test_half_a_reply_is_no_crash", fetching(renaming_fetch)),
    ("test_a_failure_halfway_keeps_what_came_before", fetching(renaming_fetch)),
    ("test_pages_that_go_in_circles_end", fetching(circling_fetch)),
    ("test_a_failure_tells_no_secret", fetching(telling_fetch)),
    ("test_checking_the_options_finds_a_refused_login", changed(check=lambda self, run: None)),
]
