"""The words of an item: what counts as the same word, and what is kept."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.terms import LIMIT, TITLE, hashed, pack_terms, term


def unpack(terms: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(terms) // 4}I", terms))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rechnung", "RECHNUNGEN"),
        ("Prüfung", "prufungen"),
        ("Straße", "STRASSE"),
        ("invoice", "Invoices"),
        ("meeting", "meetings"),
        ("policy", "policies"),
        ("Vertrag", "Verträge"),
        ("Kundin", "Kundinnen"),
        ("release", "released"),
    ],
)
def test_a_word_is_the_same_whatever_its_case_accent_or_ending(one, other):
    assert term(one) == term(other) != 0


@pytest.mark.parametrize(("one", "other"), [("class", "clas"), ("v1.2", "v1.3"), ("news", "new"), ("bus", "busy")])
def test_different_words_stay_different(one, other):
    assert hashed(one) != hashed(other)


@pytest.mark.parametrize("word", ["the", "und", "Für", "ÜBER", "Re"])
def test_stop_words_match_nothing(word):
    assert term(word) == 0
    assert hashed(word) == []


def test_title_words_come_first_and_are_marked():
    heads, body = unpack(pack_terms("Budget 2027", "The budget needs approval")), [term("needs"), term("approval")]
    assert heads == [term("budget") | TITLE, term("2027") | TITLE, *body]


def test_the_numbers_are_the_same_on_every_machine_and_in_every_process():
    assert pack_terms("Rechnung", "offen").hex() == "e7f390d471dbd73d"


@given(st.text(), st.text())
def test_any_text_gives_a_bounded_list_of_different_words(title, text):
    numbers = [number & ~TITLE for number in unpack(pack_terms(title, text))]
    assert len(numbers) == len(set(numbers)) <= LIMIT
    assert 0 not in numbers


def test_a_long_title_leaves_room_for_the_text():
    numbers = unpack(pack_terms(" ".join(f"title{n}" for n in range(500)), " ".join(f"text{n}" for n in range(500))))
    assert len(numbers) == LIMIT
    assert sum(1 for number in numbers if number & TITLE) == LIMIT // 2
