"""The sentences of reasons: what a row says of itself must be true of it."""

import pytest

from dashboard.board.records import Reason
from dashboard.i18n import LANGUAGES, Translator
from dashboard.ui.parts import inbox, why

ENGLISH = Translator("en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["why.less.contact", "why.renown"])
def test_of_what_has_no_sender_no_reason_speaks_as_of_a_person(key, language):
    t = Translator(language)
    told = why.sentence(Reason(key, {"name": ""}, -0.5), t)
    assert told != why.sentence(Reason(key, {"name": "Ada"}, -0.5), t)
    assert t("why.nobody") not in told


def test_no_row_boasts_of_what_is_true_of_every_mail_to_many():
    assert inbox.chips([Reason("why.listed", {}, 0.9), Reason("why.recency", {}, 0.5)], ENGLISH) == []


def test_a_guest_of_an_appointment_is_told_once_and_not_that_somebody_names_them():
    reasons = [Reason("why.direct", {}, 0.9), Reason("why.invited", {}, 0.5)]
    assert inbox.chips(reasons, ENGLISH) == ["You are invited"]
