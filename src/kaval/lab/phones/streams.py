"""Chunks as a stream that a parser can read, and a packed stream that can be sought in by unpacking again."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import BinaryIO

from kaval.lab.archives.bounds import BROKEN, reason


class ChunkStream(io.RawIOBase):
    """Chunks read in order, as little or as much at a time as asked."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        super().__init__()
        self._chunks, self._rest = chunks, b""

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; empty at the end. Raises OSError where the chunks break off."""
        if not self._rest:
            try:
                self._rest = next(self._chunks, b"")
            except BROKEN as error:
                raise OSError(reason(error)) from error
        if size < 0 or size >= len(self._rest):
            piece, self._rest = self._rest, b""
        else:
            piece, self._rest = self._rest[:size], self._rest[size:]
        return piece


class Forward(io.RawIOBase):
    """A stream that is unpacked front to back; going back starts again, and no place beyond `most` is reached."""

    def __init__(self, chunks: Callable[[], Iterator[bytes]], *, most: int) -> None:
        super().__init__()
        self._new, self._most = chunks, most
        self._source = ChunkStream(chunks())
        self._at = self._wanted = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always, at the cost of unpacking."""
        return True

    def tell(self) -> int:
        """The place that is read next."""
        return self._wanted

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place counted from the start or from here; the end is not known before it is met."""
        if whence == io.SEEK_END:
            raise OSError("the end of a packed stream is not known")
        self._wanted = place + (self._wanted if whence == io.SEEK_CUR else 0)
        if self._wanted < 0:
            raise OSError("a place before the start")
        return self._wanted

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, fewer only at the end."""
        if self._wanted < self._at:
            self._source, self._at = ChunkStream(self._new()), 0
        while self._at < self._wanted:
            passed = self._source.read(min(self._wanted - self._at, 1 << 20))
            if not passed:
                return b""
            self._at += len(passed)
        pieces, left = [], size
        while left != 0 and (piece := self._source.read(left)):
            self._at += len(piece)
            left -= len(piece) if size >= 0 else 0
            pieces.append(piece)
            if self._at > self._most:
                raise OSError(f"unpacks to more than {self._most} bytes")
        self._wanted = self._at
        return b"".join(pieces)


class Window(io.RawIOBase):
    """The rest of a stream from a byte on, as a stream of its own; the stream may be moved in between."""

    def __init__(self, stream: BinaryIO, begin: int) -> None:
        super().__init__()
        self._stream, self._begin, self._at = stream, begin, 0

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """The place that is read next."""
        return self._at

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        if whence == io.SEEK_END:
            self._at = self._stream.seek(place, whence) - self._begin
        else:
            self._at = place + (self._at if whence == io.SEEK_CUR else 0)
        if self._at < 0:
            raise OSError("a place before the start")
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes."""
        self._stream.seek(self._begin + self._at)
        content = self._stream.read(size)
        self._at += len(content)
        return content
