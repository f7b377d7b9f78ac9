"""Every option of every built-in connector is named and explained, in its own English and in each language."""

import tomllib
from importlib import import_module

import pytest

from connectors.kit.form import fields
from connectors.kit.registry import GROUP
from dashboard.i18n import LANGUAGES, catalog
from tests.house import ROOT

POINTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"][GROUP]


def options(name):
    module, _, attribute = POINTS[name].partition(":")
    return fields(getattr(import_module(module), attribute))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", POINTS)
def test_a_built_in_connector_and_its_options_have_words_in_every_language_and_no_others(name, language):
    wanted = {"name", "summary"} | {f"{each.name}{end}" for each in options(name) for end in ("", "_help")}
    prefix = f"option.{name}."
    written = {key.removeprefix(prefix) for key in catalog(language) if key.startswith(prefix)}
    assert written == wanted


@pytest.mark.parametrize("name", POINTS)
def test_the_form_says_in_english_what_the_connector_itself_says(name):
    said = {each.name: (each.title, each.description) for each in options(name)}
    english = catalog("en")
    assert all(title and help_ for title, help_ in said.values())
    assert said == {key: (english[f"option.{name}.{key}"], english[f"option.{name}.{key}_help"]) for key in said}
