import gzip
import socket
import threading
import time
import tracemalloc
import zlib

import pytest

from connectors.kit.errors import BadData, SourceError, Unavailable
from connectors.kit.net.guard import Guard
from connectors.kit.web import Http

# Slow and lying backends


def test_a_backend_that_does_not_listen_is_left_in_time(http):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        begun = time.monotonic()
        with pytest.raises(Unavailable):
            http(total=0.3).post(f"http://127.0.0.1:{deaf.getsockname()[1]}/", form={"x": "y" * 20_000_000})
        assert time.monotonic() - begun < 3


def test_a_backend_that_hangs_up_while_it_is_written_to_is_unavailable():
    with socket.create_server(("127.0.0.1", 0)) as rude:

        def hang_up():
            connection, _ = rude.accept()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
            connection.recv(10)
            connection.close()

        threading.Thread(target=hang_up, daemon=True).start()
        with pytest.raises(Unavailable):
            Http(Guard(allow=["127.0.0.0/8"])).post(
                f"http://127.0.0.1:{rude.getsockname()[1]}/", form={"x": "y" * 20_000_000}
            )


def dribble(pieces, pause=0.05):
    for piece in pieces:
        time.sleep(pause)
        yield piece


def endless(piece):
    while True:
        yield piece


SLOW = {
    "one byte of the head at a time": lambda: dribble([b"H", b"T", b"T", b"P"] + [b"/"] * 200),
    "one header at a time": lambda: dribble([b"HTTP/1.1 200 OK\r\n"] + [b"X: y\r\n"] * 200),
    "one byte of the body at a time": lambda: dribble(
        [b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"] + [b"x"] * 200
    ),
    "one chunk at a time": lambda: dribble(
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"] + [b"1\r\nx\r\n"] * 200
    ),
    "nothing at all": lambda: dribble([b""] * 200),
    "a head and then nothing": lambda: dribble([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"] + [b""] * 200),
    "one interim reply after another": lambda: dribble([b"HTTP/1.1 100 Continue\r\n\r\n"] * 200),
}


@pytest.mark.parametrize("name", SLOW)
def test_no_backend_holds_a_request_beyond_its_deadline(name, backend, http):
    backend.answer = lambda _: SLOW[name]()
    begun = time.monotonic()
    with pytest.raises(Unavailable):
        http(total=0.3).get(backend.url)
    assert time.monotonic() - begun < 2
    assert len(backend.asked) == 1


LYING = {
    "a body shorter than its length": b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
    "a negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nxx",
    "a length of letters": b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nxx",
    "chunks that end too early": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    "a chunk of no size": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n",
    "an unknown transfer encoding": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: rot13\r\n\r\nab",
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
    "HTTP 0.9": b"<html>hello</html>",
    "a status of letters": b"HTTP/1.1 OK\r\n\r\n",
    "a status of 999": b"HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n",
    "a status of 42": b"HTTP/1.1 042 X\r\nContent-Length: 0\r\n\r\n",
    "a switch of protocols": b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n",
    "half a head": b"HTTP/1.1 200 OK\r\nX: ",
    "a header without a name": b"HTTP/1.1 200 OK\r\n: x\r\n\r\n",
    "a NUL in a header": b"HTTP/1.1 200 OK\r\nX: \x00\r\n\r\n",
    "nothing": b"",
    "a redirect to nowhere": b"HTTP/1.1 302 X\r\nLocation: http://[\r\nContent-Length: 0\r\n\r\n",
    "a redirect with a password": b"HTTP/1.1 302 X\r\nLocation: http://a:b@example.org/\r\nContent-Length: 0\r\n\r\n",
}


@pytest.mark.parametrize("name", LYING)
def test_a_backend_that_breaks_the_protocol_is_one_of_the_five_errors(name, backend, http):
    def answer(_):
        yield LYING[name]
        raise OSError

    backend.answer = answer
    with pytest.raises(SourceError):
        http(retries=1, total=2).get(backend.url)


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 300_000, b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 60_000]
)
def test_endless_headers_end(head, backend, http):
    backend.answer = lambda _: [head]
    with pytest.raises(Unavailable):
        http(retries=0).get(backend.url)


# Large bodies and bombs


def bomb(kind):
    zeros = bytes(1 << 20)
    if kind == "deflate":
        packer = zlib.compressobj(9)
    elif kind == "raw deflate":
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    else:
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(zeros) for _ in range(200)) + packer.flush()


@pytest.mark.parametrize("first", [20, 100_000], ids=["after a small piece", "at once"])
@pytest.mark.parametrize("kind", ["gzip", "deflate", "raw deflate"])
def test_a_bomb_stops_at_the_cap_and_not_in_memory(kind, first, backend, http):
    body = bomb(kind)
    head = backend.reply(200, body, Content_Encoding=kind.rpartition(" ")[2])[: -len(body)]
    backend.answer = lambda _: dribble([head + body[:first], body[first:]])
    tracemalloc.start()
    with pytest.raises(BadData, match="larger"):
        http().get(backend.url)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 32 << 20


def test_many_bombs_in_a_row_stop_at_the_cap(backend, http):
    one = gzip.compress(bytes(100_000), mtime=0)
    backend.answer = lambda _: backend.reply(200, one * 20, Content_Encoding="gzip")
    with pytest.raises(BadData, match="larger"):
        http(body=1_000_000).get(backend.url)


def test_a_stream_that_unpacks_to_nothing_stops_as_well(backend, http):
    def answer(_):
        yield b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n" + zlib.compress(b"")[:2]
        yield from endless(b"\x00\x00\x00\xff\xff" * 10_000)

    backend.answer = answer
    with pytest.raises(BadData, match="larger"):
        http(body=200_000).get(backend.url)


@pytest.mark.parametrize("framing", ["Transfer-Encoding: chunked", "Connection: close"])
def test_an_endless_body_stops_at_the_cap(framing, backend, http):
    piece = b"x" * 4096 if "close" in framing else b"1000\r\n" + b"x" * 4096 + b"\r\n"

    def answer(_):
        yield f"HTTP/1.1 200 OK\r\n{framing}\r\n\r\n".encode()
        yield from endless(piece)

    backend.answer = answer
    with pytest.raises(BadData, match="larger"):
        http(body=100_000).get(backend.url)


def test_a_body_of_exactly_the_cap_is_read(backend, http):
    backend.answer = lambda _: backend.reply(200, gzip.compress(b"x" * 1000, mtime=0), Content_Encoding="gzip")
    assert len(http(body=1000).get(backend.url).body) == 1000
    with pytest.raises(BadData):
        http(body=999).get(backend.url)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"hello", mtime=0)),
        ("x-gzip", gzip.compress(b"hello", mtime=0)),
        ("GZIP", gzip.compress(b"hel", mtime=0) + gzip.compress(b"lo", mtime=0)),
        ("gzip", gzip.compress(b"hello", mtime=0) + b"\x00\x00padding"),
        ("deflate", zlib.compress(b"hello")),
        ("deflate", zlib.compress(b"hello")[2:-4]),
        ("identity", b"hello"),
        ("", b"hello"),
    ],
)
def test_every_encoding_that_was_asked_for_is_read(encoding, body, backend, http):
    backend.answer = lambda _: backend.reply(200, body, Content_Encoding=encoding)
    assert http().get(backend.url).text == "hello"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", b"hello"),
        ("gzip", gzip.compress(b"hello", mtime=0)[:-4]),
        ("gzip", gzip.compress(b"hello", mtime=0)[:8]),
        ("gzip", gzip.compress(b"hello" * 99, mtime=0)[:-12] + b"x" * 12),
        ("deflate", b"\xff\xff\xff"),
        ("br", b"x"),
        ("zstd", b"x"),
        ("gzip, gzip", gzip.compress(gzip.compress(b"hello", mtime=0), mtime=0)),
        ("x" * 5000, b""),
    ],
)
def test_a_damaged_or_unasked_encoding_is_bad_data(encoding, body, backend, http):
    backend.answer = lambda _: backend.reply(200, body, Content_Encoding=encoding)
    with pytest.raises(BadData):
        http().get(backend.url)


def test_head_has_no_body(backend, http):
    backend.answer = lambda _: backend.reply(200, b"", content_length="5", Content_Encoding="gzip")
    assert http().request("HEAD", backend.url).body == b""
