"""Reading a compressed body piece by piece, so that a bomb stops at the cap and not in memory."""

import zlib
from collections.abc import Callable, Iterable

from connectors.kit.errors import BadData

ACCEPTED = "gzip, deflate"
"""What a request offers: the encodings whose output zlib can bound while it decodes."""


def read(chunks: Iterable[bytes], encoding: str, cap: int) -> bytes:
    """Return the decoded body of at most ``cap`` bytes.

    The cap counts what arrives as well: empty blocks of deflate can go on for ever and yield nothing.
    Raises BadData where a body is too large, damaged or in an encoding that nobody asked for.
    """
    decode = _decoder(encoding.strip().lower())
    pieces: list[bytes] = []
    arrived = size = 0
    for chunk in chunks:
        arrived += len(chunk)
        piece = decode(chunk, cap - size + 1)
        size += len(piece)
        if max(arrived, size) > cap:
            raise BadData(f"larger than {cap} bytes")
        pieces.append(piece)
    decode(b"", 0)
    return b"".join(pieces)


_Decode = Callable[[bytes, int], bytes]


def _decoder(encoding: str) -> _Decode:
    if encoding in {"", "identity"}:
        return lambda chunk, _: chunk
    if encoding in {"gzip", "x-gzip"}:
        return _Inflate(zlib.MAX_WBITS | 16)
    if encoding == "deflate":
        return _Inflate(zlib.MAX_WBITS)
    raise BadData(f"in an encoding that was not asked for: {encoding[:40]}")


class _Inflate:
    """Decodes gzip (also of several members, RFC 1952) and deflate, with or without zlib's header."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._zlib = zlib.decompressobj(window)
        self._begun = False

    def __call__(self, chunk: bytes, room: int) -> bytes:
        """Decode up to ``room`` bytes; an empty chunk says that the body has ended."""
        if not chunk:
            if self._begun and not self._zlib.eof:
                raise BadData("its compressed body ends too early")
            return b""
        try:
            return self._decode(chunk, room)
        except zlib.error as error:
            raise BadData("its compressed body is damaged") from error

    def _decode(self, chunk: bytes, room: int) -> bytes:
        pieces = []
        while chunk and room > 0:
            piece = self._first(chunk, room) if not self._begun else self._zlib.decompress(chunk, room)
            pieces.append(piece)
            room -= len(piece)
            if not self._zlib.eof:
                break
            chunk = self._zlib.unused_data
            if chunk.startswith(b"\x1f\x8b"):
                self._zlib = zlib.decompressobj(self._window)
            else:
                chunk = b""  # padding after the end, which servers do send
        return b"".join(pieces)

    def _first(self, chunk: bytes, room: int) -> bytes:
        """Decode the first chunk; "deflate" is meant with zlib's header (RFC 9110, 8.4.1.2) and often sent without."""
        self._begun = True
        try:
            return self._zlib.decompress(chunk, room)
        except zlib.error:
            if self._window != zlib.MAX_WBITS:
                raise
            self._zlib = zlib.decompressobj(-zlib.MAX_WBITS)
            return self._zlib.decompress(chunk, room)
