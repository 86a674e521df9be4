"""A ZIP opened one level deep within bounds; what is not a report inside it is digested and never opened.

Bounds: 10,000 entries, 2 GiB in all (declared and counted), 200 times the packed size, no nested archive. A
member with an absolute or parent path, a link, a password, or a name that comes twice is left out with a
warning: the other members are read and the archive stays sealed as it came. Members are named
`archive.zip!member.xml`. Nothing is ever written to disk. Source: formats.md section 0 rule 6.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from lzma import LZMAError

from kaval.engine.formats._spec import ReadWarning, ReceivedFile
from kaval.engine.kernel.digest import digest_chunks
from kaval.engine.kernel.errors import ReaderError

MAX_ENTRIES = 10_000
MAX_TOTAL_BYTES = 2 * 1024**3
MAX_RATIO = 200
# Small members of repeated text pack better than any film; below this size a high ratio is no danger.
RATIO_FREE_BYTES = 1024 * 1024
READABLE = (".xml", ".json", ".csv", ".tsv", ".txt")
NESTED = (".zip", ".rar", ".7z", ".gz", ".tar", ".tgz", ".bz2", ".xz", ".ufdr")
_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_CHUNK = 1024 * 1024
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


def is_archive(file: ReceivedFile) -> bool:
    """True when the bytes start as a ZIP does, or the name says ZIP."""
    return file.content.startswith(_MAGIC) or file.base_name.lower().endswith(".zip")


def unpack(file: ReceivedFile) -> tuple[list[ReceivedFile], list[ReadWarning]]:
    """The readable members of a ZIP in its own order, and a warning for each that was not opened.

    A file that is no ZIP comes back alone as it is.

    Raises:
        ReaderError: not a whole ZIP, or it breaks a bound: then nothing is taken from it.
    """
    if not is_archive(file):
        return [file], []
    try:
        with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
            return _members(file, archive)
    except _BROKEN as problem:
        raise ReaderError(
            f"not a whole ZIP archive ({problem})",
            file=file.name,
            mend="Ask for the file again; the bytes received stay sealed",
        ) from problem


def _members(file: ReceivedFile, archive: zipfile.ZipFile) -> tuple[list[ReceivedFile], list[ReadWarning]]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    _check_declared(file, entries)
    names = Counter(entry.filename for entry in entries)
    members: list[ReceivedFile] = []
    warnings: list[ReadWarning] = []
    counted = 0
    for entry in entries:
        refusal = _refusal(entry, names)
        if refusal is not None:
            warnings.append(refusal)
            continue
        try:
            if entry.filename.lower().endswith(READABLE):
                content = b"".join(_chunks(file, archive, entry))
                counted += len(content)
                members.append(ReceivedFile(f"{file.name}!{entry.filename}", content))
            else:
                digests = digest_chunks(_chunks(file, archive, entry))
                counted += digests.size
                text = f"not a report: not opened; {digests.size} bytes, SHA-256 {digests.sha256}"
                warnings.append(ReadWarning(entry.filename, "not_opened", text))
        except _BROKEN as problem:
            warnings.append(
                ReadWarning(
                    entry.filename,
                    "member_damaged",
                    f"could not be taken out: {problem}",
                    "Ask the sender for this member again",
                )
            )
        if counted > MAX_TOTAL_BYTES:
            raise _bound(file, f"more than {MAX_TOTAL_BYTES} bytes unpacked")
    return members, warnings


def _check_declared(file: ReceivedFile, entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise _bound(file, f"{len(entries)} members, more than {MAX_ENTRIES}")
    if sum(entry.file_size for entry in entries) > MAX_TOTAL_BYTES:
        raise _bound(file, f"declares more than {MAX_TOTAL_BYTES} bytes")
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
