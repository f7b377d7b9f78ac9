import socket
import ssl
import subprocess
import threading
import time

import pytest

from connectors.kit.dial import COMMAND_SECONDS, GuardedDial
from connectors.kit.errors import Misconfigured, Unavailable
from connectors.kit.net.deadline import Deadline
from connectors.kit.net.guard import Guard
from connectors.kit.net.transport import GuardedTransport, tls_context
from connectors.kit.web import Http, Limits


@pytest.fixture(scope="module")
def certificate(tmp_path_factory, program):
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=mail.example",
         "-addext", "subjectAltName=DNS:mail.example,DNS:localhost", "-keyout", "key.pem", "-out", "cert.pem"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    return folder


@pytest.fixture
def mail(certificate):
    """Serve one line over TLS, also after a plain one (STARTTLS)."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
                if connection.recv(1, socket.MSG_PEEK) == b"S":
                    connection.recv(8)
                with context.wrap_socket(connection, server_side=True) as secure:
                    secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi")
                    secure.settimeout(5)
                    secure.recv(4096)  # closed with a request unread, a socket takes the answer back
            except (ConnectionError, TimeoutError):
                continue
            except ssl.SSLError:
                continue
            except OSError:
                return

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1]
    listener.close()


@pytest.fixture
def guard(mail):
    return Guard(allow=["127.0.0.0/8"], ports=[mail], resolve=lambda *_: ["127.0.0.1"])


@pytest.fixture
def trusting(certificate):
    return ssl.create_default_context(cafile=str(certificate / "cert.pem"))


def test_a_server_with_a_good_certificate_is_reached(mail, guard, trusting):
    with GuardedDial(guard, trusting)("mail.example", mail) as connection:
        assert connection.recv(100).endswith(b"hi")
        assert connection.gettimeout() == COMMAND_SECONDS


def test_the_caller_sets_how_long_a_wait_may_be(mail, guard):
    with GuardedDial(guard)("mail.example", mail, tls=False, timeout=3) as connection:
        assert connection.gettimeout() == 3


def test_tls_may_begin_later(mail, guard, trusting):
    dial = GuardedDial(guard, trusting)
    connection = dial("mail.example", mail, tls=False)
    connection.sendall(b"STARTTLS")
    with dial.secured(connection, "mail.example") as secure:
        assert secure.recv(100).endswith(b"hi")


@pytest.mark.parametrize("host", ["other.example", "127.0.0.1", "", "x" * 300 + ".example"])
def test_a_certificate_for_another_name_is_not_accepted(host, mail, guard, trusting):
    dial = GuardedDial(guard, trusting)
    connection = dial("mail.example", mail, tls=False)
    with pytest.raises(Unavailable):
        dial.secured(connection, host)
    assert connection.fileno() == -1


def test_a_certificate_of_nobody_is_not_accepted(mail, guard):
    with pytest.raises(Unavailable):
        GuardedDial(guard)("mail.example", mail)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.1", "[::1]", "0x7f.1", ""])
def test_inner_hosts_are_not_dialled(host):
    with pytest.raises(Misconfigured):
        GuardedDial(Guard())(host, 993)


def test_a_silent_tls_server_is_left_in_time(backend):
    begun = time.monotonic()
    dial = GuardedDial(Guard(allow=["127.0.0.0/8"], ports=[backend.port]))
    with pytest.raises(Unavailable):
        dial.secured(dial("127.0.0.1", backend.port, tls=False), "127.0.0.1", seconds=0.2)
    assert time.monotonic() - begun < 2


def test_a_web_server_must_prove_its_name(mail, guard, trusting):
    url = f"https://mail.example:{mail}/"
    assert Http(guard, transport=GuardedTransport(guard, trusting)).get(url).body == b"hi"
    for other, tls in ((f"https://other.example:{mail}/", trusting), (url, None)):
        with pytest.raises(Unavailable):
            Http(guard, transport=GuardedTransport(guard, tls), limits=Limits(retries=0)).get(other)


def test_a_silent_web_server_is_left_in_time(backend):
    begun = time.monotonic()
    backend.answer = lambda _: time.sleep(1)
    with pytest.raises(Unavailable):
        Http(Guard(allow=["127.0.0.0/8"]), limits=Limits(total=5, connect=0.2, retries=0)).get(
            backend.url.replace("http:", "https:")
        )
    assert time.monotonic() - begun < 2


def test_the_tls_context_is_built_once_and_verifies():
    assert tls_context() is tls_context()
    assert tls_context().verify_mode is ssl.CERT_REQUIRED
    assert tls_context().check_hostname
    assert tls_context().minimum_version >= ssl.TLSVersion.TLSv1_2


def test_a_part_never_outlives_the_whole():
    whole = Deadline(1)
    assert whole.within(100).at == whole.at
    assert 0 < whole.within(0.5).left() <= 0.5
    with pytest.raises(TimeoutError):
        Deadline(0).left()
