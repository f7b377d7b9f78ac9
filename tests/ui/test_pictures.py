"""Pictures that are their tables: what they show adds up, is escaped, and speaks the person's language."""

import itertools
import random
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from selectolax.lexbor import LexborHTMLParser

from dashboard.board.pictures import Hour, Span, Standing, _hours
from dashboard.board.records import Place, Reason
from dashboard.i18n import LANGUAGES, Translator
from dashboard.ranking.ordering import Position
from dashboard.store.records import Health
from dashboard.ui.parts import pictures, why

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
HERE = Standing(Position(Place.SHOWN, 3, 40), [Position(Place.SHOWN, 9, 40), Position(Place.SHOWN, 3, 40)])
REASONS = [
    Reason("why.person", {"name": "<b>Ada</b>"}, 1.5),
    Reason("why.direct", {}, 0.006),
    Reason("why.recency", {"hours": 50}, -0.677),
    Reason("why.other", {}, -0.0149),
]


def cells(html, selector):
    return [node.text(strip=True) for node in LexborHTMLParser(html).css(selector)]


def number(text):
    return float(text.replace("\u2212", "-").replace(",", "."))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_table_of_reasons_shows_adds_up_to_its_last_row(language):
    table = why.table(REASONS, HERE, Translator(language))
    shown = [number(text) for text in cells(table, "tbody output")]
    assert len(shown) == len(REASONS)
    assert round(sum(shown), 2) == number(*cells(table, "tfoot output")) == 0.81


def test_rounded_points_always_add_up_and_none_is_far_from_what_it_was():
    dice = random.Random(3)
    for _ in range(200):
        points = [dice.uniform(-3, 3) for _ in range(dice.randrange(1, 20))]
        shown = why.rounded(points)
        assert round(sum(shown), 2) == round(sum(points), 2)
        assert all(abs(a - b) < 0.01 for a, b in zip(points, shown, strict=True))


def test_a_reason_has_a_bar_to_its_side_of_zero_and_names_of_strangers_are_text():
    table = why.table(REASONS, HERE, Translator("en"))
    assert "<b>" not in table
    assert cells(table, "tbody th")[0] == "You chose <b>Ada</b>"
    zero = float(re.search(r"--zero:([\d.]+)%", table)[1])
    bars = [tuple(map(float, found)) for found in re.findall(r"left:([\d.]+)%;width:([\d.]+)%", table)]
    assert all(left >= zero - 0.01 for left, _ in bars[:2])
    assert all(left + width <= zero + 0.01 for left, width in bars[2:])
    assert all(left >= 0 and left + width <= 100.01 for left, width in bars)


def test_a_rule_that_puts_an_item_first_leaves_the_other_bars_visible():
    table = why.table([Reason("why.first.pinned", {}, 100.0), *REASONS], HERE, Translator("en"))
    widths = [float(width) for width in re.findall(r"width:([\d.]+)%", table)]
    assert widths[1] > 30
    assert "fd-cut" in table


def test_only_what_the_person_set_leads_to_their_profile():
    links = LexborHTMLParser(why.table(REASONS, HERE, Translator("en"))).css("a")
    assert [link.text() for link in links] == ["You chose <b>Ada</b>"]


def test_what_would_change_a_place_is_said_with_the_place_it_would_be():
    said = why.changes(REASONS, HERE, Translator("en"))
    assert cells(said, "li") == ["Without “You chose <b>Ada</b>” it would stand at place 9."]
    held = Standing(HERE.now, [Position(Place.HELD, 1, 2), HERE.now])
    assert "wait for a break" in why.changes(REASONS, held, Translator("en"))
    steady = Standing(HERE.now, [HERE.now, HERE.now])
    assert "No single reason decides" in why.changes(REASONS, steady, Translator("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_day_is_told_in_the_hours_of_the_person_with_the_same_numbers_in_its_table(language):
    zone = ZoneInfo("Asia/Kathmandu")
    begins = _hours(NOW, zone)
    hours = [Hour(begin, {}, {}) for begin in begins]
    hours[8] = Hour(begins[8], {"mail": 2, "chat": 1}, {Place.SHOWN: 2, Place.HELD: 1})
    hours[9] = Hour(begins[9], {"mail": 4}, {Place.DONE: 4})
    t = Translator(language, zone)
    html = pictures.day(hours, t)
    rows = [[cell.text() for cell in row.iter()] for row in LexborHTMLParser(html).css("tbody tr")]
    assert rows[:2] == [["08:00", "2", "1", "3", "2", "1", "0"], ["09:00", "4", "0", "4", "0", "0", "4"]]
    assert len(rows) == len(hours) - 8
    assert "7" in cells(html, "p")[0]
    assert t("kind.mail") + " 6" in cells(html, ".fd-legend li")


def test_a_day_on_which_nothing_came_says_so():
    hours = [Hour(begin, {}, {}) for begin in _hours(NOW, UTC)]
    assert "Nothing has arrived" in pictures.day(hours, Translator("en"))


@pytest.mark.parametrize(("day", "count"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-21", 24)])
def test_a_day_has_as_many_hours_as_the_clocks_give_it(day, count):
    zone = ZoneInfo("Europe/Berlin")
    end = datetime.fromisoformat(f"{day}T23:59").replace(tzinfo=zone)
    begins = _hours(end, zone)
    assert len(begins) == count
    assert begins[0].astimezone(zone).hour == 0
    assert all(later - one == timedelta(hours=1) for one, later in itertools.pairwise(begins))


@pytest.mark.parametrize(("value", "text"), [(1.5, "+1,50"), (-0.25, "\u22120,25"), (0, "0,00")])
def test_a_number_is_written_as_the_language_writes_it(value, text):
    assert Translator("de").number(value, 2, sign=True) == text


def test_a_pause_on_purpose_is_no_trouble_in_the_picture_and_no_time_in_its_share():
    begin = datetime(2026, 11, 20, tzinfo=UTC)
    hours = [begin + timedelta(hours=n) for n in range(4)]
    well, trouble = Span(hours[0], hours[1], Health.OK), Span(hours[1], hours[2], Health.PAUSED, "Unauthorized")
    drawn = pictures.strip([well, trouble, Span(hours[2], hours[3], Health.PAUSED)], "Harbour", 7, Translator("en"))
    assert "Working 50 % of the time" in drawn
    assert [mark.split('"')[1] for mark in drawn.split("<i ")[1:]] == ["fd-ok", "fd-paused", "fd-unknown"]


def test_a_source_of_this_moment_has_its_line_as_well():
    now = datetime(2026, 11, 20, 9, tzinfo=UTC)
    drawn = pictures.strip([Span(now, now + timedelta(milliseconds=80), Health.OK)], "Harbour", 7, Translator("en"))
    assert "flex:1 0 0" in drawn
