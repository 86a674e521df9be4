"""What stands around the sheets of an XLSX workbook: its members within bounds, texts, styles, sheet names.

Bounds, before anything is unpacked: 10,000 members, 4 GiB declared, 16 MiB of central directory, 300 times the packed
size for a member above 16 MiB; while unpacking, the declared size of each member; 64 Mi characters of shared texts. No
DOCTYPE in any member read. Macros and links to other workbooks are told and never opened. Sources: ECMA-376 parts 1
and 2 [G]; formats.md section 0 rule 6.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from lzma import LZMAError
from typing import Any, BinaryIO

from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.formats._tree import feed_xml
from kaval.engine.formats._xmlrecords import Bounded, local
from kaval.engine.kernel.errors import ReaderError

MAX_ENTRIES = 10_000
MAX_DIRECTORY = 16 * 1024 * 1024
MAX_TOTAL_BYTES = 4 * 1024**3
MAX_RATIO, RATIO_FREE_BYTES = 300, 16 * 1024 * 1024
MAX_SHARED_CHARACTERS, MAX_SHARED = 64 * 1024 * 1024, 4 * 1024 * 1024
MAX_STYLES = 65_536
MAX_SHEETS = 1000
# The number formats a workbook need not spell out, as far as they are dates; 27 to 58 are those of East Asia.
_BUILT_IN = {
    "14": "mm-dd-yy", "15": "d-mmm-yy", "16": "d-mmm", "17": "mmm-yy", "18": "h:mm AM/PM", "19": "h:mm:ss AM/PM",
    "20": "h:mm", "21": "h:mm:ss", "22": "m/d/yy h:mm", "45": "mm:ss", "46": "[h]:mm:ss", "47": "mmss.0",
    **{str(number): "yyyy-mm-dd" for number in (*range(27, 32), *range(34, 37), *range(50, 59))},
    "32": "h:mm", "33": "h:mm:ss",
}  # fmt: skip
_TAIL = 65_536 + 22
_MEND = "Have it saved as XLSX or CSV again on an isolated machine, and receive that beside this one"
BROKEN = (
    zipfile.BadZipFile, zlib.error, LZMAError, EOFError, NotImplementedError, RuntimeError, ValueError, OSError,
    OverflowError, IndexError, KeyError, struct.error,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet: its name, whether a person would see it, and the member it lies in."""

    name: str
    hidden: bool
    member: str


@dataclass(frozen=True, slots=True)
class Book:
    """An opened workbook. `formats` holds the number format of each cell style."""

    file: ReceivedFile
    archive: zipfile.ZipFile
    sheets: tuple[Sheet, ...]
    from_1904: bool
    formats: tuple[str, ...]
    texts: list[str]
    oddities: tuple[str, ...]


def is_workbook(stream: BinaryIO) -> bool:
    """True when the stream is a ZIP that holds a workbook; False for anything else, broken or not."""
    try:
        if not _directory_is_small(stream):
            return False
        with zipfile.ZipFile(stream) as archive:
            return "xl/workbook.xml" in archive.NameToInfo
    except BROKEN:
        return False


def open_book(file: ReceivedFile, stream: BinaryIO) -> Book:
    """The workbook without its rows.

    Raises:
        ReaderError: no whole workbook, or one beyond the bounds.
    """
    try:
        if stream.read(4) == b"\xd0\xcf\x11\xe0":
            raise bound(file, "an old or password-protected workbook: not opened")
        if not _directory_is_small(stream):
            raise bound(file, "its list of members is missing or too long")
        archive = zipfile.ZipFile(stream)
        _check(file, archive.infolist())
        return _book(file, archive)
    except BROKEN as problem:
        raise bound(file, f"not a whole workbook ({problem})") from problem


def bound(file: ReceivedFile, problem: str) -> ReaderError:
    """The refusal of a workbook."""
    return ReaderError(problem, file=file.name, mend=_MEND)


def _directory_is_small(stream: BinaryIO) -> bool:
    """Looks at the end of the ZIP, because `zipfile` reads the whole directory into memory at once."""
    size = stream.seek(0, 2)
    stream.seek(max(size - _TAIL, 0))
    tail = stream.read(_TAIL)
    stream.seek(0)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        return False
    entries, length = struct.unpack_from("<HI", tail, at + 10)
    # 0xFFFF and 0xFFFFFFFF point to the ZIP64 record, which no workbook within the bounds needs.
    return bool(entries <= MAX_ENTRIES and length <= MAX_DIRECTORY)


def _check(file: ReceivedFile, entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES or len({entry.filename for entry in entries}) != len(entries):
        raise bound(file, "too many members, or two of one name")
    if sum(entry.file_size for entry in entries) > MAX_TOTAL_BYTES:
        raise bound(file, f"declares more than {MAX_TOTAL_BYTES} bytes")
    for entry in entries:
        if entry.file_size > RATIO_FREE_BYTES and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise bound(file, f"{entry.filename!r} unpacks to more than {MAX_RATIO} times its size")


class Counted:
    """A member's bytes, at most as many as it declares."""

    def __init__(self, book_file: ReceivedFile, archive: zipfile.ZipFile, member: str) -> None:
        info = archive.getinfo(member)
        if info.flag_bits & 0x1:
            raise bound(book_file, f"{member!r} is protected by a password")
        self._stream, self._left = archive.open(info), info.file_size
        self._file, self._member = book_file, member

    def read(self, size: int) -> bytes:
        chunk = self._stream.read(size)
        self._left -= len(chunk)
        if self._left < 0:
            raise bound(self._file, f"{self._member!r} is larger than it declares")
        return chunk


def walk(file: ReceivedFile, archive: zipfile.ZipFile, *, member: str, target: Any) -> Iterator[None]:
    """Feeds a member's XML to a target, block by block; a broken member is a ReaderError."""
    try:
        yield from feed_xml(Counted(file, archive, member), target, name=f"{file.name}!{member}")
    except BROKEN as problem:
        raise bound(file, f"{member!r} cannot be taken out ({problem})") from problem


def _book(file: ReceivedFile, archive: zipfile.ZipFile) -> Book:
    names = set(archive.namelist())
    workbook, rels = _Workbook(file.name), _Relations(file.name)
    deque(walk(file, archive, member="xl/workbook.xml", target=workbook), maxlen=0)
    if "xl/_rels/workbook.xml.rels" in names:
        deque(walk(file, archive, member="xl/_rels/workbook.xml.rels", target=rels), maxlen=0)
    sheets = tuple(
        Sheet(name, state != "visible", member)
        for name, state, relation in workbook.sheets
        if (member := _member(rels.targets.get(relation, ""))) in names and rels.is_sheet(relation)
    )
    styles, texts = _Styles(file.name), _Texts(file.name)
    if "xl/styles.xml" in names:
        deque(walk(file, archive, member="xl/styles.xml", target=styles), maxlen=0)
    if "xl/sharedStrings.xml" in names:
        deque(walk(file, archive, member="xl/sharedStrings.xml", target=texts), maxlen=0)
    oddities = []
    if any(name.endswith("vbaProject.bin") for name in names):
        oddities.append("macros")
    if any(name.startswith("xl/externalLinks/") for name in names):
        oddities.append("external_links")
    if not sheets:
        raise bound(file, "no worksheet in this workbook")
    return Book(file, archive, sheets, workbook.from_1904, styles.formats(), texts.texts, tuple(oddities))


def _member(target: str) -> str:
    parts: list[str] = [] if target.startswith("/") else ["xl"]
    for part in target.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


class _Workbook(Bounded):
    def __init__(self, file_name: str) -> None:
        super().__init__(file_name)
        self.sheets: list[tuple[str, str, str]] = []
        self.from_1904 = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        super().start(tag, attributes)
        name = local(tag)
        if name == "sheet" and len(self.sheets) < MAX_SHEETS:
            relation = next((value for key, value in attributes.items() if local(key) == "id"), "")
            self.sheets.append((attributes.get("name", ""), attributes.get("state", "visible"), relation))
        elif name == "workbookPr":
            self.from_1904 = attributes.get("date1904") in ("1", "true")


class _Relations(Bounded):
    def __init__(self, file_name: str) -> None:
        super().__init__(file_name)
        self.targets: dict[str, str] = {}
        self._kinds: dict[str, str] = {}

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        super().start(tag, attributes)
        # A target outside the file is never followed.
        outside = attributes.get("TargetMode") == "External"
        if local(tag) == "Relationship" and not outside and len(self.targets) < MAX_ENTRIES:
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")
            self._kinds[attributes.get("Id", "")] = attributes.get("Type", "")

    def is_sheet(self, relation: str) -> bool:
        return self._kinds.get(relation, "").endswith("/worksheet")


class _Styles(Bounded):
    def __init__(self, file_name: str) -> None:
        super().__init__(file_name)
        self._own: dict[str, str] = {}
        self._cells: list[str] = []
        self._inside = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        super().start(tag, attributes)
        name = local(tag)
        if name == "cellXfs":
            self._inside = True
        elif name == "numFmt" and len(self._own) < MAX_STYLES:
            self._own[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "xf" and self._inside and len(self._cells) < MAX_STYLES:
            self._cells.append(attributes.get("numFmtId", "0"))

    def end(self, tag: str) -> None:
        super().end(tag)
        self._inside = self._inside and local(tag) != "cellXfs"

    def formats(self) -> tuple[str, ...]:
        return tuple(self._format(number) for number in self._cells)

    def _format(self, number: str) -> str:
        return self._own.get(number) or _BUILT_IN.get(number, "General")


class _Texts(Bounded):
    """Shared texts; of a rich text its runs, without the reading aids of East Asian scripts."""

    def __init__(self, file_name: str) -> None:
        super().__init__(file_name)
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._in_text, self._in_aid = False, False
        self._size = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        super().start(tag, attributes)
        name = local(tag)
        self._in_aid = self._in_aid or name == "rPh"
        self._in_text = name == "t" and not self._in_aid

    def data(self, text: str) -> None:
        if self._in_text:
            self._size += len(text)
            if self._size > MAX_SHARED_CHARACTERS:
                raise ReaderError(
                    f"more than {MAX_SHARED_CHARACTERS} characters of texts", file=self.file_name, mend=_MEND
                )
            self._parts.append(text)

    def end(self, tag: str) -> None:
        super().end(tag)
        name = local(tag)
        self._in_text = False
        if name == "rPh":
            self._in_aid = False
        elif name == "si":
            if len(self.texts) >= MAX_SHARED:
                raise ReaderError(f"more than {MAX_SHARED} texts", file=self.file_name, mend=_MEND)
            self.texts.append("".join(self._parts))
            self._parts.clear()
