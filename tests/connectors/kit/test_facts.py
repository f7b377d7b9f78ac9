"""What a failure tells of a host can be read back: a page says it in its own language."""

from datetime import UTC, datetime

import pytest

from connectors.kit.net.facts import Met, answered, met, silent
from connectors.kit.net.guard import unreachable
from connectors.kit.net.reply import Reply
from connectors.kit.net.verdict import error_of

NOW = datetime(2026, 3, 4, tzinfo=UTC)
HOSTS = ["news.example.org", "127.0.0.1:8080", "[::1]:8080", "xn--mnchen-3ya.example"]


@pytest.mark.parametrize("host", HOSTS)
def test_what_is_written_of_a_host_is_read_back(host):
    assert met(answered(host, 404)) == Met(host, 404)
    assert met(silent(host)) == Met(host, None)


@pytest.mark.parametrize("status", [401, 403, 404, 410, 418, 429, 500, 503])
def test_every_refusal_of_a_host_tells_who_answered_what(status):
    error = error_of(Reply(status=status, url="https://news.example.org/secret?key=1"), NOW, private=False)
    assert met(error.detail) == Met("news.example.org", status)


def test_who_cannot_be_reached_is_told():
    assert met(unreachable("wiki.corp.example").detail) == Met("wiki.corp.example", None)


@pytest.mark.parametrize(
    "detail", ["", "not a feed", "the folder 404 from x is gone", "404 from a b", "cannot be reached: a/b"]
)
def test_what_was_written_for_a_technician_stays_so(detail):
    assert met(detail) is None
