import io
import json
import logging
import sys

import pytest
import structlog

from dashboard.log import set_up

pytestmark = pytest.mark.usefixtures("logging_as_it_was")

CANARY = "canary9d1"


@pytest.fixture(params=["text", "json"])
def written(request):
    """Set the log up with a stream of its own and return what was written to it so far."""
    stream = io.StringIO()
    set_up("debug", request.param, stream)
    return stream.getvalue


@pytest.mark.parametrize(
    "fields",
    [
        {"password": CANARY},
        {"access_token": CANARY},
        {"Authorization": CANARY},
        {"cookie": CANARY},
        {"body": CANARY},
        {"detail": f"404 for https://example.org/feed?key={CANARY}"},
        {"detail": f"GET https://me:{CANARY}@example.org/"},
        {"detail": f"https://example.org/hooks/{CANARY}/x"},
        {"detail": f"Authorization: Bearer {CANARY}"},
        {"detail": f"token={CANARY}"},
        {"detail": {"nested": f"postgresql://u:{CANARY}@host/db"}},
    ],
)
def test_no_secret_reaches_the_log_at_any_level(written, fields):
    for level in ("debug", "info", "warning", "error"):
        getattr(structlog.get_logger("x"), level)("happened", **fields)
    told = written()
    assert told.count("happened") == 4, told
    assert CANARY not in told


def test_libraries_cannot_tell_secrets_either(written):
    logging.getLogger("httpx").info("GET https://example.org/?key=%s", CANARY)
    logging.getLogger("imapclient.imapclient").debug("LOGIN me %s", CANARY)
    logging.getLogger("other").warning("GET https://example.org/?key=%s", CANARY)
    told = written()
    assert "example.org" in told
    assert CANARY not in told


def test_of_an_exception_only_type_and_place_are_told(written):
    try:
        int(CANARY)
    except ValueError as error:
        structlog.get_logger("x").warning("one", exc_info=error)
        structlog.get_logger("x").exception("two")
        logging.getLogger("y").exception("three")
        structlog.get_logger("x").warning("four", exc_info=sys.exc_info())
    told = written()
    assert told.count("ValueError") == 4
    assert told.count("test_log.py") >= 4
    assert CANARY not in told


def test_json_lines_can_be_read_by_programs():
    stream = io.StringIO()
    set_up("info", "json", stream)
    structlog.get_logger("x").info("source fails", source=3)
    told = json.loads(stream.getvalue())
    assert (told["event"], told["source"], told["level"]) == ("source fails", 3, "info")
