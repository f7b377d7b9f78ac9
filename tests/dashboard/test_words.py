"""Words are found whatever their case, umlaut or ending."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.words import fold, stemmed, stems


@pytest.mark.parametrize(
    "words",
    [
        "Rechnung Rechnungen RECHNUNG",
        "Müller Mueller MÜLLER muller Mu\u0308ller",
        "Haus Häuser Häusern Haeuser",
        "Vertrag Verträge Verträgen Vertraege",
        "Straße STRASSE Strasse",
        "Kunde Kunden",
        "Prüfung Prüfungen Pruefungen",
        "Termin Termine Terminen",
        "meeting Meetings",
        "invoice invoices invoiced invoicing",
        "update updates updated",
        "café Cafe cafe\u0301",
    ],
)
def test_one_word_in_many_spellings(words):
    assert len(set(stems(words))) == 1


def test_different_words_stay_different():
    assert len(set(stems("Haus Hof Rechnung Vertrag Mail Termin report invoice 2024 2025"))) == 10


def test_signs_part_words():
    assert stemmed("foo_bar-baz.qux@x") == "foo bar baz qux x"
    assert stemmed(None) == ""


@given(st.text())
def test_no_text_breaks_and_no_stem_has_a_sign(text):
    assert all(stem.replace(" ", "").isalnum() or not stem for stem in stems(text))
    fold(text)


def test_threads_do_not_mix_their_words_up():
    letters = "bcdfghkl"
    found = {}

    def work(letter):
        found[letter] = stems(" ".join(f"{letter}a{one}o{two}ungen" for one in letters * 4 for two in letters * 4))

    threads = [threading.Thread(target=work, args=(letter,)) for letter in letters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for letter, own in found.items():
        assert {stem[:2] for stem in own} == {f"{letter}a"}
