"""Any text is a query: operators in two languages, and never an exception."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import search
from dashboard.search import All, Any, Between, Not, OfKind, Place, Query, State, Text, parse, snippet, widened

NOW = datetime(2026, 11, 20, 12, tzinfo=ZoneInfo("Europe/Berlin"))
DOCS = Path(__file__).resolve().parents[2] / "docs" / "search.md"


def part(text):
    query = parse(text, now=NOW)
    assert not query.flaws, text
    return query.part


def day(year, month=1, date=1):
    return datetime(year, month, date, tzinfo=NOW.tzinfo).timestamp()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", All()),
        ("   ", All()),
        ("Rechnungen", Text(("rechnung",))),
        ("a b", All((Text(("a",)), Text(("b",))))),
        ('"offene Rechnung"', Text(("off", "rechnung"))),
        ("-a", Not(Text(("a",)))),
        ("NOT a", Not(Text(("a",)))),
        ("NICHT a", Not(Text(("a",)))),
        ("-NOT a", Not(Not(Text(("a",))))),
        ("a-b", Text(("a", "b"))),
        ("a OR b", Any((Text(("a",)), Text(("b",))))),
        ("a ODER b | c", Any((Text(("a",)), Text(("b",)), Text(("c",))))),
        ("or oder", All((Text(("or",)), Text(("oder",))))),
        ("a OR", Text(("a",))),
        ("OR", All()),
        ("a b OR c", Any((All((Text(("a",)), Text(("b",)))), Text(("c",))))),
        ("a (b OR c)", All((Text(("a",)), Any((Text(("b",)), Text(("c",))))))),
        ("-(a b)", Not(All((Text(("a",)), Text(("b",)))))),
        ("()", All()),
        ("-()", All()),
        ("ab*", Text(("ab",), prefix=True)),
        ('"ab*"', Text(("ab",))),
        ("von:Ada", Text(("ada",), column="author")),
        ('from:"Ada Lovelace"', Text(("ada", "lovelac"), column="author")),
        ("an:bob@example.org", Text(("bob", "exampl", "org"), column="people")),
        ('in:"Team Room"', Place(("team", "room"))),
        ("ART:Termin", OfKind("event")),
        ("is:später", State("snoozed")),
        ("ist:erwaehnt", State("mention")),
        ("hat:anhang", State("attachment")),
        ("-is:unread", Not(State("unread"))),
        ("betreff:Plan", Text(("plan",), column="title")),
        ("etikett:x", Text(("x",), column="labels")),
        ("vor:2026", Between(end=day(2026))),
        ("nach:2026-02", Between(start=day(2026, 2))),
        ("on:2025-12", Between(day(2025, 12), day(2026))),
        ("am:29.2.24", Between(day(2024, 2, 29), day(2024, 3))),
        ("on:24.12.", Between(day(2026, 12, 24), day(2026, 12, 25))),
        ("on:heute", Between(day(2026, 11, 20), day(2026, 11, 21))),
        ("since:yesterday", Between(start=day(2026, 11, 19))),
        ("after:7t", Between(start=day(2026, 11, 13))),
        ("https://example.org/a?b=1", Text(("https", "exampl", "org", "a", "b", "1"))),
        ("10:30", Text(("10", "30"))),
    ],
)
def test_a_query_is_read(text, expected):
    assert part(text) == expected


@pytest.mark.parametrize(
    ("text", "piece", "code", "rest"),
    [
        ("a form:ada", "form:ada", "operator", All((Text(("a",)), Text(("form", "ada"))))),
        ("a before:31.2.2026 b", "before:31.2.2026", "date", All((Text(("a",)), Text(("b",))))),
        ("on:99999y", "on:99999y", "date", All()),
        ("on:soon", "on:soon", "date", All()),
        ("kind:banana", "kind:banana", "value", All()),
        ("is:banana a", "is:banana", "value", Text(("a",))),
        ("has:x", "has:x", "value", All()),
        ("from:", "from:", "value", All()),
        ("banana: a", "banana:", "operator", Text(("a",))),
        ('in:"!!"', 'in:"!!"', "value", All()),
        ('a "b c', '"b c', "quote", All((Text(("a",)), Text(("b", "c"))))),
        ("(a", "(", "parenthesis", Text(("a",))),
        ("a)", ")", "parenthesis", Text(("a",))),
    ],
)
def test_what_is_not_understood_is_pointed_at_and_left_out(text, piece, code, rest):
    query = parse(text, now=NOW)
    [flaw] = query.flaws
    assert (text[flaw.start : flaw.end], flaw.code) == (piece, code)
    assert query.part == rest


def test_what_is_held_back_is_for_the_caller_to_find():
    assert parse("a is:held", now=NOW).held is True
    assert parse("-ist:zurückgehalten", now=NOW).held is False
    assert parse("a", now=NOW).held is None


@pytest.mark.parametrize("text", ["(" * 5000, ")" * 5000, "-" * 5000, "-(" * 400, "a " * 5000, '"' * 999, "OR " * 500])
def test_no_text_is_too_much(text):
    assert isinstance(parse(text, now=NOW), Query)


pieces = st.sampled_from(
    [*'()-"*:|', "OR", "NOT", "a", "is:", "von:", "on:7d", "kind:mail", "Ümläut", " ", "\0", "½", "ᾳ̈", "\ud800"]
)


@given(st.one_of(st.text(), st.lists(pieces, max_size=40).map("".join), st.lists(pieces, max_size=40).map(" ".join)))
def test_no_text_raises(text):
    query = parse(text, now=NOW)
    assert all(0 <= flaw.start <= flaw.end <= max(len(text), search.LONGEST * 4) for flaw in query.flaws)
    snippet(query, text, text)
    widened(query)


@given(st.from_regex(r"(on|vor|nach):[0-9dwmyhtj./-]{0,12}", fullmatch=True))
def test_no_date_raises(text):
    parse(text, now=datetime(2026, 11, 20, tzinfo=UTC))


def test_a_day_begins_at_midnight_where_the_person_is():
    assert part("on:today").start == datetime(2026, 11, 19, 23, tzinfo=UTC).timestamp()


def test_a_day_of_the_clock_change_has_25_hours():
    autumn = parse("on:2026-10-25", now=NOW).part
    assert autumn.end - autumn.start == timedelta(hours=25).total_seconds()


def test_a_half_typed_word_finds_the_stem_that_is_kept():
    assert Text(("bestell",)) in part("bestellu*").parts


def test_a_snippet_shows_the_first_hit_and_marks_every_one():
    text = "bla " * 100 + "die Rechnungen und die Mahnung " + "blub " * 100
    shown = snippet(parse("Rechnung mahn* from:bla -blub", now=NOW), "Title", text)
    assert "die \x02Rechnungen\x03 und die \x02Mahnung\x03 blub" in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) < 200


def test_a_snippet_without_a_hit_is_the_beginning():
    assert snippet(parse("x", now=NOW), "Title", "") == "Title"
    assert snippet(parse("x", now=NOW), "Title", "Some\n text") == "Some text"
    assert snippet(parse("evil", now=NOW), "", "an \x02evil\x03 text") == "an \x02evil\x03 text"


def test_compounds_are_found_by_their_beginning():
    query = parse('Rechnung "a b" -Entwurf (Vertrag OR to)', now=NOW)
    [bill, phrase, draft, (contract, to)] = [
        one.parts if isinstance(one, Any) else one for one in widened(query).part.parts
    ]
    assert (bill.prefix, contract.prefix) == (True, True)
    assert (phrase.prefix, draft.part.prefix, to.prefix) == (False, False, False)


def documented(heading):
    text = DOCS.read_text(encoding="utf-8")
    table = text.split(heading, 1)[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([^`|]+)` \|(.*?)\|", table, re.MULTILINE)
    return {
        name.rstrip(":"): {other.rstrip(":") for other in re.findall(r"`([^`]+)`", others)} for name, others in rows
    }


@pytest.mark.parametrize(
    ("heading", "table"),
    [
        ("## Operators", search.OPERATORS),
        ("## Values of `kind:`", search.KINDS),
        ("## Values of `is:`", search.STATES),
        ("## Values of `has:`", search.HAS),
    ],
)
def test_every_operator_is_documented_in_both_languages(heading, table):
    assert documented(heading) == {name: set(others) for name, others in table.items()}


def test_every_date_in_the_documentation_is_understood():
    line = re.search(r"^Dates:.*?\n\n", DOCS.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)[0]
    for date in re.findall(r"`([^`]+)`", line):
        assert isinstance(part(f"on:{date}"), Between), date
