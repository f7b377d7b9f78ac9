"""What cannot be used is refused in the language of the page."""

import re
from pathlib import Path

import pytest

import dashboard.board
from connectors.kit import opml
from dashboard.board import layers
from dashboard.board.admin import csv
from dashboard.board.preview import Preview
from dashboard.board.records import Invalid
from dashboard.i18n import Translator, catalog
from dashboard.ui.parts.plain import plain
from dashboard.ui.parts.refusal import sentence

BOARD = Path(dashboard.board.__file__).parent
GERMAN = Translator("de")


def refused(do, *args):
    with pytest.raises(Invalid) as raised:
        do(*args)
    return raised.value


def test_every_refusal_has_its_sentence_and_every_sentence_its_refusal():
    source = "\n".join(file.read_text(encoding="utf-8") for file in BOARD.rglob("*.py"))
    raised = set(re.findall(r"(?:Invalid|cls)\(\"([a-z_]+)\"", source)) | {"login", "keeper"}
    raised |= {f"opml_{fault}" for fault in re.findall(r"NoList\(\"(\w+)\"", Path(opml.__file__).read_text("utf-8"))}
    assert raised == {key.removeprefix("invalid.") for key in catalog("de") if key.startswith("invalid.")}


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (lambda: csv.read(b"name\nBob\n", {}), "Die erste Zeile muss die Spalten nennen"),
        (lambda: csv.read(b'login,name\na,"open\n', {}), "ist nicht zu lesen"),
        (lambda: csv.checked("a b"), "Das kann kein Anmeldename sein: a b"),
        (lambda: csv.checked("frontdesk"), "gehört Frontdesk selbst"),
        (lambda: Preview.read(None, b"[1"), "Das ist kein Profil"),
        (lambda: layers.valid({"topics": {"budget": 9}}), "topics.budget: Diese Zahl ist zu groß."),
        (lambda: layers.valid({"topics": {" ": 1}}), "Ein Name braucht mindestens ein Zeichen."),
        (lambda: layers.valid({"hours": {"zone": "Mars/Olympus"}}), "hours.zone: Diese Zeitzone gibt es nicht."),
        (lambda: layers.valid({"shoes": 43}), "shoes: Etwas mit diesem Namen gibt es nicht."),
        (lambda: layers.valid({"muted": {"words": 1}}), "muted.words: Hierher gehört eine Liste von Namen."),
    ],
)
def test_a_german_page_refuses_in_german_and_a_command_in_english(refusal, told):
    error = refused(refusal)
    assert plain(told) in sentence(error, GERMAN)
    assert not re.search(r"[äöüß]", str(error))


def test_what_a_stranger_wrote_into_a_file_stays_text():
    error = refused(csv.read, b"login,**bold** {0}\na,b\n", {})
    assert "**" not in sentence(error, GERMAN).replace(r"\*\*", "")
    assert "**bold** {0}" in str(error)
