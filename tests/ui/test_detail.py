"""What stands below a failure: what happened, in the language of the page."""

import pytest

from connectors.kit.net.facts import answered, silent
from dashboard.i18n import LANGUAGES, Translator
from dashboard.ui.parts.detail import sentence

GERMAN = Translator("de")
STATUS = [401, 403, 404, 410, 418, 429, 500, 503]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", STATUS)
def test_what_a_host_answered_is_said_with_its_name_and_its_number(language, status):
    said = sentence(answered("news.example.org", status), Translator(language))
    assert "news.example.org" in said
    assert str(status) in said
    assert " from " not in said


def test_no_line_of_a_german_page_is_english_where_the_host_is_all_that_failed():
    assert sentence(answered("x.example", 404), GERMAN) == "x.example meldet: Das gibt es dort nicht (404)."
    assert sentence(silent("x.example"), GERMAN) == "Nicht zu erreichen: x.example"


def test_what_only_a_technician_can_use_is_called_so():
    assert sentence("XML, but no feed: <{svg}>", GERMAN) == "Technische Angabe: XML, but no feed: <{svg}>"
