"""One packed stream as one member: gzip, bzip2, xz and zstd, several streams after one another included."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol

from kaval.lab.archives.bounds import BROKEN, MAX_DICTIONARY_BYTES, Budget, guarded, inner_path
from kaval.lab.archives.stamps import unix_seconds
from kaval.lab.shapes import Member
from kaval.lab.sources.entry import CHUNK_BYTES, State, Times, Trouble

UNNAMED = "content"
"""The member's name where the format keeps none."""
_MAX_WINDOW_LOG = 27
_HEAD_BYTES = 64 * 1024


class Decoder(Protocol):
    """What bz2 and lzma call a decompressor."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """At most `max_length` bytes; what was given and not used is kept inside."""


class Deflate:
    """zlib's decompressor with the manners of the others. `window` as zlib counts: -15 raw, 31 gzip, 15 zlib."""

    def __init__(self, window: int) -> None:
        self._inner = zlib.decompressobj(window)

    @property
    def eof(self) -> bool:
        """The stream ended."""
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        """Nothing is left to work on."""
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        """What came after the end."""
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """At most `max_length` bytes."""
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


class Zstd:
    """zstd's decompressor with a window of at most 128 MiB and the standard library's kind of error.

    Raises:
        OSError: backports.zstd (it comes with py7zr, extra `lab`) is not installed.
    """

    def __init__(self) -> None:
        try:
            from backports import zstd
        except ImportError as error:
            raise OSError("zstd needs py7zr's backports.zstd: run  pip install 'kaval[lab]'") from error
        options = {int(zstd.DecompressionParameter.window_log_max): _MAX_WINDOW_LOG}
        self._inner, self._error = zstd.ZstdDecompressor(options=options), zstd.ZstdError

    @property
    def eof(self) -> bool:
        """The frame ended."""
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        """Nothing is left to work on."""
        return self._inner.needs_input

    @property
    def unused_data(self) -> bytes:
        """What came after the end."""
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """At most `max_length` bytes. Raises ValueError for damage and for a window too wide."""
        try:
            return self._inner.decompress(data, max_length)
        except self._error as error:
            raise ValueError(str(error)) from error


_DECODERS: dict[str, Callable[[], Decoder]] = {
    "gzip": lambda: Deflate(31),
    "bzip2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(memlimit=MAX_DICTIONARY_BYTES),
    "zstd": Zstd,
}


def packed_member(stream: BinaryIO, budget: Budget, *, kind: str) -> Iterator[Member | Trouble]:
    """The one member, named as gzip says or `content`; bytes after the packed ones are trouble."""
    name, times = _gzip_said(stream) if kind == "gzip" else (UNNAMED.encode(), Times())
    path, odd = inner_path(name)
    if odd is not None:
        yield odd
    if not budget.enter():
        return
    rest: list[str] = []

    def chunks() -> Iterator[bytes]:
        rest.clear()
        stream.seek(0)
        return unpacked(stream.read, _DECODERS[kind], many=rest)

    yield Member(path, State.ALLOCATED, None, guarded(chunks, budget), times)
    for text in rest:
        yield Trouble(path, "trailing-bytes", text)


def unpacked(
    read: Callable[[int], bytes], new: Callable[[], Decoder], *, many: list[str] | None = None
) -> Iterator[bytes]:
    """The bytes behind packed ones, a chunk at a time however small they were packed.

    `many` None: one stream. Else streams may follow one another, and what follows that is no stream is said there.

    Raises:
        EOFError: the packed bytes end early.
    """
    decoder, waiting, first = new(), b"", True
    while True:
        if decoder.eof:
            waiting = b"" if many is None else _after(decoder.unused_data, read)
            if not waiting:
                return
            decoder, first = new(), False
        elif decoder.needs_input and not waiting:
            waiting = read(CHUNK_BYTES)
            if not waiting:
                raise EOFError("the packed bytes end before the content does")
        try:
            chunk = decoder.decompress(waiting, CHUNK_BYTES)
        except BROKEN:
            if first or many is None:
                raise
            many.append("bytes after the packed content that are no part of it were not read")
            return
        waiting = b""
        if chunk:
            first = first or not decoder.eof  # damage later in a stream is damage, not a stranger's bytes
            yield chunk


def _after(unused: bytes, read: Callable[[int], bytes]) -> bytes:
    """What follows a stream without the zeros that tapes and xz pad with."""
    while True:
        unused = unused.lstrip(b"\0")
        if unused:
            return unused
        unused = read(CHUNK_BYTES)
        if not unused:
            return b""


def _gzip_said(stream: BinaryIO) -> tuple[bytes, Times]:
    """The name and time of a gzip header, RFC 1952."""
    stream.seek(0)
    head = stream.read(_HEAD_BYTES)
    if len(head) < 10:
        return UNNAMED.encode(), Times()
    flags, stamp, at = head[3], int.from_bytes(head[4:8], "little"), 10
    times = Times()
    if stamp:
        times = Times(unix_seconds(stamp))
    if flags & 4:
        at += 2 + int.from_bytes(head[at : at + 2], "little")
    end = head.find(b"\0", at)
    if not flags & 8 or end <= at:
        return UNNAMED.encode(), times
    return head[at:end], times
