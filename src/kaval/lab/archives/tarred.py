"""tar, read header by header: no list of members is kept, and no header may ask for more than a mebibyte.

Names are bytes (shown escaped where they are no UTF-8); times are UTC. Links, devices and pipes are named and not
followed: the content of a hard link is the member it names. Source: POSIX.1-2001 pax, GNU tar manual (sparse files).
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO, BinaryIO, cast

from kaval.lab.archives.bounds import Budget, guarded, inner_path
from kaval.lab.archives.stamps import unix_seconds
from kaval.lab.shapes import Member
from kaval.lab.sources.entry import CHUNK_BYTES, State, Times, Trouble


class _Bounded:
    """The stream as tarfile sees it: a long-name or pax header of gigabytes is refused, not read into memory."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        """At most a mebibyte. Raises OSError when more is asked for at once."""
        if not 0 <= size <= CHUNK_BYTES:
            raise OSError("a header that claims more than a mebibyte")
        return self._stream.read(size)

    def seek(self, place: int, whence: int = 0) -> int:
        """Go to a place."""
        return self._stream.seek(place, whence)

    def tell(self) -> int:
        """The place."""
        return self._stream.tell()


@dataclass(frozen=True, slots=True)
class TarFound:
    """A readable member while its archive is open: its header, its path as shown."""

    archive: tarfile.TarFile
    header: tarfile.TarInfo
    path: str
    times: Times


def tar_members(stream: BinaryIO, budget: Budget) -> Iterator[Member | Trouble]:
    """The files of a tar in its own order. Raises as `tar_found`."""
    for found in tar_found(stream, budget):
        if isinstance(found, Trouble):
            yield found
            continue
        chunks = guarded(partial(_content, found), budget)
        yield Member(found.path, State.ALLOCATED, found.header.size, chunks, found.times)


def tar_found(stream: BinaryIO, budget: Budget) -> Iterator[TarFound | Trouble]:
    """What a tar's headers lead to, in their order.

    Raises:
        tarfile.TarError: damaged beyond the last member given.
    """
    bounded = cast(IO[bytes], _Bounded(stream))
    with tarfile.open(
        fileobj=bounded, mode="r:", encoding="utf-8", errors="surrogateescape", errorlevel=2
    ) as archive:
        end = -1
        while (header := archive.next()) is not None:
            archive.members = []  # type: ignore[attr-defined]  # tarfile keeps every header it ever met
            if archive.offset <= end or header.size < 0:
                raise tarfile.ReadError("a header leads back to where the archive was read already")
            end = archive.offset
            if not budget.enter():
                return
            yield from _found(archive, header)
        yield from _rest(stream, archive.offset)


def _found(archive: tarfile.TarFile, header: tarfile.TarInfo) -> Iterator[TarFound | Trouble]:
    if header.isdir():
        return
    path, odd = inner_path(header.name.encode("utf-8", "surrogateescape"))
    if odd is not None:
        yield odd
    if not header.isreg():
        kind = "link to another member or file" if header.issym() or header.islnk() else "special file"
        yield Trouble(path, "not-a-regular-file", f"a {kind}; named here and not read")
        return
    said = header.pax_headers
    times = Times(
        unix_seconds(header.mtime), unix_seconds(said.get("atime")), unix_seconds(said.get("ctime"))
    )
    yield TarFound(archive, header, path, times)


def _content(found: TarFound) -> Iterator[bytes]:
    content = found.archive.extractfile(found.header)
    size = 0
    while content is not None and (chunk := content.read(CHUNK_BYTES)):
        size += len(chunk)
        yield chunk
    if size < found.header.size:
        raise EOFError(f"ends after {size} of {found.header.size} bytes")


def _rest(stream: BinaryIO, end: int) -> Iterator[Trouble]:
    """Trouble when something other than zeros follows the archive's end."""
    stream.seek(end)
    while block := stream.read(CHUNK_BYTES):
        if block.strip(b"\0"):
            yield Trouble("", "trailing-bytes", "bytes after the archive's end were not read")
            return
