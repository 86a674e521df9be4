"""A file as it arrived: a name and bytes, or where they lie; opened with an error that says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from kaval.engine.formats import archive
from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.kernel.digest import Digests
from kaval.engine.kernel.errors import ReaderError
from kaval.station import sealed as store


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file as it arrived: the name it came under and its bytes, or where they lie.

    `at`, `source` and `channel` are those of the delivery unless this file has its own.
    """

    name: str
    content: Path | bytes
    at: datetime | None = None
    source: str = ""
    channel: str = ""

    def __post_init__(self) -> None:
        if not self.name.isascii():
            # A name that is not UTF-8 on disk: each odd byte is written out, so that two such names stay two.
            plain = self.name.encode("utf-8", "surrogatepass").decode("utf-8", "backslashreplace")
            object.__setattr__(self, "name", plain)

    @property
    def size(self) -> int:
        """Bytes.

        Raises:
            ReaderError: the file is gone or may not be looked at.
        """
        if isinstance(self.content, bytes):
            return len(self.content)
        try:
            return self.content.stat().st_size
        except OSError as problem:
            raise self._unreadable(problem) from problem

    def is_archive(self, head: bytes) -> bool:
        """True for a ZIP of reports, by its name or its first bytes."""
        return archive.is_archive(ReceivedFile(self.name, head))

    def read(self) -> bytes:
        """All the bytes.

        Raises:
            ReaderError: the file is gone or may not be read.
        """
        if isinstance(self.content, bytes):
            return self.content
        with self._opened() as stream:
            return stream.read()

    def seal(self) -> Digests:
        """Keeps the bytes in the sealed store, in constant memory when they lie in a file.

        Raises:
            ReaderError: the file is gone or may not be read.
        """
        if isinstance(self.content, bytes):
            return store.keep(self.content)
        with self._opened() as stream:
            return store.keep_stream(stream)

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        assert isinstance(self.content, Path)
        try:
            stream = self.content.open("rb")
        except OSError as problem:
            raise self._unreadable(problem) from problem
        with stream:
            yield stream

    def _unreadable(self, problem: OSError) -> ReaderError:
        return ReaderError(
            f"cannot be opened ({problem.strerror})",
            file=self.name,
            mend="check that the file is there and may be read, then run the same command again: it goes on",
        )
