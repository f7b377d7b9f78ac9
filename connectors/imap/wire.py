"""One connection to an IMAP server that may be slow, broken or hostile: imaplib over a guarded, bounded socket."""

import imaplib
from collections.abc import Iterator
from typing import Any

from typing_extensions import Buffer

from connectors.imap.reply import Segments, literal_size
from connectors.kit import BadData, Misconfigured, Unavailable
from connectors.kit.dial import Dial
from connectors.kit.net.deadline import Deadline

COMMAND_SECONDS = 60.0
"""One command with all of its answer, however slowly it drips in."""
LINE = 4_194_304
LITERAL_READ = 131_072
"""Bytes of a literal that are kept; the rest is read past."""
LITERAL = 67_108_864
"""Bytes of a literal beyond which the connection is given up."""
ANSWER_BYTES, ANSWER_LINES = 8_388_608, 20_000
"""What a command may answer that is read by imaplib, which keeps all of it."""
STREAM_BYTES, STREAM_LINES = 536_870_912, 2_000_000
"""What one streamed command may answer; it is handed on line by line."""


class Wire(imaplib.IMAP4):
    """imaplib with its reading replaced: nothing is allocated because the server says so (CPython gh-119511).

    Every command has one deadline for its whole answer, and no argument that holds a line break or a
    NUL ever leaves (CVE-2025-15366): a sender chooses Message-IDs, and a server the names of folders.
    """

    def __init__(self, dial: Dial, host: str, port: int, *, tls: bool) -> None:
        self._dial = dial
        self._tls = tls
        self._buffer = bytearray()
        self._at = 0
        self._tags = 0
        self._open: set[bytes] = set()
        self._begin()
        super().__init__(host, port)

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        """Connect through the guard."""
        self.host, self.port = host, port
        try:
            self.sock = self._dial(host, port, tls=self._tls, timeout=timeout)
        except Misconfigured as error:
            raise Misconfigured(
                f"{error.detail} (an admin opens networks and ports: network.allow, network.ports)"
            ) from error
        except Unavailable as error:
            usual = "tls is usually at port 993, starttls and plain at 143"
            told = f"{error.detail}, port {port}; check server, port and security ({usual})"
            raise Unavailable(told, cause=error.cause) from error

    def shutdown(self) -> None:
        """Close the connection."""
        self.sock.close()

    def secure(self) -> None:
        """Go on in TLS (STARTTLS). What came in the clear behind the answer is not the server's word."""
        self._simple_command("STARTTLS")
        if self._at < len(self._buffer):
            raise BadData("the server sent something between STARTTLS and TLS")
        self.sock = self._dial.secured(self.sock, self.host)
        self._tls_established = True
        self._get_capabilities()

    def read(self, size: int) -> bytes:
        """Return a literal of this size, cut where it is longer than anything that was asked for."""
        if size > LITERAL:
            raise BadData(f"the server announced {size} bytes at once")
        kept = self._take(min(size, LITERAL_READ))
        left = size - len(kept)
        while left:
            left -= len(self._take(min(left, 65_536)))
        return kept

    def readline(self) -> bytes:
        """Return the next line with its end."""
        begin = self._at
        while (end := self._buffer.find(b"\n", begin)) < 0:
            begin = len(self._buffer)
            if begin - self._at > LINE:
                raise BadData("the server sent a line without an end")
            begin -= self._fill()
        line = bytes(self._buffer[self._at : end + 1])
        self._at = end + 1
        self._spend(len(line))
        return line

    def send(self, data: Buffer) -> None:
        """Send within the deadline of the command."""
        self.sock.settimeout(self._deadline.left())
        self.sock.sendall(data)

    def ask(self, command: str) -> bytes:
        """Send a command of our own and return its tag; the answer is read by :meth:`answer`.

        Several may be on their way at once.
        """
        self._tags += 1
        tag = b"F%d" % self._tags
        self._open.add(tag)
        self._begin(STREAM_BYTES, STREAM_LINES)
        self.send(b"%s %s\r\n" % (tag, _safe(command.encode("ascii"))))
        return tag

    def answer(self, tag: bytes) -> Iterator[Segments]:
        """Yield every untagged answer until the one with the tag: lines and literals in turn.

        A server may work on several commands at once (Dovecot does): answers to another one may be
        among these, and its tag may come first. Raises Unavailable where the server says NO, BadData where it says BAD.
        """
        self._begin(STREAM_BYTES, STREAM_LINES)
        while tag in self._open:
            line = self.readline()
            if line[:2] == b"* ":
                segments = [line]
                while (size := literal_size(line)) is not None:
                    segments.append(self.read(size))
                    line = self.readline()
                    segments.append(line)
                if line[:5].upper() == b"* BYE":
                    raise Unavailable("the server closed the connection")
                yield segments
                continue
            done, _, status = line.partition(b" ")
            if done not in self._open:
                raise BadData("the server answered something that is not IMAP")
            self._open.remove(done)
            _judge(status)

    def _command(self, name: str, *args: Any) -> Any:
        for argument in args:
            _safe(argument.encode() if isinstance(argument, str) else argument or b"")
        self._begin()
        return super()._command(name, *args)  # type: ignore[misc]

    def _begin(self, size: int = ANSWER_BYTES, lines: int = ANSWER_LINES) -> None:
        """Start the clock and the budget of a command."""
        self._deadline = Deadline(COMMAND_SECONDS)
        self._bytes, self._lines = size, lines

    def _spend(self, size: int) -> None:
        self._bytes -= size
        self._lines -= 1
        if self._bytes < 0 or self._lines < 0:
            raise BadData("the server answers without an end")

    def _take(self, size: int) -> bytes:
        while len(self._buffer) - self._at < size:
            self._fill()
        taken = bytes(self._buffer[self._at : self._at + size])
        self._at += size
        self._bytes -= size
        if self._bytes < 0:
            raise BadData("the server answers without an end")
        return taken

    def _fill(self) -> int:
        """Read what is there; return by how many bytes the buffer moved to its front."""
        moved = self._at
        if moved:
            del self._buffer[:moved]
            self._at = 0
        self.sock.settimeout(self._deadline.left())
        data = self.sock.recv(131_072)
        if not data:
            raise self.abort("the server closed the connection")
        self._buffer += data
        return moved


def _safe(argument: bytes) -> bytes:
    """Return an argument that stays on its line. Raises BadData for any other."""
    if b"\r" in argument or b"\n" in argument or b"\0" in argument:
        raise BadData("a name with a line break cannot be sent to the server")
    return argument


def _judge(status: bytes) -> None:
    word, _, text = status.strip().partition(b" ")
    if word.upper() != b"OK":
        detail = text.decode("ascii", "replace")[:200]
        raise (Unavailable if word.upper() == b"NO" else BadData)(f"the server said {detail}")
