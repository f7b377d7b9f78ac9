"""A source that needs a person is said in one sentence on every view, and no more once it is well."""

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.i18n import LANGUAGES, Translator
from dashboard.store.records import Health


def failing(board, person, since, failure="Unavailable"):
    """Add a source that began to fail so long ago."""
    adds = {"connector": "feeds", "title": "A *feed*", "options": {}, "every": 900.0, "due_at": None}
    source, engine = board.store.add_source(person.id, **adds), board.store.engine
    then = board.now() - since
    engine.claim_one(source.id, "w", now=then, until=then + timedelta(minutes=1))
    engine.settle(source.id, "w", now=then, health=Health.FAILING, due_at=None, every=900.0, failure=failure)


def warned(board, person, language="en", *, mending=False):
    def script(board, person, t, mending):
        from dashboard.ui.parts import shell

        shell.show(board, person, t, mending=mending)

    kwargs = {"board": board, "person": person, "t": Translator(language), "mending": mending}
    app = AppTest.from_function(script, kwargs=kwargs, default_timeout=30).run()
    assert not app.exception
    return [warning.value for warning in app.warning]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_source_that_fails_for_days_is_said_with_its_name_and_for_how_long(language, board):
    person = board.me()
    failing(board, person, timedelta(days=3, minutes=1))
    t = Translator(language)
    wanted = t("trouble.sources", count=1, names="A \\*feed\\*", span=t.span(timedelta(days=3)))
    assert warned(board, person, language) == [wanted]
    assert warned(board, person, language, mending=True) == []


def test_a_source_that_fails_for_an_hour_disturbs_nobody(board):
    person = board.me()
    failing(board, person, timedelta(hours=1))
    assert warned(board, person) == []
