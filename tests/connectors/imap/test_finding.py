"""A mailbox is added with its address and password alone: its server is looked for, and nowhere else."""

import pytest

from connectors.imap import Imap
from connectors.kit import Misconfigured, Unavailable
from connectors.kit.form import OptionsError, build, fields, split


class Names:
    """Stands for the names of the internet: one of them leads to the server of the test."""

    def __init__(self, dial, here: str, port: int) -> None:
        self._dial, self._here, self._port = dial, here, port
        self.asked: list[str] = []

    def __call__(self, host, port, *, tls=True, timeout=None):
        self.asked.append(host)
        if host != self._here:
            raise Unavailable(f"cannot be reached: {host}")
        return self._dial("localhost", self._port, tls=tls, timeout=timeout)


def built(**options):
    return build(Imap, {"user": "ada@harbour.example", "password": "secret"} | options)


def test_only_the_address_and_the_password_are_asked_for_at_first():
    assert [field.name for field in fields(Imap) if not field.rare] == ["user", "password"]


@pytest.mark.parametrize("there", ["imap.harbour.example", "mail.harbour.example"])
def test_the_server_of_an_address_is_found_and_kept_with_the_source(account, there):
    desk = account.source(host="127.0.0.1")
    run = desk.run()
    run.dial = Names(account.dial, there, account.server.tls_port)
    found = built().discover(run)
    assert found.host == there
    assert split(found)[0]["host"] == there
    assert set(run.dial.asked) <= {"imap.harbour.example", "mail.harbour.example"}


def test_a_server_that_is_named_is_not_looked_for(account):
    run = account.source(host="127.0.0.1").run()
    run.dial = Names(account.dial, "imap.harbour.example", account.server.tls_port)
    assert built(host="box.harbour.example").discover(run).host == "box.harbour.example"
    assert run.dial.asked == []


def test_where_no_server_answers_the_likeliest_is_named_when_it_is_tried(account):
    run = account.source(host="127.0.0.1").run()
    run.dial = Names(account.dial, "elsewhere.example", account.server.tls_port)
    with pytest.raises(Unavailable, match=r"imap\.harbour\.example"):
        built().discover(run).check(run)


@pytest.mark.parametrize(
    ("user", "server"),
    [("ada@GMX.de", "imap.gmx.net"), ("ada@t-online.de", "secureimap.t-online.de"), ("a@b.example", "imap.b.example")],
)
def test_the_server_that_a_provider_publishes_is_known(user, server):
    assert built(user=user).host == server


@pytest.mark.parametrize("user", ["ada", "ada@localhost", "@"])
def test_a_name_that_is_no_address_asks_for_the_server_at_its_field(user):
    with pytest.raises(OptionsError) as told:
        built(user=user)
    assert told.value.errors["host"].type == "no_server"
    assert built(user=user, host="imap.example.org").host == "imap.example.org"


def test_a_strange_address_leads_to_no_strange_place(account):
    run = account.source(host="127.0.0.1").run()
    with pytest.raises((Unavailable, Misconfigured)):
        built(user="ada@x/../y.example").discover(run).check(run)
