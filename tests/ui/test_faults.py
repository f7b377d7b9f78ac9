"""Whatever fails, a person reads a sentence and a way out, never what went wrong inside."""

import pytest
from streamlit.testing.v1 import AppTest
from structlog.testing import capture_logs

from dashboard.board import StoreError
from dashboard.i18n import LANGUAGES, Translator
from dashboard.ui.faults import kind


def failing(error):
    def script(error):
        from dashboard.ui import faults

        faults.show(error)

    return AppTest.from_function(script, kwargs={"error": error}, default_timeout=30)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bug_is_a_sentence_with_a_number_that_is_in_the_log(language):
    with capture_logs() as logged:
        app = failing(ValueError("the text of a mail"))
        app.session_state["language"] = language
        app.run()
    [said] = [error.value for error in app.error]
    number = logged[-1]["number"]
    assert said == Translator(language)("fault.bug", number=number)
    assert [button.label for button in app.button] == [Translator(language)("fault.again")]
    assert "mail" not in said
    assert not app.exception


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        ("database is locked", "locked"),
        ("canceling statement due to lock timeout", "locked"),
        ("database or disk is full", "full"),
        ('could not extend file "base/1": No space left on device', "full"),
        ("attempt to write a readonly database", "readonly"),
        ("cannot execute UPDATE in a read-only transaction", "readonly"),
        ("unable to open database file", "away"),
        ("connection to server at 127.0.0.1 failed: Connection refused", "away"),
        ("disk I/O error", "away"),
    ],
)
def test_what_a_database_says_becomes_what_a_person_can_do(message, fault):
    assert kind(StoreError(message)) == fault


def test_a_full_disk_is_said_as_one():
    app = failing(StoreError("database or disk is full"))
    app.run()
    assert [warning.value for warning in app.warning] == [Translator("en")("fault.full")]
