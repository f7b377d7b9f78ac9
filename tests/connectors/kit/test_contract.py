"""What a connector declares is checked when it is written, not when a person meets it."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import Field, ValidationError

from connectors.kit import About, BadData, Connector, Cursor, Events, Item, Progress, Run, action
from connectors.kit.contract import duration


class Numbers(Connector):
    """Yields the numbers that it is given."""

    about = About(kind="note")

    numbers: list[int] = Field(default=[])

    def fetch(self, run: Run) -> Events:
        for number in self.numbers:
            READ.append(number)
            yield number

    def item(self, raw: int) -> Item | None:
        if raw < 0:
            raise ValueError("negative")
        return Item(id=str(raw)) if raw else None

    @action
    def complete(self, run: Run, item: Item) -> None:
        """Do nothing."""


READ: list[int] = []


@pytest.fixture
def run():
    READ.clear()
    return Run(http=None, dial=None, now=datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        ("6h", timedelta(hours=6)),
        ("1d", timedelta(days=1)),
    ],
)
def test_a_duration_is_written_as_people_write_it(text, length):
    assert duration(text) == length


@pytest.mark.parametrize("text", ["", "15", "m", "1w", "-1m", "1.5h", "15 m"])
def test_anything_else_is_no_duration(text):
    with pytest.raises(ValueError, match="not a duration"):
        duration(text)


@pytest.mark.parametrize(
    "facts",
    [{"kind": "newspaper"}, {"kind": "news", "every": "10s", "fastest": "1m"}, {"kind": "news", "every": "2d"}],
)
def test_facts_that_cannot_be_are_refused_at_once(facts):
    with pytest.raises(ValueError, match=r"newspaper|between fastest and slowest"):
        About(**facts)


def test_an_action_has_one_of_the_known_names():
    with pytest.raises(TypeError, match="unknown action 'explode'"):

        @action
        def explode(self, run: Run, item: Item) -> None: ...


def test_what_a_connector_can_do_is_what_it_has_methods_for():
    assert list(Numbers.actions()) == ["complete"]


def test_a_check_reads_until_the_first_item_and_no_further(run):
    assert Numbers(numbers=[0, 0, 5, 6]).check(run) is None
    assert READ == [0, 0, 5]


def test_a_check_goes_on_after_a_record_that_cannot_be_read(run):
    assert Numbers(numbers=[-1, 0, -1, 5, 6]).check(run) is None
    assert READ == [-1, 0, -1, 5]


@pytest.mark.parametrize("count", [1, 1000])
def test_a_check_fails_where_no_record_can_be_read_and_gives_up_after_a_hundred(run, count):
    with pytest.raises(BadData, match="ValueError: negative"):
        Numbers(numbers=[-1] * count).check(run)
    assert len(READ) == min(count, 100)


def test_the_end_of_a_fetch_does_not_make_a_check_of_unreadable_records_well(run):
    class Ending(Numbers):
        def fetch(self, run: Run) -> Events:
            yield from super().fetch(run)
            yield Cursor("end")

    with pytest.raises(BadData, match="no record can be read"):
        Ending(numbers=[-1]).check(run)
    assert Ending(numbers=[0]).check(run) is None
    assert Ending(numbers=[-1, 0]).check(run) is None


def test_a_check_of_a_source_with_nothing_in_it_is_well(run):
    assert Numbers().check(run) is None


def test_a_word_about_the_progress_is_enough_for_a_check(run):
    class Slow(Numbers):
        def fetch(self, run: Run) -> Events:
            yield Progress(1000)
            raise AssertionError("asked for more")

    assert Slow().check(run) is None


def test_an_option_nobody_declared_is_refused_and_its_value_not_repeated():
    with pytest.raises(ValidationError) as raised:
        Numbers(password="open sesame")
    assert "open sesame" not in str(raised.value)
