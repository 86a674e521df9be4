"""One file given as a source (an archive, a document, a picture): itself the only entry, and whole its fingerprint."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from kaval.lab.filetype import HEAD_BYTES, file_type
from kaval.lab.sources.entry import Entry, Fingerprint, Limits, State, Trouble, name_trouble, readable
from kaval.lab.sources.folder import FolderSource, times_of

_NO_KIND = ("application/octet-stream", "inode/x-empty")


def is_plain_file(path: Path) -> bool:
    """True when the first bytes are those of a kind of file that is known; a raw disk begins with none.

    Raises:
        OSError: not readable.
    """
    with path.open("rb") as stream:
        return file_type(stream.read(HEAD_BYTES)) not in _NO_KIND


class FileSource(FolderSource):
    """A file that is no disk image; what is inside it is the concern of who reads archives."""

    def __init__(self, path: Path, *, name: str, limits: Limits) -> None:
        super().__init__(path, name=name, limits=limits)
        self._place = os.fsencode(path)

    def fingerprint(self, *, tick: Callable[[int], None]) -> Fingerprint:
        """SHA-256 of the file, as of an image."""
        digest, size = hashlib.sha256(), 0
        for chunk in self.read(self._place):
            digest.update(chunk)
            size += len(chunk)
            tick(len(chunk))
        return Fingerprint("sha256", digest.hexdigest(), size)

    def walk(self) -> Iterator[Entry | Trouble]:
        """The file."""
        name, info = os.path.basename(self._place), os.stat(self._place)
        odd = name_trouble(name, readable(name))
        if odd is not None:
            yield odd
        yield Entry(readable(name), State.ALLOCATED, info.st_size, self._place, times=times_of(info))
