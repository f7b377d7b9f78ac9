"""The page speaks German and English, completely and in the same words for the same thing."""

import re
import string
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

import dashboard
from dashboard.i18n import LANGUAGES, Translator, catalog, negotiate

PRODUCT = Path(dashboard.__file__).parent
DYNAMIC = ("failure.", "health.", "kind.", "why.", "ago.", "in.", "span.", "option.", "action.", "offline.")
"""Keys whose last part is the name of a class, a kind, a reason, a unit or an option."""


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text(language):
    assert set(catalog(language)) == set(catalog("en"))


@pytest.mark.parametrize("key", sorted(catalog("en")))
def test_a_text_is_filled_in_with_the_same_values_in_every_language(key):
    wanted = fields(catalog("en")[key])
    assert {language: fields(catalog(language)[key]) for language in LANGUAGES} == dict.fromkeys(LANGUAGES, wanted)


@cache
def used() -> set[str]:
    files = (file for suffix in ("py", "js") for file in PRODUCT.rglob(f"*.{suffix}"))
    source = "\n".join(file.read_text(encoding="utf-8") for file in files)
    return set(re.findall(r"\"([a-z_]+\.(?:[a-z_]+|\{|(?=\")))", source))


@pytest.mark.parametrize("key", sorted(key for key in catalog("en") if not key.startswith(DYNAMIC)))
def test_every_text_is_used_somewhere(key):
    short = re.sub(r"\.(one|other)$", "", key)
    section, _, name = short.partition(".")
    stem = re.sub(r"_(title|text|do|said|help)$", "", short)
    begun = any(key.endswith("_") and short.startswith(key) for key in used())
    whole = {f"{section}.", f"{section}.{{"} & used() and name
    assert short in used() or stem in used() or begun or whole


@pytest.mark.parametrize("file", sorted((PRODUCT / "ui").rglob("*.py")), ids=lambda file: file.stem)
def test_a_view_never_asks_for_a_text_that_is_not_there(file):
    asked = set(re.findall(r"\bt\(\s*\"([a-z_.]+)\"", file.read_text(encoding="utf-8")))
    there = {re.sub(r"\.(one|other)$", "", key) for key in catalog("en")}
    assert asked <= there


@pytest.mark.parametrize("key", sorted(key for key, text in catalog("en").items() if "{count}" in text))
def test_a_text_that_counts_has_a_form_for_one_and_for_many(key):
    stem = re.sub(r"\.(one|other)$", "", key)
    for language in LANGUAGES:
        assert {f"{stem}.one", f"{stem}.other"} <= set(catalog(language))


@pytest.mark.parametrize("locale", ["de", "de-AT", "de_CH", "DE"])
def test_a_german_browser_gets_german(locale):
    assert negotiate(locale) == "de"


@pytest.mark.parametrize("locale", [None, "", "fr-FR", "x"])
def test_any_other_browser_gets_english(locale):
    assert negotiate(locale) == "en"


def test_a_key_that_nobody_wrote_a_text_for_is_never_shown():
    with pytest.raises(KeyError):
        Translator("de")("today.no_such_text")


@pytest.mark.parametrize(
    ("age", "english", "german"),
    [
        (timedelta(seconds=20), "just now", "gerade eben"),
        (timedelta(minutes=1), "1 minute ago", "vor 1 Minute"),
        (timedelta(minutes=59), "59 minutes ago", "vor 59 Minuten"),
        (timedelta(hours=23), "23 hours ago", "vor 23 Stunden"),
        (timedelta(days=1), "yesterday", "gestern"),
        (timedelta(days=9), "9 days ago", "vor 9 Tagen"),
        (timedelta(minutes=-5), "in 5 minutes", "in 5 Minuten"),
        (timedelta(days=-1), "tomorrow", "morgen"),
    ],
)
def test_an_age_is_said_as_people_say_it(age, english, german):
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert Translator("en").ago(now - age, now) == english
    assert Translator("de").ago(now - age, now) == german
