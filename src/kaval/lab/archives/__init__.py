"""Archives opened member by member within bounds; nothing is written to disk, and no member's path is followed.

Tried: ZIP (stored, deflate, bzip2, LZMA, zstd; Zip64; cut off before its directory; office documents, which are ZIPs),
tar (v7, ustar, GNU, pax, sparse), gzip, bzip2, xz, zstd, 7z (copy, LZMA, LZMA2, BCJ, deflate, bzip2, zstd, as py7zr has
them; solid or not). Not supported, and named where met: RAR, deflate64, PPMd, ZIP split over several files, AES and
ZipCrypto members (no password is asked for or tried). A ZIP behind a program's first bytes is a program to `file_type`.
How deep archives in archives are opened is the caller's choice; one `Budget` for the outermost bounds them all.
Sources: PKWARE APPNOTE 6.3.10, POSIX.1-2001 pax, RFC 1952, the .xz and Zstandard formats, 7zFormat.txt. Unverified:
tar of systems other than GNU and Python's writer, 7z of other writers than py7zr.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from kaval.lab.archives.bounds import BROKEN, ArchiveLimits, Budget, reason
from kaval.lab.archives.packed import packed_member
from kaval.lab.archives.sevenzip import sevenzip_members
from kaval.lab.archives.tarred import tar_members
from kaval.lab.archives.zipped import zip_members
from kaval.lab.shapes import Member
from kaval.lab.sources.entry import Trouble

__all__ = ["ArchiveLimits", "Budget", "is_archive", "members"]

Reader = Callable[[BinaryIO, Budget], Iterator[Member | Trouble]]

_READERS: dict[str, Reader] = {
    "application/zip": zip_members,
    "application/x-tar": tar_members,
    "application/x-7z-compressed": sevenzip_members,
}
_PACKED = {
    "application/gzip": "gzip",
    "application/x-bzip2": "bzip2",
    "application/x-xz": "xz",
    "application/zstd": "zstd",
}
_CLOSED = frozenset(("application/vnd.rar",))
# Documents and programs that are ZIPs: a picture pasted into a letter lies in one of their members.
_IS_ZIP = (
    "application/vnd.openxmlformats-officedocument.",
    "application/vnd.oasis.opendocument.",
    "application/vnd.sun.xml.",
    "application/epub+zip",
    "application/java-archive",
)
_DEFAULT = ArchiveLimits()


def is_archive(mime: str) -> bool:
    """True for a type (of `file_type`) that `members` opens, or names as closed (RAR)."""
    return mime in _READERS or mime in _PACKED or mime in _CLOSED or mime.startswith(_IS_ZIP)


def members(
    stream: BinaryIO, *, mime: str, limits: ArchiveLimits = _DEFAULT, budget: Budget | None = None
) -> Iterator[Member | Trouble]:
    """The files of an archive in its own order, and trouble where met; places are paths inside the archive.

    `stream` is seekable and stays open while members are read. For an archive inside an archive give the `budget` of
    the outermost one, else it starts afresh. A member that breaks off raises OSError from its chunks, and the next
    member is readable all the same where the format allows it.

    Raises:
        ValueError: not an archive (`is_archive` is False).
        OSError: the stream itself cannot be read.
    """
    if not is_archive(mime):
        raise ValueError(f"{mime} is no archive")
    if mime in _CLOSED:
        yield Trouble(
            "",
            "archive-not-supported",
            f"{mime} is not opened here",
            "Unpack it with the maker's tool into a folder and examine that folder too",
        )
        return
    shared = limits.budget(_size(stream)) if budget is None else budget
    stream.seek(0)
    try:
        if mime in _PACKED:
            yield from packed_member(stream, shared, kind=_PACKED[mime])
        else:
            yield from _READERS.get(mime, zip_members)(stream, shared)
    except BROKEN as error:
        yield Trouble(
            "",
            "archive-damaged",
            f"cannot be read further: {reason(error)}",
            "Check whether the archive was whole where it lay; members before this were read",
        )
    if shared.exceeded:
        yield Trouble("", "archive-bomb", shared.exceeded, "Unpack it on an isolated machine if it matters")


def _size(stream: BinaryIO) -> int:
    return stream.seek(0, 2)
