import contextlib
import socket
import time

import httpcore
import httpx
import pytest

from connectors.kit.errors import Misconfigured, SourceError, Unavailable
from connectors.kit.net.deadline import Deadline
from connectors.kit.net.guard import NOT_WEB, Guard, lookup, public
from connectors.kit.net.transport import GuardedTransport
from connectors.kit.web import Http, Limits

# The 19 ranges that Matrix Synapse denies by default, and what this product promises beyond them.
SYNAPSE = """127.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 192.0.0.0/24 169.254.0.0/16 192.88.99.0/24
198.18.0.0/15 192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 ::1/128 fe80::/10 fc00::/7 2001:db8::/32 ff00::/8
fec0::/10""".split()  # noqa: E501, SIM905
MORE = (
    "0.0.0.0/8 240.0.0.0/4 ::/128 ::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48 2002::/16 2001::/32 ::/96 100::/64".split()  # noqa: SIM905
)

LOOPBACK = [
    # spellings of 127.0.0.1 that systems and libraries have been known to take
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0x7f.0x0.0x0.0x1", "0177.0.0.1",
    "0177.1", "017700000001", "127.0.0.1.", "127.000.000.001", "00127.0.0.1", "0x7F.0.0.1", "127.0.0.0x1",
    "localhost", "LOCALHOST", "localhost.", "sub.localhost", "Sub.LocalHost.", "127.127.127.127", "127.255.255.254",
    "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:1]",
    "[::127.0.0.1]", "[::7f00:1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]", "[2002:7f00:0001::1]", "[2001:0:7f00:1::]", "[::]", "0.0.0.0", "0", "0.0", "0x0", "00000",
    "①②⑦.⓪.⓪.①", "１２７.０.０.１", "127。0。0。1", "127．0．0．1", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "ｌｏｃａｌｈｏｓｔ", "loc\u00adalhost",  # noqa: E501
    "%31%32%37.0.0.1", "127.0.0.1%00", "127.0.0.1%20", "[fe80::1%25lo]", "[::1%25lo]", "[::ffff:0:127.0.0.1]",
]  # fmt: skip
INNER = """10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 192.168.255.255 169.254.169.254 169.254.0.1
100.64.0.1 100.127.255.255 192.0.0.1 192.0.0.170 192.0.2.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1
192.88.99.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 0.1.2.3 168.63.129.16.10 2852039166 0xA9FEA9FE
0xa9.0xfe.0xa9.0xfe 0251.0376.0251.0376 169.16689662 3232235521 10.1 192.168.1 [fd00::1] [fc00::1] [fd00:ec2::254]
[fe80::1] [febf::1] [fec0::1] [feff::1] [ff02::1] [ff0e::1] [2001:db8::1] [100::1] [2001:10::1] [2001:20::1]
[2001:2::1] [3fff::1] [5f00::1] [::ffff:10.0.0.1] [::ffff:169.254.169.254] [::ffff:a9fe:a9fe] [64:ff9b::a00:1]
[64:ff9b::169.254.169.254] [2002:a00:1::1] [2002:a9fe:a9fe::1] [2002:c0a8:1::1] [2001:0:a00:1::1] [::a9fe:a9fe]
[::10.0.0.1] [0:0:0:0:0:ffff:a00:1] [64:ff9b:1::a9fe:a9fe]""".split()  # noqa: SIM905
SHAPES = [
    "http://user@127.0.0.1/", "http://user:secret@example.org/", "http://example.org@127.0.0.1/", "http://@127.0.0.1/",
    "http://127.0.0.1@example.org/", "http://example.org%40127.0.0.1/", "http://example.org\\@127.0.0.1/",
    "http://127.0.0.1\\@example.org/", "http://example.org:80@127.0.0.1/", "http://a:b:c@127.0.0.1/",
    "http://example.org#@127.0.0.1:x/", "http:///127.0.0.1/", "http:127.0.0.1", "http:/127.0.0.1/", "//127.0.0.1/",
    "http://", "http:// 127.0.0.1/", "http://127.0.0.1 /", "http://127.0.0.1\t/", "http://127.0.0.1\r\nHost: a/",
    "http://127.0.0.1\x00.example.org/", "file:///etc/passwd", "file://127.0.0.1/etc/passwd", "ftp://127.0.0.1/",
    "gopher://127.0.0.1:6379/_INFO", "dict://127.0.0.1:11211/", "ldap://127.0.0.1/", "unix:///run/docker.sock",
    "http+unix://%2Frun%2Fdocker.sock/", "data:text/plain,x", "javascript:alert(1)", "jar:http://127.0.0.1!/",
    "ws://127.0.0.1/", "wss://127.0.0.1/", "blob:http://127.0.0.1/", "about:blank", "", " ", "::", "http://[",
    "http://[::1", "http://]", "http://[v1.x]/", "http://[::g]/", "http://exa mple.org/", "http://-/", "h\u1d57tp://a/",
    "HTTP://127.0.0.1/", "hTTp://LOCALHOST/",
]  # fmt: skip


@pytest.mark.parametrize("network", [*SYNAPSE, *MORE])
def test_no_address_of_a_denied_range_is_public(network):
    from ipaddress import ip_network

    found = ip_network(network)
    assert not public(found[0])
    assert not public(found[-1])


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "2a00:1450:4001:81b::200e"])
def test_the_public_internet_may_be_reached(address):
    assert Guard().permits(address)


@pytest.mark.parametrize("host", [*LOOPBACK, *INNER])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_spelling_of_an_inner_address_reaches_a_listener(host, scheme, backend):
    with pytest.raises(SourceError):
        Http(Guard(), limits=Limits(connect=0.5, total=1, retries=0)).get(f"{scheme}://{host}:{backend.port}/")
    assert backend.connections == 0


@pytest.mark.parametrize("url", SHAPES)
def test_no_trick_with_the_shape_of_an_address_reaches_a_listener(url, backend):
    with pytest.raises(SourceError):
        Http(Guard(), limits=Limits(connect=0.5, total=1, retries=0)).get(
            url.replace("127.0.0.1", f"127.0.0.1:{backend.port}")
        )
    assert backend.connections == 0


@pytest.mark.parametrize(
    "found", [[address.strip("[]")] for address in INNER if not address[0].isdigit() or address.count(".") == 3]
)
def test_a_name_with_an_inner_address_is_not_reached(found):
    guard = Guard(resolve=lambda *_: found)
    with pytest.raises(Unavailable):
        guard.connect("news.example", 80, Deadline(1))


def test_one_inner_address_spoils_the_whole_name(backend):
    guard = Guard(resolve=lambda *_: ["93.184.215.14", "127.0.0.1"])
    with pytest.raises(Unavailable):
        guard.connect("news.example", backend.port, Deadline(1))
    assert backend.connections == 0


def test_a_name_that_changes_its_address_gains_nothing(backend):
    """What was checked is what is connected to: the resolver is asked once for each connection."""
    answers = [["192.0.2.1"], ["127.0.0.1"]]
    guard = Guard(allow=["192.0.2.0/24"], resolve=lambda *_: answers.pop(0))
    with pytest.raises(Unavailable):
        guard.connect("news.example", backend.port, Deadline(0.2))
    assert len(answers) == 1
    assert backend.connections == 0


def test_an_admin_opens_a_network_and_nothing_beside_it(backend):
    opened = Http(Guard(allow=["127.0.0.1/32"]))
    assert opened.get(backend.url).status == 200
    with pytest.raises(Misconfigured):
        opened.get(f"http://127.0.0.2:{backend.port}/")


@pytest.mark.parametrize("network", ["0.0.0.0/0", "::/0", "0.0.0.0/1", "8000::/1", "127.0.0.1/8", "intranet"])
def test_no_network_is_so_wide_that_it_turns_the_guard_off(network):
    with pytest.raises(ValueError):  # noqa: PT011  the message is for the log
        Guard(allow=[network])


@pytest.mark.parametrize(
    "port", [1, 21, 22, 23, 25, 53, 110, 143, 389, 445, 465, 587, 636, 993, 65536, *sorted(NOT_WEB)]
)
def test_ports_of_other_services_are_not_asked_for_web_pages(port):
    with pytest.raises(Misconfigured):
        Guard(allow=["127.0.0.0/8"]).check_web("http", "127.0.0.1", port)


def test_an_admin_may_open_a_port():
    Guard(ports=[81]).check_web("http", "example.org", 81)


def test_a_refused_address_reads_like_a_dead_one(backend):
    backend.close()
    with pytest.raises(Unavailable) as dead:
        Http(Guard(allow=["127.0.0.0/8"]), limits=Limits(retries=0)).get(backend.url)
    with pytest.raises(Misconfigured) as refused:
        Http(Guard()).get(backend.url)
    assert str(dead.value) == str(refused.value)


@pytest.mark.parametrize("found", [["10.0.0.1"], [], socket.gaierror("unknown"), ["93.184.215.14", "10.0.0.1"]])
def test_an_inner_name_reads_like_an_unknown_one(found):
    def resolve(*_):
        if isinstance(found, Exception):
            raise found
        return found

    with pytest.raises(Unavailable) as error:
        Guard(resolve=resolve).connect("wiki.corp.example", 443, Deadline(1))
    assert str(error.value) == "cannot be reached: wiki.corp.example"


def test_a_resolver_that_never_answers_ends_with_the_deadline():
    begun = time.monotonic()
    with pytest.raises(Unavailable):
        Guard(resolve=lambda *_: time.sleep(1) or []).connect("slow.example", 80, Deadline(0.1))
    assert time.monotonic() - begun < 0.9


def test_the_second_address_is_tried_where_the_first_is_dead(backend):
    guard = Guard(allow=["127.0.0.0/8"], resolve=lambda *_: ["127.0.0.9", "127.0.0.1"])
    assert Http(guard).get(f"http://news.example:{backend.port}/").status == 200


def test_the_resolver_of_the_system_is_asked_about_names(backend):
    assert Http(Guard(allow=["127.0.0.0/8", "::1/128"])).get(f"http://localhost:{backend.port}/").status == 200
    assert lookup("127.0.0.1", 80) == ["127.0.0.1"]


def test_a_host_that_drops_what_is_sent_to_it_is_left_in_time():
    guard = Guard(allow=["127.0.0.0/8"])
    with contextlib.ExitStack() as open_sockets:
        full = open_sockets.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = open_sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        begun = time.monotonic()
        with pytest.raises(Unavailable):
            guard.connect("127.0.0.1", full.getsockname()[1], Deadline(0.3))
        assert time.monotonic() - begun < 2


@pytest.mark.parametrize("user", ["user", "user:secret", ":secret", "a.example"])
def test_an_address_with_a_name_and_password_is_not_asked_for(user, backend, http):
    with pytest.raises(Misconfigured, match="name or password"):
        http().get(backend.url.replace("127.", f"{user}@127."))
    assert not backend.asked


def test_only_protocols_of_mail_and_chat_are_dialled():
    for port in (22, 25, 80, 6379):
        with pytest.raises(Misconfigured):
            Guard().check_dial("example.org", port)
    Guard().check_dial("example.org", 993)
    Guard(ports=[10143]).check_dial("example.org", 10143)


def test_a_proxy_in_the_environment_is_not_used(backend, stranger, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, stranger.url)
    assert Http(Guard(allow=["127.0.0.0/8"])).get(backend.url).status == 200
    assert stranger.connections == 0


def test_the_transport_opens_no_path_of_the_file_system():
    backend = GuardedTransport(Guard())._pool._network_backend
    with pytest.raises(httpcore.ConnectError):
        backend.connect_unix_socket("/run/docker.sock")


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest/", "http://10.0.0.1/", "file:///etc/passwd", "//[::1]/"]
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_every_redirect_passes_the_guard_again(target, status, backend, http):
    backend.answer = lambda _: backend.reply(status, Location=target)
    with pytest.raises(Misconfigured):
        http(allow=["127.0.0.1/32"]).get(backend.url)
    assert len(backend.asked) == 1


def test_the_transport_takes_plain_timeouts_too(backend):
    transport = GuardedTransport(Guard(allow=["127.0.0.0/8"]))
    request = httpx.Request(
        "GET", backend.url, extensions={"timeout": {"connect": 1, "read": 1, "write": 1, "pool": 1}}
    )
    assert transport.handle_request(request).status_code == 200
    transport.close()
