"""A ZIP opened one level deep within bounds; what is not a report inside it is digested and never opened.

Bounds: 50,000 entries, 64 GiB in all (declared and counted), 200 times the packed size for any large member, no
nested archive. A member with an absolute or parent path, a link, a password, or a name that comes twice is left
out with a warning: the other members are read and the archive stays sealed as it came. Members are named
`archive.zip!member.xml` and come one by one: only one is in memory, and a large one stays in the archive until it
is streamed. Nothing is ever written to disk. Source: formats.md section 0 rule 6 and 1.2 (package).
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from lzma import LZMAError
from typing import IO, BinaryIO, cast

from kaval.engine.formats._spec import EnclosedFile, ReadWarning, ReceivedFile
from kaval.engine.kernel.digest import digest_chunks
from kaval.engine.kernel.errors import ReaderError

MAX_ENTRIES = 50_000
MAX_TOTAL_BYTES = 64 * 1024**3
MAX_RATIO = 200
# Small members of repeated text pack better than any film; below this size a high ratio is no danger.
RATIO_FREE_BYTES = 1024 * 1024
# A member up to this size is taken out at once; a larger one is streamed from where it lies.
IN_MEMORY_BYTES = 8 * 1024 * 1024
READABLE = (".xml", ".json", ".csv", ".tsv", ".txt", ".pdf", ".xlsx", ".xlsm", ".eml")
NESTED = (".zip", ".rar", ".7z", ".gz", ".tar", ".tgz", ".bz2", ".xz", ".ufdr")
_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_OFFICE = (b"[Content_Types].xml", b"_rels/", b"xl/", b"word/", b"docProps/", b"mimetype")
_CHUNK = 1024 * 1024
_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])(?:CT[-_ ]?|CyberTip[-_ ]?)?([0-9]{6,12})(?![0-9A-Za-z])", re.ASCII | re.I
)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
    OverflowError,
    IndexError,
    struct.error,
)


@dataclass(frozen=True, slots=True)
class _Member:
    """A large member where it lies in its archive."""

    file: ReceivedFile
    entry: zipfile.ZipInfo

    @property
    def size(self) -> int:
        """Bytes, as declared; the archive's own check finds it wrong when it is."""
        return self.entry.file_size

    def open(self) -> BinaryIO:
        """A seekable stream over the member."""
        stream = self.file.open()
        archive = zipfile.ZipFile(stream)
        return _MemberStream(archive.open(self.entry), archive, stream)


class _MemberStream(io.BufferedReader):
    """A member being read; closing it closes what it is read through."""

    def __init__(self, member: IO[bytes], *under: IO[bytes] | zipfile.ZipFile) -> None:
        super().__init__(cast(io.RawIOBase, member))
        self._under = under

    def close(self) -> None:
        """Closes the member, the archive and the file."""
        super().close()
        for each in self._under:
            each.close()


def is_archive(file: ReceivedFile) -> bool:
    """True when the bytes start as a ZIP does, or the name says ZIP; a spreadsheet or letter is none."""
    head = file.head(128)
    if file.base_name.lower().endswith(".zip"):
        return True
    return head.startswith(_MAGIC) and not head[30:].startswith(_OFFICE)


def entries(file: ReceivedFile) -> Iterator[ReceivedFile | EnclosedFile | ReadWarning]:
    """What a ZIP holds, in its own order: members to read, files that stay closed, and trouble.

    A file that is no ZIP comes back alone as it is.

    Raises:
        ReaderError: not a whole ZIP, or it breaks a bound. What the directory declares is checked before anything is
            given; a member that is larger than it declares ends the reading where it stands.
    """
    if not is_archive(file):
        yield file
        return
    try:
        with file.open() as stream, zipfile.ZipFile(stream) as archive:
            yield from _members(file, archive)
    except _BROKEN as problem:
        raise ReaderError(
            f"not a whole ZIP archive ({problem})",
            file=file.name,
            mend="Ask for the file again; the bytes received stay sealed",
        ) from problem


def report_number(name: str) -> str:
    """The report number that a folder or file name gives; empty when none does, or several different ones."""
    found = set(_NUMBER.findall(name))
    return found.pop() if len(found) == 1 else ""


def enclosed(chunks: Iterator[bytes], *, place: str) -> EnclosedFile:
    """A file digested in one pass and never opened."""
    digests = digest_chunks(chunks)
    return EnclosedFile(
        place, digests.size, digests.sha256, digests.sha1, digests.md5, report_number(place), place
    )


def _members(
    file: ReceivedFile, archive: zipfile.ZipFile
) -> Iterator[ReceivedFile | EnclosedFile | ReadWarning]:
    found = [entry for entry in archive.infolist() if not entry.is_dir()]
    _check_declared(file, found)
    names = Counter(entry.filename for entry in found)
    counted = 0
    for entry in found:
        refusal = _refusal(entry, names)
        if refusal is not None:
            yield refusal
            continue
        try:
            taken = _taken(file, archive, entry)
        except _BROKEN as problem:
            yield ReadWarning(
                entry.filename,
                "member_damaged",
                f"could not be taken out: {problem}",
                "Ask the sender for this member again",
            )
            continue
        counted += taken.size
        if counted > MAX_TOTAL_BYTES:
            raise _bound(file, f"more than {MAX_TOTAL_BYTES} bytes unpacked")
        yield taken


def _taken(
    file: ReceivedFile, archive: zipfile.ZipFile, entry: zipfile.ZipInfo
) -> ReceivedFile | EnclosedFile:
    if not entry.filename.lower().endswith(READABLE):
        return enclosed(_chunks(file, archive, entry), place=entry.filename)
    name = f"{file.name}!{entry.filename}"
    if entry.file_size > IN_MEMORY_BYTES:
        for _ in _chunks(file, archive, entry):
            pass  # damage shows before the first record is taken
        return ReceivedFile(name, _Member(file, entry), file.profiles)
    return ReceivedFile(name, b"".join(_chunks(file, archive, entry)), file.profiles)


def _check_declared(file: ReceivedFile, entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise _bound(file, f"{len(entries)} members, more than {MAX_ENTRIES}")
    if sum(entry.file_size for entry in entries) > MAX_TOTAL_BYTES:
        raise _bound(file, f"declares more than {MAX_TOTAL_BYTES} bytes")
    declared = sum(entry.file_size for entry in entries)
    if declared > 100 * RATIO_FREE_BYTES and declared > MAX_RATIO * file.size:
        raise _bound(file, f"unpacks to more than {MAX_RATIO} times its size")
    for entry in entries:
        if entry.file_size > RATIO_FREE_BYTES and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise _bound(file, f"{entry.filename!r} unpacks to more than {MAX_RATIO} times its size")


def _bound(file: ReceivedFile, problem: str) -> ReaderError:
    return ReaderError(
        problem, file=file.name, mend="Have it unpacked on an isolated machine and send the reports alone"
    )


def _refusal(entry: zipfile.ZipInfo, names: Counter[str]) -> ReadWarning | None:
    name = entry.filename
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "!" in name or "\0" in name:
        return ReadWarning(
            name,
            "unsafe_path",
            "a member's path that leads out of the archive: not read",
            "Treat the archive as tampered with and ask the sender",
        )
    if stat.S_ISLNK(entry.external_attr >> 16):
        return ReadWarning(
            name, "link", "a link to another file: not read", "Ask the sender for the file itself"
        )
    if names[name] > 1:
        return ReadWarning(
            name,
            "doubled_name",
            "two members share this name: neither was read",
            "Ask the sender which one counts",
        )
    if entry.flag_bits & 0x1:
        return ReadWarning(
            name,
            "password",
            "protected by a password: not read",
            "Unpack it with the sender's password and receive the reports alone",
        )
    if name.lower().endswith(NESTED):
        return ReadWarning(
            name,
            "nested_archive",
            "an archive inside the archive: not opened",
            "Receive the inner archive as its own file",
        )
    return None


def _chunks(file: ReceivedFile, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a member, counted: a member larger than it declares ends the reading of the archive."""
    counted = 0
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            counted += len(chunk)
            if counted > entry.file_size:
                raise _bound(file, f"{entry.filename!r} is larger than it declares")
            yield chunk
