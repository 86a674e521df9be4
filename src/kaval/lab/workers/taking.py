"""A file's bytes as they pass by: three digests, its type by the first of them, a copy aside if a parser wants one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kaval.engine.kernel.digest import Digests, digest_chunks
from kaval.lab import archives, artefacts, chats
from kaval.lab.filetype import HEAD_BYTES, file_type
from kaval.lab.spool import Spool
from kaval.lab.workers.signs import Signs

_HEAD = 1 << 16  # what `chats.wanted` asks for; `file_type` needs less
_REPORTS = frozenset(("application/zip", "text/xml", "application/x-android-backup"))
"""The types in which another tool's extraction may come as one file."""


@dataclass(frozen=True, slots=True)
class Wants:
    """The parsers that want a file, by its path and first bytes."""

    picture: bool = False
    video: bool = False
    archive: bool = False
    extraction: bool = False
    artefact: str | None = None
    chat: str | None = None

    @property
    def nothing(self) -> bool:
        """True when no parser wants it: it is hashed as it passes."""
        return not (
            self.picture or self.video or self.archive or self.extraction or self.artefact or self.chat
        )

    @property
    def first_bytes(self) -> int | None:
        """How many of its first bytes are enough for all of them; None: they need the whole."""
        if self.artefact is None or self != Wants(artefact=self.artefact):
            return None
        return artefacts.first_bytes(self.artefact)


def wants(path: str, mime: str, head: bytes) -> Wants:
    """Who wants a file."""
    return Wants(
        picture=mime.startswith("image/"),
        video=mime.startswith("video/"),
        archive=archives.is_archive(mime),
        extraction=mime in _REPORTS,
        artefact=artefacts.wanted(path, mime),
        chat=chats.wanted(path, head),
    )


class Taken:
    """One file while it is looked at. `closed`: nobody may parse it; it is hashed alone."""

    def __init__(self, path: str, *, aside: Path, closed: bool) -> None:
        self._path, self._closed = path, closed
        self.spool = Spool(aside)
        self.mime, self.wants = "", Wants()
        self.digests: Digests | None = None
        self.no_room = ""
        """Why it could not be kept aside; empty: it was, or nobody wanted it."""
        self._head: bytearray | None = bytearray()
        self._left: int | None = None

    @property
    def size(self) -> int:
        """Bytes read."""
        return self.digests.size if self.digests is not None else 0

    def take(self, chunks: Iterator[bytes], signs: Signs) -> Digests:
        """Let the bytes pass. Raises OSError where they break off; nobody wants them then."""
        try:
            self.digests = digest_chunks(self._tapped(chunks, signs))
        except OSError:
            self.wants = Wants()
            raise
        return self.digests

    def _tapped(self, chunks: Iterator[bytes], signs: Signs) -> Iterator[bytes]:
        for chunk in chunks:
            if self._head is not None:
                self._begin(chunk)
            elif not self.wants.nothing:
                self._keep(chunk)
            signs.read(len(chunk))
            yield chunk
        if self._head is not None:
            self._decide(bytes(self._head))

    def _begin(self, chunk: bytes) -> None:
        assert self._head is not None
        if not self._head and len(chunk) >= _HEAD:
            self._decide(chunk)
            return
        self._head += chunk
        if len(self._head) >= _HEAD:
            self._decide(bytes(self._head))

    def _decide(self, head: bytes) -> None:
        self._head = None
        self.mime = file_type(head[:HEAD_BYTES])
        if head and not self._closed:
            self.wants = wants(self._path, self.mime, head[:_HEAD])
            self._left = self.wants.first_bytes
        if not self.wants.nothing:
            self._keep(head)

    def _keep(self, chunk: bytes) -> None:
        if self._left is not None:
            chunk = chunk[: self._left]
            self._left -= len(chunk)
        try:
            self.spool.write(chunk)
        except OSError as error:  # the file is still hashed, and a warning says that it was not looked into
            self.no_room, self.wants = error.strerror or str(error), Wants()
            self.spool.close()
