"""The page speaks German and English, completely and in the same words for the same thing."""

import re
import string
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import chain
from pathlib import Path
from typing import get_args

import pytest
from pydantic_core.core_schema import ErrorType

import dashboard
from dashboard.i18n import LANGUAGES, Translator, catalog, negotiate

PRODUCT = Path(dashboard.__file__).parent
PROFILES = PRODUCT.parent / "config" / "profiles"
AS_A_WHOLE = ("invalid.opml_", "offline.", "option.", "streamlit.")
"""Texts whose names come from elsewhere: the faults of OPML, a whole page, the options of connectors, Streamlit."""
PLACE = re.compile(r"\$?\{[^{}]*\}")
KEY = re.compile(r"(?<=[\"'`])[a-z_]+\.(?:[\w.]|\$?\{[^{}]*\})*")
ENDING = re.compile(r"\{key\}([._][a-z]+)")


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text(language):
    assert set(catalog(language)) == set(catalog("en"))


@pytest.mark.parametrize("key", sorted(catalog("en")))
def test_a_text_is_filled_in_with_the_same_values_in_every_language(key):
    wanted = fields(catalog("en")[key])
    assert {language: fields(catalog(language)[key]) for language in LANGUAGES} == dict.fromkeys(LANGUAGES, wanted)


def keys() -> set[str]:
    """Return what a text is asked for by: the two forms of one that counts have one key."""
    texts = catalog("en")
    return {key.removesuffix(".one").removesuffix(".other") if counts(key, texts) else key for key in texts}


def counts(key: str, texts: Mapping[str, str]) -> bool:
    return f"{key.rpartition('.')[0]}.one" in texts


@cache
def source() -> str:
    files = (file for suffix in ("py", "js") for file in PRODUCT.rglob(f"*.{suffix}"))
    connectors = (PRODUCT.parent / "connectors").rglob("*.py")
    return "\n".join(file.read_text(encoding="utf-8") for file in (*files, *connectors))


@cache
def forms() -> list[re.Pattern[str]]:
    """Return what matches a key that stands in the source, whole or with places that are filled in."""
    found = {key.group() for key in KEY.finditer(source())}
    found |= {f"{key}{{}}" for key in found if key.endswith(("_", "."))}
    endings = {"", *ENDING.findall(source())}  # what a part shows of a key that it is given: a title, a text
    parts = {(*PLACE.split(key + end),) for key in found for end in endings}
    return [re.compile("([\\w.]+)".join(map(re.escape, part))) for part in parts]


@cache
def words() -> set[str]:
    """Return what can stand in such a place: what is named in the source, and in what it reads."""
    named = chain(*re.findall(r"[\"'`]([\w.]+)[\"'`]|class (\w+)|\b(\w+)[=:]", source()))
    starts = (file.stem for file in PROFILES.glob("*.toml"))
    whole = {*named, *starts, *get_args(ErrorType), *map(str, range(7))}
    return whole | {word.replace(".", "_") for word in whole}


@pytest.mark.parametrize("key", sorted(key for key in keys() if not key.startswith(AS_A_WHOLE)))
def test_every_text_is_used_somewhere(key):
    found = filter(None, (form.fullmatch(key) for form in forms()))
    assert any(words().issuperset(each.groups()) for each in found)


@pytest.mark.parametrize("file", sorted((PRODUCT / "ui").rglob("*.py")), ids=lambda file: file.stem)
def test_a_view_never_asks_for_a_text_that_is_not_there(file):
    asked = set(re.findall(r"\bt\(\s*\"([a-z_.]+)\"", file.read_text(encoding="utf-8")))
    assert asked <= keys()


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
